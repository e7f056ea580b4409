//! Site rules: where a site, or a publishing system, keeps its article, as data.
//!
//! A rule is a candidate, never an override: what it points to is compared with what the page
//! itself says (the fitted choice of blocks, the fields' own evidence), and left aside where the
//! two disagree. Rules grow old; public collections of them are worse than no rules.
//! `config/sites/README.md` says how one is written.

mod body;
mod example;
mod fields;

use scraper::Selector;
use serde::Deserialize;

pub(crate) use body::{said, weigh};
pub(crate) use fields::fill;

/// Why a rule cannot be used: `site rule NAME: the thing that is wrong; the remedy`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("site rule {rule}: {problem}")]
pub struct RuleError {
    rule: String,
    problem: String,
}

/// Rules, asked in their order: the first that knows a page is the only one asked.
#[derive(Debug, Clone, Default)]
pub struct SiteRules(Vec<SiteRule>);

/// One rule.
#[derive(Debug, Clone)]
pub struct SiteRule {
    name: String,
    hosts: Vec<String>,
    generator: Option<String>,
    body: Vec<Selector>,
    strip: Option<Selector>,
    title: Option<Selector>,
    author: Option<Selector>,
    date: Option<Selector>,
    test: Option<Example>,
}

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    hosts: Vec<String>,
    generator: Option<String>,
    body: Vec<String>,
    #[serde(default)]
    strip: Vec<String>,
    title: Option<String>,
    author: Option<String>,
    date: Option<String>,
    test: Option<Example>,
}

/// What the page beside a rule must come out as.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    /// Where the page stood.
    url: String,
    title: String,
    /// How the first and the last paragraph begin.
    first: String,
    last: String,
    /// The day, `YYYY-MM-DD`.
    date: Option<String>,
    #[serde(default)]
    authors: Vec<String>,
    /// What must not be in the body.
    #[serde(default)]
    without: Vec<String>,
}

/// Selectors that one rule may have in a list.
const MAX_SELECTORS: usize = 40;

impl SiteRules {
    /// These rules, in this order.
    #[must_use]
    pub fn new(rules: Vec<SiteRule>) -> Self {
        Self(rules)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rule for a page of this host that names this generator.
    pub(crate) fn of(&self, host: Option<&str>, generator: Option<&str>) -> Option<&SiteRule> {
        self.0.iter().find(|rule| rule.knows(host, generator))
    }
}

impl SiteRule {
    /// Reads a rule called `name` from its TOML text.
    ///
    /// # Errors
    /// A key that does not exist, a selector that cannot be read, a rule for no page at all.
    ///
    /// ```
    /// let rule = clean::SiteRule::parse("courier", "hosts = ['courier.example']\nbody = ['.story']");
    /// assert_eq!(rule.unwrap().name(), "courier");
    /// let wrong = clean::SiteRule::parse("courier", "hosts = ['courier.example']\nbody = ['.']");
    /// assert!(wrong.unwrap_err().to_string().starts_with("site rule courier: body: '.' is no selector"));
    /// ```
    pub fn parse(name: &str, text: &str) -> Result<Self, RuleError> {
        let wrong = |problem: String| RuleError { rule: name.to_owned(), problem };
        let file: File = toml::from_str(text).map_err(|e| wrong(one_line(&e.to_string())))?;
        if file.hosts.is_empty() && file.generator.is_none() {
            return Err(wrong("for no page; give it hosts or a generator".to_owned()));
        }
        if file.body.is_empty() {
            return Err(wrong("body is empty; give it a selector".to_owned()));
        }
        if let Some(host) = file.hosts.iter().find(|host| !is_host(host)) {
            return Err(wrong(format!("hosts: '{host}' is no host; write it as news.example.org")));
        }
        if file.body.len().max(file.strip.len()) > MAX_SELECTORS {
            return Err(wrong(format!("more than {MAX_SELECTORS} selectors in one list")));
        }
        let selector = |key: &str, text: &str| {
            Selector::parse(text).map_err(|e| wrong(format!("{key}: '{text}' is no selector; {e}")))
        };
        let one = |key: &str, text: Option<&String>| text.map(|t| selector(key, t)).transpose();
        let strip = (!file.strip.is_empty()).then(|| file.strip.join(", "));
        for text in &file.strip {
            selector("strip", text)?;
        }
        Ok(Self {
            name: name.to_owned(),
            hosts: file.hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
            body: file.body.iter().map(|t| selector("body", t)).collect::<Result<_, _>>()?,
            strip: one("strip", strip.as_ref())?,
            title: one("title", file.title.as_ref())?,
            author: one("author", file.author.as_ref())?,
            date: one("date", file.date.as_ref())?,
            generator: file.generator,
            test: file.test,
        })
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn knows(&self, host: Option<&str>, generator: Option<&str>) -> bool {
        let of_host = |known: &String| {
            host.and_then(|host| host.strip_suffix(known.as_str()))
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let of_generator = || self.generator.as_deref().zip(generator);
        self.hosts.iter().any(of_host)
            || of_generator().is_some_and(|(known, found)| found.starts_with(known))
    }
}

fn is_host(text: &str) -> bool {
    let byte = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
    !text.is_empty() && text.bytes().all(byte) && !text.starts_with('.') && !text.ends_with('.')
}

fn one_line(message: &str) -> String {
    message
        .split('\n')
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests;
