//! What is not an article, and why.
//!
//! Walls, stubs, lists and shells are told from articles by what a page *lacks* (prose, a
//! declared article) together with what it *says* (phrases of walls in many languages, the
//! addresses of their makers, its own URL). Speech alone is never enough: articles are written
//! about captchas too. One judge for live pages and archives.

use std::cell::OnceCell;

use record::{Reason, ReasonKind, fold};

use crate::fields::{Fields, Traits};

mod lists;
mod phrases;
mod walls;

/// What a page is judged by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence<'a> {
    /// The fields, with the counts of the walk.
    pub(crate) fields: &'a Fields,
    /// The URL that answered.
    pub(crate) url: Option<&'a str>,
    /// Words of the body that was found, 0 for none.
    pub(crate) words: usize,
    /// Of these, those that are likely to be of an article: a list has many in doubt.
    pub(crate) likely: usize,
}

/// Why the page is not an article; `None` for articles and wherever there is doubt.
pub(crate) fn judge(evidence: &Evidence<'_>) -> Option<Reason> {
    let case = Case::of(evidence);
    let judges: [fn(&Case<'_>) -> Option<Finding>; 6] =
        [walls::wall, walls::shell, walls::not_found, walls::paywall, lists::list, lists::media];
    let (kind, why) = judges.iter().find_map(|judge| judge(&case))?;
    Some(Reason::new(kind, why))
}

/// A kind and what it was told by.
type Finding = (ReasonKind, String);

/// The evidence as the judges use it.
struct Case<'a> {
    fields: &'a Fields,
    traits: &'a Traits,
    /// The host in lower case.
    host: String,
    /// The path and query in lower case, without a trailing slash.
    path: String,
    /// The titles, in lower case.
    titles: String,
    /// What [`Self::text`] gives: few pages are judged by it.
    text: OnceCell<String>,
    /// Addresses of scripts and frames, joined.
    sources: String,
    words: usize,
    likely: usize,
}

impl<'a> Case<'a> {
    fn of(evidence: &Evidence<'a>) -> Self {
        let fields = evidence.fields;
        let traits = &fields.traits;
        let own = evidence.url.and_then(|u| url::Url::parse(u).ok());
        let declared = || url::Url::parse(fields.url.as_ref()?.as_str()).ok();
        let address = own.or_else(declared);
        let part = |f: fn(&url::Url) -> String| address.as_ref().map(f).unwrap_or_default();
        let titles = format!(
            "{} {}",
            fields.page_title.as_deref().unwrap_or_default(),
            fields.title.as_deref().unwrap_or_default()
        );
        Self {
            fields,
            traits,
            host: part(|u| u.host_str().unwrap_or_default().to_ascii_lowercase()),
            path: part(path_of),
            text: OnceCell::new(),
            titles: fold(&titles),
            sources: traits.sources.join(" "),
            words: evidence.words,
            likely: evidence.likely,
        }
    }

    /// Titles and the beginning of the text, in lower case, words set apart by one space.
    fn text(&self) -> &str {
        let (opening, noscript) = (&self.traits.opening, &self.traits.noscript);
        self.text.get_or_init(|| match fold(&format!("{opening} {noscript}")) {
            text if text.is_empty() || self.titles.is_empty() => self.titles.clone() + &text,
            text => format!("{} {text}", self.titles),
        })
    }

    /// Is an article declared, with a date or authors?
    fn is_declared(&self) -> bool {
        let dated = self.fields.date.is_some() && self.fields.date_confidence > 0.5;
        self.fields.has_article_node && (dated || !self.fields.authors.is_empty())
    }

    fn has_kind(&self, kinds: &[&str]) -> bool {
        self.fields.kinds.iter().any(|k| kinds.iter().any(|w| k.eq_ignore_ascii_case(w)))
    }

    /// Visible text outside links, in bytes.
    fn prose(&self) -> u32 {
        self.traits.text.saturating_sub(self.traits.linked_text)
    }
}

fn path_of(url: &url::Url) -> String {
    let path = url.path().trim_end_matches('/').to_ascii_lowercase();
    match url.query() {
        Some(query) => format!("{path}?{}", query.to_ascii_lowercase()),
        None => path,
    }
}

#[cfg(test)]
mod tests;
