//! Dates in data that a page carries for its programs: properties of scripts and of attributes
//! that speak of publishing. Asked only where nothing else says when.

use ego_tree::iter::Edge;
use record::date::{self, Stated};

use crate::fields::Case;

/// Longest value of a property that is a date.
const MAX_DATE: usize = 40;
/// Shortest attribute that holds data.
const MIN_DATA: usize = 30;

/// The first date of a property of the inline scripts.
pub(super) fn scripts(case: &Case<'_>) -> Option<(Stated, bool)> {
    case.evidence.scripts.iter().find_map(|script| property(script))
}

/// The first date of a property in the attributes: islands of applications keep their state
/// there.
pub(super) fn attributes(case: &Case<'_>) -> Option<(Stated, bool)> {
    case.html.tree.root().traverse().find_map(|edge| {
        let Edge::Open(node) = edge else { return None };
        let mut values = node.value().as_element()?.attrs().map(|(_, value)| value);
        values.find_map(|value| (value.len() >= MIN_DATA).then(|| property(value)).flatten())
    })
}

/// The first readable date among the properties of `data` whose names say that it was
/// published then (`datePublished`, `published_at`, `firstPublishDate` …). One pass.
fn property(data: &str) -> Option<(Stated, bool)> {
    let mut rest = data;
    while let Some((_, after)) = rest.split_once("ublish") {
        rest = after;
        let key_ends = after.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-');
        let (key, after) = after.split_at(key_ends.unwrap_or(after.len()));
        if key.starts_with("er") || key.len() > MIN_DATA {
            continue; // "publisher"
        }
        if let Some(stated) = value(after).and_then(date::parse) {
            return Some((stated, false));
        }
    }
    None
}

/// The string or number after a property's name, however it is quoted and nested.
fn value(after: &str) -> Option<&str> {
    let start = after.trim_start_matches(['"', '\'', '\\', ' ']).strip_prefix(':')?;
    let start = start.trim_start_matches(['"', '\'', '\\', ' ']);
    // Astro writes `[0,"value"]`.
    let start = start.strip_prefix("[0,").map_or(start, |s| s.trim_start_matches(['"', '\\']));
    let end = start.find(['"', '\'', '\\', ',', '}', ']', '<', '&'])?;
    start.get(..end).filter(|text| (8..=MAX_DATE).contains(&text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_that_speak_of_publishing_are_read() {
        for data in [
            r#"{"publisher":"The Paper","datePublished":"2019-05-12T10:00:00Z"}"#,
            r"x = { publishedAt: '2019-05-12' };",
            r#"{\"published_at\":\"2019-05-12 10:00\"}"#,
            r#"{"firstPublishDate":[0,"2019-05-12T09:00:00-05:00"]}"#,
            r#"{"publishTime":1557655200000}"#,
        ] {
            let found = property(data).map(|(s, _)| record::date::Stated::instant_utc(s).unwrap());
            assert!(found.is_some_and(|t| t.to_string().starts_with("2019-05-12")), "{data}");
        }
        for data in [r#"{"publisher":"2019-05-12"}"#, r#"{"published":true}"#, "published"] {
            assert_eq!(property(data), None, "{data}");
        }
    }
}
