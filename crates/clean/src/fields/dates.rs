//! When the article was published and last changed.
//!
//! Everything that states a date votes for a day: structured data strongest, then meta, the
//! feed, `time` elements near the headline, the URL, visible lines. Days that several kinds
//! of evidence agree on win over one that stands alone; dates of the future, of templates and
//! of copyright lines hardly count.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use record::Zones;
use record::date::Stated;

use super::{Case, Fields};

mod collect;
mod in_data;
mod meta_names;
mod seen;
mod zone;

/// What a vote is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Published,
    Updated,
}

/// One statement of a date.
#[derive(Debug, Clone)]
struct Vote {
    source: &'static str,
    about: About,
    stated: Stated,
    /// 0 to 1: how much this kind of evidence is worth, by the open sets (95 % of JSON-LD's,
    /// meta's and microdata's days are right there, 85 % of those in URLs, 60 to 80 % of
    /// visible ones near the headline).
    weight: f32,
    /// Day and month could be the other way round.
    ambiguous: bool,
}

impl Vote {
    fn day(&self) -> Date {
        self.stated.published(&Zones::default()).0.day()
    }
}

/// How much a second kind of evidence for the same day adds.
const AGREEMENT: f32 = 0.3;
/// The same for the day before or after: zones.
const NEIGHBOUR: f32 = 0.1;
/// Least worth of a day that is taken at all.
const LEAST: f32 = 0.22;
/// The same for the only day that a page states.
const LEAST_ALONE: f32 = 0.0;
/// Weight from which a vote for the publication is believed over dates of changes.
const FIRM: f32 = 0.5;
/// Weight of what is stated in data alone, not shown.
const STATED: f32 = 0.7;
/// What a date of a change is worth for the publication beside weak votes for that.
const UPDATED_SHARE: f32 = 0.45;
/// Weight from which a date that readers see speaks against the day of a rebuilt page.
const SEEN: f32 = 0.6;
/// What the publication in the data of a rebuilt page is worth.
const REBUILT: f32 = 0.4;
/// A page may be published ahead of its capture by this much: clocks and zones.
const AHEAD: SignedDuration = SignedDuration::from_hours(26);

/// Judges both dates.
pub(super) fn judge(case: &Case<'_>, fields: &mut Fields) {
    let mut votes = collect::votes(case, fields);
    votes.retain(|v| is_possible(v, case.context.hints.now));
    settle_order(&mut votes);
    doubt_rebuilt(&mut votes);
    zone::unify(&mut votes);
    published(case, fields, &votes);
    updated(case, fields, &votes);
}

fn is_possible(vote: &Vote, now: Option<Timestamp>) -> bool {
    let year = vote.day().year();
    let instant = vote.stated.instant_utc();
    let ahead = now.zip(instant).is_some_and(|(now, at)| at.duration_since(now) > AHEAD);
    (1990..=2100).contains(&year) && !ahead
}

/// Turns `3/4/2024` round where that is the day that something unambiguous states.
fn settle_order(votes: &mut [Vote]) {
    let sure: Vec<Date> = votes.iter().filter(|v| !v.ambiguous).map(Vote::day).collect();
    for vote in votes.iter_mut().filter(|v| v.ambiguous) {
        let day = vote.day();
        let turned = Date::new(day.year(), day.day(), day.month());
        if let (Ok(turned), false) = (turned, sure.contains(&day))
            && sure.contains(&turned)
        {
            vote.stated = match vote.stated {
                Stated::Local(time) => Stated::Local(turned.to_datetime(time.time())),
                _ => Stated::Day(turned),
            };
        }
    }
}

/// Systems that build their pages anew write the day of that into the data, as both dates:
/// where only one kind of evidence states the publication, it is not before the change, and
/// readers see an earlier day under the headline, that is the article's.
fn doubt_rebuilt(votes: &mut [Vote]) {
    let in_data = |v: &&Vote| matches!(v.source, "json-ld" | "meta" | "microdata");
    let stated = votes.iter().filter(in_data);
    let changed = stated.clone().filter(|v| v.about == About::Updated).map(Vote::day).min();
    let first = |v: &&Vote| v.about == About::Published && v.weight >= FIRM;
    let days: Vec<(&str, Date)> = stated.filter(first).map(|v| (v.source, v.day())).collect();
    let (Some(changed), Some((source, day))) = (changed, days.first().copied()) else { return };
    let one = days.iter().all(|(other, _)| *other == source) || days.iter().any(|d| d.1 != day);
    let shown = |v: &Vote| matches!(v.source, "text" | "time") && v.about == About::Published;
    let earlier = |v: &Vote| shown(v) && v.weight >= SEEN && days_apart(v.day(), day) > 1;
    let seen = votes.iter().any(|v| earlier(v) && v.day() < day);
    if changed > day || !one || !seen {
        return;
    }
    for vote in votes.iter_mut().filter(|v| v.source == source && v.day() == day) {
        vote.weight = vote.weight.min(REBUILT);
    }
}

fn published(case: &Case<'_>, fields: &mut Fields, votes: &[Vote]) {
    let (candidates, discount) = candidates(votes);
    let mut days: Vec<(Date, f32)> = Vec::new();
    for vote in &candidates {
        let day = vote.day();
        if !days.iter().any(|(d, _)| *d == day) {
            days.push((day, worth_of(day, &candidates)));
        }
    }
    let best = days.iter().copied().reduce(better);
    let least = if days.len() == 1 { LEAST_ALONE } else { LEAST };
    let Some((day, worth)) = best.filter(|(_, worth)| *worth >= least) else { return };
    let second = days.iter().filter(|(d, _)| *d != day).map(|(_, w)| *w).fold(0.0, f32::max);
    let of_day: Vec<&Vote> = candidates.iter().filter(|v| v.day() == day).collect();
    let Some(chosen) = zone::most_exact(&of_day) else { return };
    let (published, zone) = zone::stated(chosen, votes, case.context);
    fields.date = Some(published.day());
    fields.published = Some(published);
    fields.date_zone = zone;
    fields.date_confidence = (worth / (worth + second * 0.7)).min(worth).min(1.0) * discount;
    let strongest = of_day.iter().copied().reduce(|a, b| if b.weight > a.weight { b } else { a });
    fields.note("date", strongest.unwrap_or(chosen).source);
    for lost in votes.iter().filter(|v| v.day() != day) {
        fields.lose("date", &lost.day().to_string(), lost.source);
    }
}

/// The day that is worth more. Of equals the first, as votes come strongest first; where both are
/// stated firmly the earlier: what says "published" twice was published again.
fn better(first: (Date, f32), other: (Date, f32)) -> (Date, f32) {
    let again = other.1 >= STATED && (other.1 - first.1).abs() < f32::EPSILON && other.0 < first.0;
    if other.1 > first.1 || again { other } else { first }
}

/// The votes to judge the publication by, and how sure they leave one: where nothing says
/// firmly when the page was published, the day of its last change is taken for it.
fn candidates(votes: &[Vote]) -> (Vec<Vote>, f32) {
    let published: Vec<Vote> =
        votes.iter().filter(|v| v.about == About::Published).cloned().collect();
    if published.iter().any(|v| v.weight >= FIRM) {
        return (published, 1.0);
    }
    let share = if published.iter().any(|v| v.weight >= LEAST) { UPDATED_SHARE } else { 1.0 };
    let weaker = |vote: &Vote| match vote.about {
        About::Published => vote.clone(),
        About::Updated => Vote { weight: vote.weight * share, ..vote.clone() },
    };
    (votes.iter().map(weaker).collect(), 0.5)
}

/// The strongest vote for the day, and a share of one from each other source.
fn worth_of(day: Date, votes: &[Vote]) -> f32 {
    let mut by_source: Vec<(&str, f32)> = Vec::new();
    let mut near: f32 = 0.0;
    for vote in votes {
        let apart = days_apart(vote.day(), day);
        if apart == 0 {
            match by_source.iter_mut().find(|(source, _)| *source == vote.source) {
                Some((_, weight)) => *weight = weight.max(vote.weight),
                None => by_source.push((vote.source, vote.weight)),
            }
        } else if apart == 1 {
            near = near.max(vote.weight);
        }
    }
    let top = by_source.iter().map(|(_, w)| *w).fold(0.0, f32::max);
    let sum: f32 = by_source.iter().map(|(_, w)| *w).sum();
    top + (sum - top) * AGREEMENT + near * NEIGHBOUR
}

fn days_apart(a: Date, b: Date) -> i32 {
    a.until(b).map_or(i32::MAX, |span| span.get_days().abs())
}

fn updated(case: &Case<'_>, fields: &mut Fields, votes: &[Vote]) {
    let first = votes.iter().filter(|v| v.about == About::Updated && v.weight >= 0.3);
    let Some(best) = first.reduce(|a, b| if b.weight > a.weight { b } else { a }) else { return };
    let (updated, _) = zone::stated(best, votes, case.context);
    let before = fields.date.is_some_and(|date| updated.day() < date);
    if !before && fields.published != Some(updated) {
        fields.updated = Some(updated);
        fields.note("updated", best.source);
    }
}

#[cfg(test)]
mod tests;
