//! Which articles of a source are wanted.

use std::fmt;
use std::str::FromStr;

use regex::{Regex, RegexBuilder};

use super::settings::SettingsError;

/// Longest pattern, in bytes.
const LONGEST: usize = 1000;

/// Most memory of one compiled pattern, in bytes.
const COMPILED: usize = 1 << 20;

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// The title, in the feed and on the page.
    Title,
    /// The address.
    Url,
    /// The article's paragraphs.
    Text,
}

/// One rule: `title:word`, `url:/pattern/`, `text:…`. A word is looked for anywhere, a pattern
/// between slashes is a regular expression; neither cares for upper and lower case.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    text: String,
    field: Field,
    pattern: Regex,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl FromStr for Rule {
    type Err = SettingsError;

    fn from_str(text: &str) -> Result<Self, SettingsError> {
        let (field, pattern) = match text.split_once(':') {
            Some(("title", pattern)) => (Field::Title, pattern),
            Some(("url", pattern)) => (Field::Url, pattern),
            Some(("text", pattern)) => (Field::Text, pattern),
            _ => {
                let remedy = "write title:, url: or text:, then a word or a /pattern/";
                return Err(SettingsError(format!("'{text}' is not a filter; {remedy}")));
            }
        };
        if pattern.is_empty() || pattern.len() > LONGEST {
            let remedy =
                format!("'{text}' is not a filter; write 1 to {LONGEST} bytes after the :");
            return Err(SettingsError(remedy));
        }
        let inner = pattern.strip_prefix('/').and_then(|p| p.strip_suffix('/'));
        let source = match inner.filter(|inner| !inner.is_empty()) {
            Some(inner) => inner.to_owned(),
            None => regex::escape(pattern),
        };
        let compiled = RegexBuilder::new(&source)
            .case_insensitive(true)
            .size_limit(COMPILED)
            .dfa_size_limit(COMPILED)
            .build();
        let pattern = compiled.map_err(|e| {
            let why = e.to_string();
            let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
            SettingsError(format!("'{text}': not a regular expression: {why}"))
        })?;
        Ok(Self { text: text.to_owned(), field, pattern })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

super::text_form!(Rule);

/// What is known of an article: titles and addresses from its feed and its page.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen<'a> {
    /// Its titles.
    pub(crate) titles: &'a [&'a str],
    /// Its addresses.
    pub(crate) urls: &'a [&'a str],
    /// Its text; `None` before it is known.
    pub(crate) text: Option<&'a str>,
}

/// The rules of a source.
#[derive(Debug, Default)]
pub(crate) struct Filters {
    keep: Vec<Rule>,
    drop: Vec<Rule>,
}

impl Filters {
    /// Filters of these rules.
    pub(crate) fn new(keep: &[Rule], drop: &[Rule]) -> Self {
        Self { keep: keep.to_vec(), drop: drop.to_vec() }
    }

    /// Are there no rules?
    pub(crate) fn is_empty(&self) -> bool {
        self.keep.is_empty() && self.drop.is_empty()
    }

    /// Why the article is not wanted; `None` where it is, or where that is not known yet.
    pub(crate) fn taken(&self, seen: Seen<'_>) -> Option<String> {
        if let Some(rule) = self.drop.iter().find(|rule| fits(rule, seen) == Some(true)) {
            return Some(format!("drop {rule}"));
        }
        let mut fitting = self.keep.iter().map(|rule| fits(rule, seen));
        let is_wanted = self.keep.is_empty() || fitting.any(|fits| fits != Some(false));
        (!is_wanted).then(|| {
            let rules: Vec<_> = self.keep.iter().map(ToString::to_string).collect();
            format!("not of keep {}", rules.join(", "))
        })
    }
}

/// Does the rule fit? `None`: what it looks at is not known yet.
fn fits(rule: &Rule, seen: Seen<'_>) -> Option<bool> {
    let any = |texts: &[&str]| texts.iter().any(|text| rule.pattern.is_match(text));
    match rule.field {
        Field::Title => Some(any(seen.titles)),
        Field::Url => Some(any(seen.urls)),
        Field::Text => seen.text.map(|text| rule.pattern.is_match(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters(keep: &[&str], drop: &[&str]) -> Filters {
        let rules = |texts: &[&str]| -> Vec<Rule> {
            texts.iter().map(|text| text.parse().unwrap()).collect()
        };
        Filters::new(&rules(keep), &rules(drop))
    }

    fn seen<'a>(title: &'a [&'a str], text: Option<&'a str>) -> Seen<'a> {
        Seen { titles: title, urls: &["https://example.org/sport/1?a.b"], text }
    }

    #[test]
    fn what_is_dropped_is_taken_even_if_it_is_to_be_kept() {
        let both = filters(&["title:rain"], &["title:/^live\\b/"]);
        assert_eq!(both.taken(seen(&["Rain"], None)), None);
        let taken = both.taken(seen(&["LIVE: rain"], None));
        assert_eq!(taken.as_deref(), Some("drop title:/^live\\b/"));
        assert_eq!(both.taken(seen(&["Sun"], None)).as_deref(), Some("not of keep title:rain"));
        assert_eq!(both.taken(seen(&["Sun", "Rain after all"], None)), None, "one title is enough");
    }

    #[test]
    fn a_word_is_a_word_and_not_a_pattern() {
        assert!(filters(&[], &["url:a.b"]).taken(seen(&[], None)).is_some());
        assert!(filters(&[], &["url:axb"]).taken(seen(&[], None)).is_none());
        assert!(filters(&[], &["url:/"]).taken(seen(&[], None)).is_some());
    }

    #[test]
    fn the_text_is_judged_when_it_is_there() {
        let filters = filters(&["title:rain", "text:drought"], &["text:advert"]);
        assert_eq!(filters.taken(seen(&["Sun"], None)), None, "the text may tell otherwise");
        assert_eq!(filters.taken(seen(&["Sun"], Some("The drought ends."))), None);
        assert!(filters.taken(seen(&["Sun"], Some("Nothing."))).is_some());
        assert!(filters.taken(seen(&["Rain"], Some("An ADVERT."))).is_some());
    }

    #[test]
    fn a_pattern_that_would_need_much_memory_is_refused() {
        assert!("title:/(a{1000}){1000}/".parse::<Rule>().is_err());
    }
}
