//! What to do about a source: one sentence for each thing that is wrong with it, and the command
//! that mends it.

use std::time::Duration;

use record::ReasonKind;
use serde::Serialize;
use store::Refused;

use super::checkup::{Checkup, Yield, articles, share};
use super::health::Standing;
use super::settings::FullText;
use super::words::{bytes, count, percent, span};

/// Something that a person can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Advice {
    /// What is wrong, for scripts.
    pub(crate) code: &'static str,
    /// What is wrong and what would help: lower case, no full stop.
    pub(crate) says: String,
    /// What does it, ready to be typed.
    pub(crate) command: String,
}

/// Pages below which no share of them is spoken of.
const FEW: u64 = 5;

/// All advice about a source, the gravest first; none for one that is well or paused.
pub(crate) fn advise(c: &Checkup) -> Vec<Advice> {
    match c.standing {
        Standing::Paused | Standing::New => return Vec::new(),
        Standing::Gone => return vec![gone(c)],
        Standing::Dead => return vec![dead(c)],
        Standing::Failing | Standing::Quiet | Standing::Well => {}
    }
    let rules = [
        failing, moved, silent, layout, walls, no_text, teasers, lost, filtered, gaps, copies,
        polls,
    ];
    rules.into_iter().filter_map(|rule| rule(c)).collect()
}

fn advice(code: &'static str, says: impl Into<String>, command: impl Into<String>) -> Advice {
    Advice { code, says: says.into(), command: format!("newsluice {}", command.into()) }
}

/// `feed set 3 …`
fn set(c: &Checkup, what: &str) -> String {
    format!("feed set {} {what}", c.feed.feed.number())
}

fn remove(c: &Checkup) -> String {
    format!("feed rm {}", c.feed.feed.number())
}

/// Looks for the feeds of its site.
fn discover(c: &Checkup) -> String {
    format!("feed discover {}", quoted(c.feed.site.as_deref().unwrap_or(&c.feed.url)))
}

/// A URL as a shell takes it: what strangers wrote must stay one harmless word.
fn quoted(url: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:._-%,+@=".contains(c);
    if url.chars().all(is_plain) && !url.starts_with('-') {
        return url.to_owned();
    }
    format!("'{}'", url.replace('\'', "%27"))
}

fn gone(c: &Checkup) -> Advice {
    advice("gone", "it said that it is gone for good (410) and is not polled any more", remove(c))
}

fn dead(c: &Checkup) -> Advice {
    let says = format!("it failed {} times in a row ({})", c.feed.failures, problem(c));
    match kind(c) {
        Some(ReasonKind::NotFound | ReasonKind::NotAFeed) if c.feed.site.is_some() => {
            let says = format!("{says}: see whether its site has another feed by now");
            advice("dead", says, discover(c))
        }
        _ => {
            let says = format!("{says}: remove it, or pause it until you know more");
            advice("dead", says, remove(c))
        }
    }
}

fn kind(c: &Checkup) -> Option<ReasonKind> {
    c.feed.problem.as_ref().and_then(|(code, _)| ReasonKind::from_code(code))
}

fn problem(c: &Checkup) -> String {
    let (code, detail) = c.feed.problem.clone().unwrap_or_default();
    let what = ReasonKind::from_code(&code).map_or_else(|| code.clone(), |k| k.sentence().into());
    if detail.is_empty() { what } else { format!("{what}: {detail}") }
}

/// Polls that fail, where somebody can do something, or where it lasts.
fn failing(c: &Checkup) -> Option<Advice> {
    if c.standing != Standing::Failing {
        return None;
    }
    let says = |help: &str| format!("its last poll failed ({}): {help}", problem(c));
    let detail = c.feed.problem.as_ref().map_or("", |(_, detail)| detail.as_str());
    let wants_login = ["401", "403", "407"].iter().any(|status| detail.contains(status));
    Some(match kind(c) {
        Some(ReasonKind::HttpStatus | ReasonKind::NotFound) if wants_login => advice(
            "failing",
            says("set credentials if you have them"),
            set(c, "--credential basic:USER:file:/path/to/password"),
        ),
        Some(ReasonKind::NotFound | ReasonKind::NotAFeed | ReasonKind::RedirectLoop) => {
            advice("failing", says("see whether its site has another feed by now"), discover(c))
        }
        Some(ReasonKind::Settings) => advice(
            "failing",
            says("give the secret its place again, or take it out of the settings"),
            set(c, "--clear credential --clear headers"),
        ),
        Some(ReasonKind::BlockedAddress) => advice(
            "failing",
            says("open that network in fetch.allow_nets if you mean it, else remove the source"),
            remove(c),
        ),
        _ if c.feed.failures >= 3 => advice(
            "failing",
            says(&format!("{} times in a row by now; see what it answers", c.feed.failures)),
            format!("fetch {}", quoted(&c.feed.url)),
        ),
        _ => return None,
    })
}

/// A move that is not followed: with a password in its URL it would lose that.
fn moved(c: &Checkup) -> Option<Advice> {
    let (to, sightings) = c.moving.as_ref()?;
    (*sightings >= 2).then(|| {
        let says = "it has moved, and is asked at its old address because of its credentials: add \
                    it at the new one, then remove this one";
        advice("moved", says, format!("feed add {}", quoted(to)))
    })
}

fn silent(c: &Checkup) -> Option<Advice> {
    if c.standing == Standing::Failing || !c.is_stale() {
        return None;
    }
    let silence = span(c.silence?);
    let rhythm = c.rhythm.map(|gap| format!(" where something came about every {}", span(gap)));
    let says = format!(
        "it answers and brought nothing new for {silence}{}: see whether its site has another \
         feed by now",
        rhythm.unwrap_or_default()
    );
    Some(advice("silent", says, discover(c)))
}

/// The page of which nothing came last, to look at.
fn example(c: &Checkup, walls: bool) -> Option<&Refused> {
    c.refused.iter().find(|refused| is_wall(&refused.code) == walls && came(&refused.code))
}

/// Did the page come, whatever was in it?
fn came(code: &str) -> bool {
    use ReasonKind as K;
    !matches!(
        ReasonKind::from_code(code),
        None | Some(
            K::Dns
                | K::Connect
                | K::Tls
                | K::Timeout
                | K::BrokenAnswer
                | K::HttpStatus
                | K::NotFound
                | K::Gone
                | K::RedirectLoop
                | K::HostHold
                | K::Robots
                | K::BadUrl
                | K::BlockedAddress
                | K::Settings
        )
    )
}

fn is_wall(code: &str) -> bool {
    ["bot-wall", "consent-wall", "captcha", "paywall", "login-page"].contains(&code)
}

fn layout(c: &Checkup) -> Option<Advice> {
    let fall = c.layout?;
    let of_late = if fall.days == 1 { "today".into() } else { format!("in {} days", fall.days) };
    let (what, before, now) = match fall.of {
        Yield::Articles => ("pages that gave an article", percent(fall.before), percent(fall.now)),
        Yield::Text => ("the text of an article", bytes(fall.before), bytes(fall.now)),
    };
    let says = format!(
        "its pages seem to have a new layout: {what} fell from {before} to {now} {of_late}; see \
         what one of them lacks"
    );
    let command = match example(c, false) {
        Some(refused) => format!("explain {}", quoted(&refused.example)),
        None => format!("export --feed {}", quoted(&c.feed.url)),
    };
    Some(advice("layout", says, command))
}

fn walls(c: &Checkup) -> Option<Advice> {
    let pages = c.pages();
    if pages < FEW || share(c.sum.walls, pages) < 0.2 {
        return None;
    }
    let were = if c.sum.walls == 1 { "was a wall" } else { "were walls" };
    let says = format!("{} of {pages} pages {were}", c.sum.walls);
    let wants_login = ["paywall", "login-page"].iter().any(|code| c.given_up_for(code).is_some());
    Some(if wants_login {
        let says = format!("{says}: only subscribers see the text; set credentials if you are one");
        advice("walls", says, set(c, "--credential cookie:file:/path/to/cookie"))
    } else {
        let says = format!("{says} against programs: take the text from the feed itself");
        advice("walls", says, set(c, "--full-text feed"))
    })
}

fn no_text(c: &Checkup) -> Option<Advice> {
    let pages = c.pages();
    let takes_pages = c.settings.full_text != FullText::Feed;
    if c.layout.is_some() || !takes_pages || pages < FEW || share(c.sum.no_text, pages) < 0.5 {
        return None;
    }
    let says = format!(
        "{} of {pages} pages gave no article: take the text from the feed itself",
        c.sum.no_text
    );
    Some(advice("no-text", says, set(c, "--full-text feed")))
}

fn teasers(c: &Checkup) -> Option<Advice> {
    /// Bytes of a teaser: two or three sentences.
    const TEASER: f64 = 500.0;
    let texts = c.sum.stored + c.sum.revisions;
    let mean = c.sum.text_bytes as f64 / texts.max(1) as f64;
    if c.settings.full_text != FullText::Feed || texts < FEW || mean >= TEASER {
        return None;
    }
    let says = format!("the feed carries teasers of {}: take the text from the pages", bytes(mean));
    Some(advice("teasers", says, set(c, "--full-text page")))
}

fn lost(c: &Checkup) -> Option<Advice> {
    let pages = c.pages();
    if pages < FEW || share(c.sum.broken, pages) < 0.5 {
        return None;
    }
    let says = format!(
        "{} of {pages} pages did not come ({}): try them again",
        c.sum.broken,
        c.refused.first().map_or("some are tried again", |first| first.code.as_str())
    );
    Some(advice("lost-pages", says, format!("retry --feed {}", quoted(&c.feed.url))))
}

fn filtered(c: &Checkup) -> Option<Advice> {
    let all = c.sum.filtered + articles(&c.sum);
    if all < 4 * FEW || share(c.sum.filtered, all) < 0.95 {
        return None;
    }
    let says = format!("its filters took {} of {all} articles: see whether you want that", {
        c.sum.filtered
    });
    Some(advice("filters", says, format!("feed filter test {}", c.feed.feed.number())))
}

fn gaps(c: &Checkup) -> Option<Advice> {
    if c.sum.overruns == 0 {
        return None;
    }
    let says = format!(
        "entries came and went between two polls, {}: poll more often",
        if c.sum.overruns == 1 { "once".into() } else { count(c.sum.overruns, "time") }
    );
    let between = c.days * 86_400.0 / c.sum.polls.max(1) as f64;
    let set_by_hand = c.settings.interval.is_some();
    let minutes = (between / 120.0).clamp(5.0, 360.0);
    Some(if set_by_hand {
        advice("gaps", format!("{says}: its interval is yours"), set(c, "--clear interval"))
    } else {
        advice("gaps", says, set(c, &format!("--interval {minutes:.0}m")))
    })
}

fn copies(c: &Checkup) -> Option<Advice> {
    if c.sum.stored < 4 * FEW || share(c.sum.duplicates, c.sum.stored) < 0.9 {
        return None;
    }
    let of = c.copied.as_ref().map(|copied| format!(", most of them of {}", copied.of));
    let says = format!(
        "{} of {} articles are copies{}: it brings next to nothing of its own",
        c.sum.duplicates,
        c.sum.stored,
        of.unwrap_or_default()
    );
    Some(advice("copies", says, remove(c)))
}

/// Polls that bring nothing: many for each new item, the more so where each of them is a whole
/// document.
fn polls(c: &Checkup) -> Option<Advice> {
    const LONGEST: Duration = Duration::from_hours(7 * 24);
    let most = if c.feed.has_validators { 50 } else { 15 };
    let between = Duration::from_secs_f64(c.days * 86_400.0 / c.sum.polls.max(1) as f64);
    let rhythm = c.rhythm.unwrap_or(LONGEST);
    let better = (rhythm / 2).min(LONGEST);
    let is_wasteful = c.sum.polls >= 30 && c.sum.polls > most * c.sum.new_items;
    if c.standing == Standing::Failing || c.is_stale() || !is_wasteful || better < between * 2 {
        return None;
    }
    let hours = better.as_secs().div_ceil(3600);
    let says = format!(
        "{} brought {}{}: poll it less",
        count(c.sum.polls, "poll"),
        count(c.sum.new_items, "new item"),
        if c.feed.has_validators { "" } else { ", each of them in full" }
    );
    Some(advice("polls", says, set(c, &format!("--interval {hours}h"))))
}

#[cfg(test)]
mod tests {
    use store::{FeedDay, FeedInfo};

    use super::super::checkup::Known;
    use super::super::checkup::tests::{feed, good, known, now};
    use super::*;

    fn about(known: Known) -> Vec<Advice> {
        advise(&Checkup::of(known, 28, now()))
    }

    #[track_caller]
    fn only(known: Known, code: &str, says: &str, command: &str) {
        let given = about(known);
        assert_eq!(given.len(), 1, "{given:#?}");
        assert_eq!(given[0].code, code, "{given:#?}");
        assert!(given[0].says.contains(says), "{}", given[0].says);
        assert_eq!(given[0].command, format!("newsluice {command}"));
    }

    fn failed(failures: u32, code: &str, detail: &str) -> Known {
        let problem = Some((code.to_owned(), detail.to_owned()));
        known(FeedInfo { failures, problem, ..feed() }, good)
    }

    fn refused(known: Known, code: &str) -> Known {
        let example = "https://example.org/x?y=1&z='$(id)'".to_owned();
        let refused = Refused { feed: feed().feed, code: code.to_owned(), count: 9, example };
        Known { refused: vec![refused], ..known }
    }

    fn with(settings: &str, of_day: impl Fn(i64) -> FeedDay) -> Known {
        known(FeedInfo { settings: Some(settings.to_owned()), ..feed() }, of_day)
    }

    #[test]
    fn a_source_that_is_well_paused_or_new_needs_nothing() {
        assert_eq!(about(known(feed(), good)), []);
        assert_eq!(about(known(FeedInfo { state: "paused".into(), ..feed() }, good)), []);
        let new = FeedInfo { polled_at: None, changed_at: None, ..feed() };
        assert_eq!(about(known(new, |_| FeedDay::default())), []);
        assert_eq!(about(failed(1, "timeout", "30 s")), [], "a bad minute");
    }

    #[test]
    fn what_fails_gets_the_remedy_of_its_reason() {
        let gone = FeedInfo { state: "gone".into(), failures: 1, ..feed() };
        only(known(gone, good), "gone", "gone for good", "feed rm 3");
        only(failed(12, "dns", ""), "dead", "12 times in a row", "feed rm 3");
        let discover = "feed discover https://example.org/";
        only(failed(12, "not-found", "404"), "dead", "another feed", discover);
        only(failed(1, "not-a-feed", "html"), "failing", "another feed", discover);
        let set = "feed set 3 --credential basic:USER:file:/path/to/password";
        only(failed(1, "http-status", "403 forbidden"), "failing", "set credentials", set);
        let clear = "feed set 3 --clear credential --clear headers";
        only(failed(1, "settings", "env:KEY: not set"), "failing", "its place again", clear);
        only(failed(1, "blocked-address", ""), "failing", "fetch.allow_nets", "feed rm 3");
        let fetch = "fetch https://example.org/feed";
        only(failed(4, "timeout", ""), "failing", "4 times in a row", fetch);
    }

    #[test]
    fn a_move_that_cannot_be_followed_is_told() {
        let schedule = r#"{"moving":["https://new.example/feed",2]}"#.to_owned();
        let moving = FeedInfo { schedule: Some(schedule), ..feed() };
        only(known(moving, good), "moved", "credentials", "feed add https://new.example/feed");
    }

    #[test]
    fn silence_and_gaps_are_told_by_its_own_rhythm() {
        let since = now() - jiff::SignedDuration::from_hours(10 * 24);
        let silent = FeedInfo { changed_at: Some(since), ..feed() };
        let of_day = |ago| if ago > 10 { good(ago) } else { FeedDay { polls: 24, ..good(ago) } };
        let of_day = |ago| FeedDay { new_items: if ago > 10 { 4 } else { 0 }, ..of_day(ago) };
        let discover = "feed discover https://example.org/";
        only(known(silent, of_day), "silent", "for 9 d where something came about", discover);
        let torn = |ago| FeedDay { overruns: u64::from(ago == 3), ..good(ago) };
        only(known(feed(), torn), "gaps", "once: poll more", "feed set 3 --interval 30m");
        let clear = "feed set 3 --clear interval";
        only(with(r#"{"interval":"6h"}"#, torn), "gaps", "is yours", clear);
    }

    #[test]
    fn pages_that_give_nothing_get_another_way_to_the_text() {
        let feed_text = "feed set 3 --full-text feed";
        let walled = |ago| FeedDay { walls: 2, ..good(ago) };
        only(refused(known(feed(), walled), "bot-wall"), "walls", "against programs", feed_text);
        let paid = "feed set 3 --credential cookie:file:/path/to/cookie";
        only(refused(known(feed(), walled), "paywall"), "walls", "subscribers", paid);
        let shells = |ago| FeedDay { no_text: 9, ..good(ago) };
        only(known(feed(), shells), "no-text", "no article", feed_text);
        let short = |ago| FeedDay { text_bytes: 400, ..good(ago) };
        let page_text = "feed set 3 --full-text page";
        only(with(r#"{"full_text":"feed"}"#, short), "teasers", "teasers of 100 B", page_text);
        let lost = |ago| FeedDay { broken: 9, ..good(ago) };
        let retry = "retry --feed https://example.org/feed";
        only(refused(known(feed(), lost), "timeout"), "lost-pages", "(timeout)", retry);
    }

    #[test]
    fn a_broken_layout_leads_to_one_of_its_pages_and_no_stranger_s_url_to_the_shell() {
        let broken = |ago| FeedDay { no_text: 4, stored: 0, text_bytes: 0, ..good(ago) };
        let of_day = |ago| if ago < 3 { broken(ago) } else { good(ago) };
        let explain = "explain 'https://example.org/x?y=1&z=%27$(id)%27'";
        let says = "fell from 100 % to 0 % in 3 days";
        only(refused(known(feed(), of_day), "no-body"), "layout", says, explain);
    }

    #[test]
    fn what_costs_more_than_it_brings_is_told() {
        let copying = |ago| FeedDay { duplicates: 4, ..good(ago) };
        let copied = store::CopiedFrom {
            feed: feed().url,
            of: "https://wire.example/feed".to_owned(),
            count: 90,
        };
        let known_copies = Known { copied: Some(copied), ..known(feed(), copying) };
        only(known_copies, "copies", "most of them of https://wire.example/feed", "feed rm 3");
        let rare = |ago| FeedDay { new_items: u64::from(ago % 10 == 0), ..good(ago) };
        only(
            known(feed(), rare),
            "polls",
            "672 polls brought 3 new items",
            "feed set 3 --interval 120h",
        );
        let filtered = |ago| FeedDay { filtered: 9, stored: 0, text_bytes: 0, ..good(ago) };
        only(known(feed(), filtered), "filters", "252 of 252", "feed filter test 3");
    }
}
