//! What is known of a source when it is checked: facts from its days, nothing decided yet.

use std::time::Duration;

use fetch::schedule::FeedState;
use jiff::{SignedDuration, Timestamp};
use store::{CopiedFrom, FeedDay, FeedInfo, Refused};

use super::health::Standing;
use super::settings::SourceSettings;

/// Days that the database keeps, and that a source's own past is told by.
pub(crate) const PAST: SignedDuration = SignedDuration::from_hours(60 * 24);

const DAY: i64 = 86_400;

/// What the database knows of one source.
pub(crate) struct Known {
    /// Its row.
    pub(crate) feed: FeedInfo,
    /// What each day of [`PAST`] brought, by the number of the day, in order.
    pub(crate) days: Vec<(i64, FeedDay)>,
    /// Pages given up in the time that is told of, the commonest reason first.
    pub(crate) refused: Vec<Refused>,
    /// Whom its articles copy most.
    pub(crate) copied: Option<CopiedFrom>,
    /// URLs that it was known by before.
    pub(crate) earlier: Vec<String>,
}

/// The facts about one source.
pub(crate) struct Checkup {
    pub(crate) feed: FeedInfo,
    pub(crate) settings: SourceSettings,
    pub(crate) standing: Standing,
    pub(crate) refused: Vec<Refused>,
    pub(crate) copied: Option<CopiedFrom>,
    pub(crate) earlier: Vec<String>,
    /// Where it answers from, although it is still asked at its old address; and how often in a
    /// row it did.
    pub(crate) moving: Option<(String, u32)>,
    /// What it brought and cost in the time that is told of.
    pub(crate) sum: FeedDay,
    /// What it brought in the last week.
    pub(crate) week: FeedDay,
    /// How many days of that time it was there for: parts of days count.
    pub(crate) days: f64,
    /// The time from one new item to the next, by its own past; `None` while that is too short.
    pub(crate) rhythm: Option<Duration>,
    /// From its last news to its last poll.
    pub(crate) silence: Option<Duration>,
    /// The articles that pages gave before and of late, where they differ too much for chance.
    pub(crate) layout: Option<Fall>,
}

/// A share that fell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Fall {
    /// What fell.
    pub(crate) of: Yield,
    /// What it was: from 0 to 1, or bytes.
    pub(crate) before: f64,
    /// What it is.
    pub(crate) now: f64,
    /// Over the last so many days.
    pub(crate) days: i64,
}

/// What a page yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Yield {
    /// The share of pages that gave an article.
    Articles,
    /// The mean length of an article's text.
    Text,
}

impl Checkup {
    /// The facts at `now` about the last `told` days.
    pub(crate) fn of(known: Known, told: u16, now: Timestamp) -> Self {
        let Known { feed, days, refused, copied, earlier } = known;
        let settings = SourceSettings::stored(feed.settings.as_deref());
        let today = now.as_second().div_euclid(DAY);
        let schedule = feed.schedule.as_deref();
        let state: Option<FeedState> = schedule.and_then(|text| serde_json::from_str(text).ok());
        let age = now.duration_since(feed.added_at).as_secs_f64() / DAY as f64;
        Self {
            standing: Standing::of(&feed, now),
            moving: state.and_then(|state| state.moving).filter(|(url, _)| *url != feed.url),
            sum: sum(&days, today - i64::from(told) + 1, today),
            week: sum(&days, today - 6, today),
            days: age.clamp(1.0 / 24.0, f64::from(told)),
            rhythm: rhythm(&days, feed.added_at),
            silence: silence(&feed),
            layout: layout(&days, today),
            feed,
            settings,
            refused,
            copied,
            earlier,
        }
    }

    /// Pages that came or should have come.
    pub(crate) fn pages(&self) -> u64 {
        articles(&self.sum) + self.sum.no_text + self.sum.walls + self.sum.broken
    }

    /// Of pages given up for a wall: how many for each kind of wall.
    pub(crate) fn given_up_for(&self, code: &str) -> Option<&Refused> {
        self.refused.iter().find(|refused| refused.code == code)
    }

    /// Has it been silent for longer than its own rhythm explains? A source about which little
    /// is known gets two weeks; no source is called silent before a long weekend has passed.
    pub(crate) fn is_stale(&self) -> bool {
        const LEAST: Duration = Duration::from_hours(4 * 24);
        const UNKNOWN: Duration = Duration::from_hours(14 * 24);
        let allowed = self.rhythm.map_or(UNKNOWN, |gap| gap.saturating_mul(10).max(LEAST));
        self.silence.is_some_and(|silence| silence > allowed)
    }
}

/// Pages that gave an article, known or new.
pub(crate) fn articles(day: &FeedDay) -> u64 {
    day.stored + day.revisions + day.unchanged
}

/// `part` of `whole`, 0 of nothing.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn sum(days: &[(i64, FeedDay)], from: i64, to: i64) -> FeedDay {
    let mut sum = FeedDay::default();
    days.iter().filter(|(day, _)| (from..=to).contains(day)).for_each(|(_, day)| sum.add(*day));
    sum
}

/// From the days up to its last news: the silence since then is not its rhythm. The first day
/// does not count, all that the feed held was new to us then.
fn rhythm(days: &[(i64, FeedDay)], added_at: Timestamp) -> Option<Duration> {
    let added = added_at.as_second().div_euclid(DAY);
    let counted = || days.iter().filter(|(day, _)| *day > added);
    let first = counted().next()?.0;
    let last = counted().rfind(|(_, day)| day.new_items > 0)?.0;
    let new: u64 = counted().map(|(_, day)| day.new_items).sum();
    let seconds = (last - first + 1) * DAY;
    (new >= 3).then(|| Duration::from_secs(seconds.unsigned_abs() / new))
}

fn silence(feed: &FeedInfo) -> Option<Duration> {
    let since = feed.changed_at.unwrap_or(feed.added_at);
    let silence = feed.polled_at?.duration_since(since);
    silence.is_positive().then(|| silence.unsigned_abs())
}

/// Days that are looked at as "of late": a break of yesterday must not hide behind a good week.
const LATE: [i64; 3] = [1, 3, 7];

/// Pages that a share is told by, of late and before.
const LEAST: (u64, u64) = (5, 10);

/// What the pages yielded of late, where it fell below what they yielded before.
fn layout(days: &[(i64, FeedDay)], today: i64) -> Option<Fall> {
    LATE.into_iter().find_map(|late| {
        let before = sum(days, i64::MIN, today - 7);
        let now = sum(days, today - late + 1, today);
        articles_fell(&before, &now, late).or_else(|| text_fell(&before, &now, late))
    })
}

/// By a quarter of all pages at least, and more than chance explains: the two shares differ by
/// more than 3.5 standard errors (a two-proportion z-test; once in some 4,000 looks by chance).
fn articles_fell(before: &FeedDay, now: &FeedDay, days: i64) -> Option<Fall> {
    let came = |day: &FeedDay| articles(day) + day.no_text;
    let (late, early) = (came(now), came(before));
    if late < LEAST.0 || early < LEAST.1 {
        return None;
    }
    let (was, is) = (share(articles(before), early), share(articles(now), late));
    let all = share(articles(before) + articles(now), early + late);
    let error = (all * (1.0 - all) * (1.0 / early as f64 + 1.0 / late as f64)).sqrt();
    let fell = was - is;
    (fell >= 0.25 && fell > 3.5 * error).then_some(Fall {
        of: Yield::Articles,
        before: was,
        now: is,
        days,
    })
}

/// To less than two fifths of the mean length: what is left of an article whose body is not
/// found any more is its summary.
fn text_fell(before: &FeedDay, now: &FeedDay, days: i64) -> Option<Fall> {
    let texts = |day: &FeedDay| day.stored + day.revisions;
    if texts(now) < LEAST.0 || texts(before) < LEAST.1 {
        return None;
    }
    let mean = |day: &FeedDay| day.text_bytes as f64 / texts(day) as f64;
    let (was, is) = (mean(before), mean(now));
    (is < was * 0.4).then_some(Fall { of: Yield::Text, before: was, now: is, days })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Noon of a day that the tests take for today.
    pub(crate) fn now() -> Timestamp {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    /// The number of the day that was `ago` days before.
    pub(crate) fn day(ago: i64) -> i64 {
        now().as_second().div_euclid(DAY) - ago
    }

    fn at(ago: i64) -> Timestamp {
        now().saturating_sub(SignedDuration::from_hours(24 * ago)).unwrap()
    }

    /// A source that is well: added 50 days ago, polled an hour ago.
    pub(crate) fn feed() -> FeedInfo {
        let hour = SignedDuration::from_hours(1);
        FeedInfo {
            feed: store::FeedId::from_number(3),
            url: "https://example.org/feed".to_owned(),
            host: "example.org:443".to_owned(),
            title: Some("Example".to_owned()),
            site: Some("https://example.org/".to_owned()),
            state: "waiting".to_owned(),
            due_at: now().saturating_add(hour).unwrap(),
            polled_at: now().checked_sub(hour).ok(),
            changed_at: now().checked_sub(hour).ok(),
            failures: 0,
            problem: None,
            items: 100,
            settings: None,
            schedule: None,
            added_at: at(50),
            newest_at: now().checked_sub(hour).ok(),
            has_validators: true,
            gaps: 0,
            missed: 0,
            gap_at: None,
        }
    }

    /// The source with a day like this each day from 50 days ago.
    pub(crate) fn known(feed: FeedInfo, of_day: impl Fn(i64) -> FeedDay) -> Known {
        let days = (0..=50).rev().map(|ago| (day(ago), of_day(ago))).collect();
        Known { feed, days, refused: Vec::new(), copied: None, earlier: Vec::new() }
    }

    /// A day of 24 polls, four articles and nothing wrong.
    pub(crate) fn good(_: i64) -> FeedDay {
        FeedDay {
            polls: 24,
            unmodified: 20,
            new_items: 4,
            stored: 4,
            text_bytes: 12_000,
            requests: 28,
            bytes: 400_000,
            ..FeedDay::default()
        }
    }

    fn check(feed: FeedInfo, of_day: impl Fn(i64) -> FeedDay) -> Checkup {
        Checkup::of(known(feed, of_day), 28, now())
    }

    #[test]
    fn a_source_is_measured_by_its_own_rhythm() {
        let well = check(feed(), good);
        assert_eq!(well.rhythm, Some(Duration::from_hours(6)));
        assert_eq!((well.sum.stored, well.days), (112, 28.0));
        assert!(!well.is_stale());
        let silent_for = |ago: i64| {
            let feed = FeedInfo { changed_at: Some(at(ago)), ..feed() };
            let new = move |day: i64| if day > ago { good(day) } else { FeedDay::default() };
            check(feed, new).is_stale()
        };
        assert!(!silent_for(3), "a weekend");
        assert!(silent_for(5), "it brings something every six hours");
        let rare = |ago: i64| FeedDay { new_items: u64::from(ago % 10 == 9), ..good(ago) };
        let feed = FeedInfo { changed_at: Some(at(9)), ..feed() };
        assert!(!check(feed, rare).is_stale(), "it brings something every ten days");
    }

    #[test]
    fn silence_ends_with_the_last_poll() {
        let (polled_at, changed_at) = (Some(at(20)), Some(at(20)));
        let feed = FeedInfo { polled_at, changed_at, ..feed() };
        assert!(!check(feed, good).is_stale(), "nobody asked it");
    }

    #[test]
    fn a_layout_that_breaks_is_seen_within_a_day_and_chance_is_not() {
        let pages = |stored: u64, no_text: u64| FeedDay {
            stored,
            no_text,
            text_bytes: stored * 3_000,
            ..FeedDay::default()
        };
        let broken = |ago: i64| if ago < 1 { pages(0, 8) } else { pages(8, 0) };
        let fall = check(feed(), broken).layout.unwrap();
        assert_eq!((fall.of, fall.before, fall.now, fall.days), (Yield::Articles, 1.0, 0.0, 1));
        let slow = |ago: i64| if ago < 7 { pages(0, 1) } else { pages(1, 0) };
        assert_eq!(check(feed(), slow).layout.map(|fall| fall.days), Some(7));
        let uneven = |ago: i64| if ago % 3 == 0 { pages(3, 3) } else { pages(5, 1) };
        assert_eq!(check(feed(), uneven).layout, None);
        assert_eq!(check(feed(), |_| pages(1, 9)).layout, None, "it never gave much");
        let short =
            |ago: i64| FeedDay { text_bytes: if ago < 3 { 900 } else { 12_000 }, ..pages(4, 0) };
        let fall = check(feed(), short).layout.unwrap();
        assert_eq!((fall.of, fall.before, fall.now, fall.days), (Yield::Text, 3_000.0, 225.0, 3));
    }
}
