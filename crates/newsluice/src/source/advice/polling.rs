//! Advice on a source that cannot be polled where it is, or not any more.

use record::ReasonKind;

use super::command::{discover, quoted, remove, set};
use super::{Advice, advice};
use crate::source::checkup::Checkup;
use crate::source::health::Standing;

pub(super) fn gone(c: &Checkup) -> Advice {
    advice("gone", "it said that it is gone for good (410) and is not polled any more", remove(c))
}

pub(super) fn dead(c: &Checkup) -> Advice {
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
pub(super) fn failing(c: &Checkup) -> Option<Advice> {
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
pub(super) fn moved(c: &Checkup) -> Option<Advice> {
    let (to, sightings) = c.moving.as_ref()?;
    (*sightings >= 2).then(|| {
        let says = "it has moved, and is asked at its old address because of its credentials: add \
                    it at the new one, then remove this one";
        advice("moved", says, format!("feed add {}", quoted(to)))
    })
}
