//! Bytes of a feed to a [`Feed`], forgiving everything that can be forgiven.
//!
//! This crate does no I/O and reads no clock. [`parse`] takes RSS of any version, Atom and
//! JSON Feed, in any charset, repairs what is broken, says what it repaired, and refuses
//! what is no feed with what it is and what to do.
//!
//! ```
//! let bytes = b"<rss version='2.0'><channel><item><title>Rain &amp;amp; wind</title>
//!     <link>https://example.org/rain</link></item></channel></rss>";
//! let parsed = feed::parse(bytes, &feed::Hints::default()).unwrap();
//! assert_eq!(parsed.feed.entries[0].title.as_deref(), Some("Rain & wind"));
//!
//! let page = feed::parse(b"<html><body>Hello</body></html>", &feed::Hints::default());
//! assert_eq!(page.unwrap_err().kind, record::ReasonKind::NotAFeed);
//! ```

mod charset;
mod convert;
mod display;
mod entities;
mod problem;
mod sniff;

use jiff::Timestamp;
use record::{Feed, Reason, ReasonKind};

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

/// Reads a feed. Linear in the bytes.
///
/// # Errors
/// [`ReasonKind::NotAFeed`] with what the bytes are and what to do; [`ReasonKind::Empty`] for
/// nothing.
pub fn parse(bytes: &[u8], hints: &Hints<'_>) -> Result<Parsed, Reason> {
    let mut problems = Problems::default();
    let text = charset::decode(bytes, hints.content_type, &mut problems);
    if sniff::nature(&text) == Nature::Empty {
        return Err(Reason::of(ReasonKind::Empty));
    }
    let feed = convert::read_xml(undeclared(&text), hints.now, &mut problems)
        .map_err(|error| Reason::new(ReasonKind::NotAFeed, error.to_string()))?;
    Ok(Parsed { feed, problems: problems.into_vec() })
}

/// `text` from its first element on, without an XML declaration.
fn undeclared(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    match text.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").map_or(text, |(_, after)| after),
        None => text,
    }
}
