//! Bytes of a feed to a [`Feed`], forgiving everything that can be forgiven.
//!
//! This crate does no I/O and reads no clock. [`parse`] takes RSS of any version, Atom and
//! JSON Feed, in any charset, repairs what is broken, says what it repaired, and refuses
//! what is no feed with what it is and what to do.
//!
//! ```
//! let bytes = b"<rss><channel><title>News</title><item><title>Rain & wind</title>
//!     <link>https://example.org/rain</link></item><item><title>cut of";
//! let parsed = feed::parse(bytes, &feed::Hints::default()).unwrap();
//! assert_eq!(parsed.feed.entries[0].title.as_deref(), Some("Rain & wind"));
//!
//! let page = feed::parse(b"<html><body>Hello</body></html>", &feed::Hints::default());
//! assert_eq!(page.unwrap_err().kind, record::ReasonKind::NotAFeed);
//! ```

mod base64;
mod charset;
mod convert;
mod discover;
mod display;
mod entities;
mod finish;
mod json_feed;
mod markup;
mod problem;
mod read;
mod refuse;
mod repair;
mod sniff;
mod whole;

pub mod opml;
pub mod section;
pub mod sitemap;

use jiff::Timestamp;
use record::{Feed, Reason, ReasonKind};

pub use discover::{Candidate, FoundBy, discover};
use problem::Problems;
pub use problem::{Problem, ProblemKind};
use sniff::Nature;
pub use sniff::is_feed;

/// What is known about bytes besides the bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints<'a> {
    /// The URL that answered: relative links are resolved against it.
    pub url: Option<&'a str>,
    /// The `Content-Type` header as it was sent.
    pub content_type: Option<&'a str>,
    /// When the bytes were fetched: dates too far after it are refused.
    pub now: Option<Timestamp>,
}

/// A feed, and what had to be repaired to read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The feed.
    pub feed: Feed,
    /// What was repaired, each kind once, in a fixed order.
    pub problems: Vec<Problem>,
}

/// Most bytes of a feed that are read.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// Reads a feed. Linear in the bytes.
///
/// # Errors
/// [`ReasonKind::NotAFeed`] with what the bytes are and what to do; [`ReasonKind::Empty`] for
/// nothing; [`ReasonKind::TooLarge`] for more than 32 MiB.
pub fn parse(bytes: &[u8], hints: &Hints<'_>) -> Result<Parsed, Reason> {
    if bytes.len() > MOST_BYTES {
        return Err(Reason::of(ReasonKind::TooLarge));
    }
    if sniff::has_binary_signature(bytes) {
        return Err(refuse::refuse(Nature::Binary, "", hints));
    }
    let mut problems = Problems::default();
    let text = charset::decode(bytes, hints.content_type, &mut problems);
    let nature = sniff::nature(&text);
    if nature == Nature::Empty {
        return Err(Reason::of(ReasonKind::Empty));
    }
    let mut feed = match nature {
        Nature::Xml(root) => {
            let (before, feed) = text.split_at_checked(root).unwrap_or(("", &text));
            if !is_prolog(before) {
                problems.note(ProblemKind::LeadingJunk);
            }
            // A doctype declares entities; everything else before the root is nothing to us.
            let doctype = before.rfind("<!DOCTYPE").and_then(|at| text.get(at..));
            read::xml(doctype.unwrap_or(feed), hints, &mut problems)?
        }
        Nature::Json => json_feed::parse(&text, hints.now, &mut problems)?,
        other => match escaped(&text, other) {
            Some(feed) => {
                problems.note(ProblemKind::LeadingJunk);
                read::xml(&feed, hints, &mut problems)?
            }
            None => return Err(refuse::refuse(other, &text, hints)),
        },
    };
    finish::finish(&mut feed, hints.url, &mut problems);
    Ok(Parsed { feed, problems: problems.into_vec() })
}

/// A whole feed that was escaped, as text or within an element, as some web services answer.
fn escaped(text: &str, nature: Nature) -> Option<String> {
    const WINDOW: usize = 1024;
    if !matches!(nature, Nature::Text | Nature::OtherXml) {
        return None;
    }
    let head = text.get(..text.floor_char_boundary(WINDOW))?;
    let root = ["&lt;rss", "&lt;feed", "&lt;rdf:RDF"].iter().find_map(|root| head.find(root))?;
    let feed = text.get(root..)?;
    let end = memchr::memchr(b'<', feed.as_bytes()).unwrap_or(feed.len());
    let mut out = String::with_capacity(end);
    entities::decode_into(feed.get(..end)?, &mut out);
    Some(out)
}

/// Is this what may stand before a root? Only its start is looked at.
fn is_prolog(before: &str) -> bool {
    let before = before.trim_start_matches('\u{feff}');
    before.trim().is_empty() || before.starts_with("<?xml") || before.starts_with("<!")
}
