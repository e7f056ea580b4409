//! A rule is tested by the page beside it: what comes out must be what the rule says.

use jiff::Timestamp;
use record::Page;

use super::{RuleError, SiteRule, SiteRules};
use crate::{Cleaned, Hints};

impl SiteRule {
    /// Does this page, which stands beside the rule, come out as its `[test]` says?
    ///
    /// # Errors
    /// What is different, or that there is no `[test]`.
    pub fn verify(&self, page: &[u8]) -> Result<(), RuleError> {
        self.differs(page)
            .map_or(Ok(()), |problem| Err(RuleError { rule: self.name.clone(), problem }))
    }

    fn differs(&self, page: &[u8]) -> Option<String> {
        let Some(test) = &self.test else {
            return Some("no [test]; say what the page beside it must give".to_owned());
        };
        let page = Page {
            url: Some(test.url.clone()),
            requested_url: None,
            content_type: Some("text/html; charset=utf-8".to_owned()),
            body: page.to_vec(),
            fetched_at: Timestamp::MAX,
        };
        let alone = SiteRules::new(vec![self.clone()]);
        let hints = Hints { rules: Some(&alone), ..Hints::default() };
        match crate::page(&page, &hints) {
            Ok(cleaned) => self.difference(&cleaned),
            Err(reason) => Some(format!("test: the page gives no record: {reason}")),
        }
    }

    fn difference(&self, Cleaned { record, trace, .. }: &Cleaned) -> Option<String> {
        let test = self.test.as_ref()?;
        let followed = format!("site rule {}: followed", self.name);
        if !trace.iter().any(|line| line.starts_with(&followed)) {
            return Some("test: the rule was not followed; see 'explain' for its agreement".into());
        }
        let day = record.date.map(|day| day.to_string());
        let shown = |line: Option<&record::Line>| line.map_or("", |l| l.as_str()).to_owned();
        let (first, last) = (shown(record.body.first()), shown(record.body.last()));
        let unlike = |what: &str, asked: &str, got: &str| {
            Some(format!("test: {what} is '{got}', not '{asked}'"))
        };
        if record.title.as_str() != test.title {
            return unlike("title", &test.title, record.title.as_str());
        }
        if test.date.is_some() && test.date != day {
            return unlike("date", test.date.as_deref()?, &day.unwrap_or_default());
        }
        if !test.authors.is_empty() && test.authors != record.meta.authors {
            return unlike("authors", &test.authors.join(", "), &record.meta.authors.join(", "));
        }
        if !first.starts_with(&test.first) {
            return unlike("first paragraph", &test.first, &first);
        }
        if !last.starts_with(&test.last) {
            return unlike("last paragraph", &test.last, &last);
        }
        let body = record.body_text();
        let found = test.without.iter().find(|text| body.contains(text.as_str()))?;
        Some(format!("test: '{found}' is in the body"))
    }
}
