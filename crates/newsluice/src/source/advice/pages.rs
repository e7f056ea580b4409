//! Advice on a source whose pages do not give its articles.

use record::ReasonKind;
use store::Refused;

use super::command::{quoted, set};
use super::{Advice, FEW, advice};
use crate::source::checkup::{Checkup, Yield, share};
use crate::source::settings::FullText;
use crate::source::words::{bytes, percent};

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

pub(super) fn layout(c: &Checkup) -> Option<Advice> {
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

pub(super) fn walls(c: &Checkup) -> Option<Advice> {
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

pub(super) fn no_text(c: &Checkup) -> Option<Advice> {
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

pub(super) fn teasers(c: &Checkup) -> Option<Advice> {
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

pub(super) fn lost(c: &Checkup) -> Option<Advice> {
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
