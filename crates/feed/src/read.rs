//! Text of any kind of feed to the feed.

use jiff::Timestamp;
use record::{Entry, Feed, Reason, ReasonKind};

use crate::problem::{ProblemKind, Problems};
use crate::repair::{HEAD, Repaired, TAIL, repair};
use crate::{Hints, convert};

/// Entries handed to feed-rs at once. Its model of an entry is many times larger than a
/// short entry is, so a document of thousands of short ones is read in parts.
const AT_ONCE: usize = 128;

/// Reads a feed in XML. Linear in the text.
pub(crate) fn xml(text: &str, hints: &Hints<'_>, problems: &mut Problems) -> Result<Feed, Reason> {
    let repaired = repair(text, hints.url, problems);
    let mut feed = part(&repaired, 0..0, hints.now, problems)
        .ok_or_else(|| Reason::new(ReasonKind::NotAFeed, "xml that holds no feed"))?;
    feed.hints = repaired.facts.hints();
    feed.complete = repaired.facts.complete;
    feed.archive = repaired.facts.archive;
    feed.entries.reserve_exact(repaired.ends.len());
    let mut first = 0;
    while first < repaired.ends.len() {
        let last = (first + AT_ONCE).min(repaired.ends.len());
        match part(&repaired, first..last, hints.now, problems) {
            Some(read) => feed.entries.extend(read.entries),
            None => feed.entries.extend(one_by_one(&repaired, first..last, hints.now, problems)),
        }
        first = last;
    }
    Ok(feed)
}

/// What feed-rs refuses together it may take apart: only the entries at fault are lost.
fn one_by_one(
    repaired: &Repaired,
    range: std::ops::Range<usize>,
    now: Option<Timestamp>,
    problems: &mut Problems,
) -> Vec<Entry> {
    let mut entries = Vec::new();
    for place in range {
        match part(repaired, place..place + 1, now, problems) {
            Some(read) => entries.extend(read.entries),
            None => problems.note(ProblemKind::EmptyEntry),
        }
    }
    entries
}

fn part(
    repaired: &Repaired,
    range: std::ops::Range<usize>,
    now: Option<Timestamp>,
    problems: &mut Problems,
) -> Option<Feed> {
    let end_of = |place: usize| match place.checked_sub(1) {
        Some(before) => repaired.ends.get(before).copied(),
        None => Some(0),
    };
    let entries = repaired.entries.get(end_of(range.start)?..end_of(range.end)?)?;
    let fields = if range.is_empty() { repaired.fields.as_str() } else { "" };
    let mut document =
        String::with_capacity(HEAD.len() + fields.len() + entries.len() + TAIL.len());
    for piece in [HEAD, fields, entries, TAIL] {
        document.push_str(piece);
    }
    convert::read_xml(&document, now, problems).ok()
}
