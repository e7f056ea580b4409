//! A page or raw text to a [`Record`], or the [`Reason`] why there is none.
//!
//! Pure: no I/O, no clock, no async. [`text`] takes what a careless scraper left of a page,
//! [`page`] takes the page itself; both end in the same judgement of lines.

mod body;
mod body_blocks;
mod body_choice;
mod body_cues;
mod body_evidence;
mod body_fallback;
mod body_features;
mod body_links;
mod body_next_article;
mod body_paragraphs;
mod body_phrases;
mod body_pointers;
mod body_shingles;
mod body_tables;
mod body_tags;
mod body_text;
mod body_totals;
mod body_trees;
mod charset;
mod classify;
mod double_encoding;
mod fields;
#[cfg(feature = "fitting")]
pub mod fitting;
mod html;
mod html_attributes;
mod html_drawings;
mod html_parse;
mod html_skips;
#[cfg(test)]
mod html_tests;
mod lines;
mod raw_text;
mod site_rules;

use jiff::Timestamp;
use record::{Entry, Page, Reason, Record, Zones};

pub use site_rules::{RuleError, SiteRule, SiteRules};

/// What is known beside the bytes.
#[derive(Debug, Clone, Default)]
pub struct Hints<'a> {
    /// When the input was captured: "now" for every decision about content. Without it no
    /// date counts as being in the future.
    pub now: Option<Timestamp>,
    /// The URL that the input came from, where the input is not a [`Page`] that knows its own.
    pub url: Option<&'a str>,
    /// The feed's entry that led here.
    pub entry: Option<&'a Entry>,
    /// The URL of that feed.
    pub feed_url: Option<&'a str>,
    /// The language that the source's user says its articles are in.
    pub language: Option<&'a str>,
    /// Zones for times that are stated without an offset.
    pub zones: Zones,
    /// Rules of sites, as candidates for body and fields.
    pub rules: Option<&'a SiteRules>,
}

/// A record and what cleaning did to get it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cleaned {
    /// The record.
    pub record: Record,
    /// Lines or blocks of text that were taken away.
    pub removed: usize,
    /// Decisions in words, for `explain`: one a line, each naming what it is about.
    pub trace: Vec<String>,
}

/// Cleans raw text: the text form of a record, or the dump of a whole page without markup.
///
/// # Errors
/// A [`Reason`] when nothing of an article is there.
pub fn text(bytes: &[u8], hints: &Hints<'_>) -> Result<Cleaned, Reason> {
    raw_text::clean(bytes, hints)
}

/// Cleans an HTML page.
///
/// # Errors
/// A [`Reason`] when the page is not an article, or over a cap.
pub fn page(page: &Page, hints: &Hints<'_>) -> Result<Cleaned, Reason> {
    html::clean(page, hints)
}
