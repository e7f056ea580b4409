//! Dates in data that a page carries for its programs: properties of scripts and of attributes
//! that speak of publishing. Asked only where nothing else says when.

use ego_tree::iter::Edge;
use record::date::Stated;

use crate::fields::Case;

/// Longest value of a property that is a date.
const MAX_DATE: usize = 40;
/// Shortest attribute that holds data.
const MIN_DATA: usize = 30;

/// A date and whether day and month could be the other way round.
type Found = (Stated, bool);

/// The first date of a property of the inline scripts that `date_in` reads.
pub(super) fn scripts(case: &Case<'_>, date_in: impl Fn(&str) -> Option<Found>) -> Option<Found> {
    case.evidence.scripts.iter().find_map(|script| property(script, &date_in))
}

/// The first date of a property in the attributes: islands of applications keep their state
/// there, and some pages name an attribute after it.
pub(super) fn attributes(
    case: &Case<'_>,
    date_in: impl Fn(&str) -> Option<Found>,
) -> Option<Found> {
    case.html.tree.root().traverse().find_map(|edge| {
        let Edge::Open(node) = edge else { return None };
        node.value().as_element()?.attrs().find_map(|(name, value)| match value.len() {
            MIN_DATA.. => property(value, &date_in),
            _ if name.starts_with("data-") && names_date(name) => date_in(value),
            _ => None,
        })
    })
}

/// The first readable date among the properties of `data` whose names say that it was
/// published then (`datePublished`, `published_at`, `publicationDate` …), or posted
/// (`post_date`, and `pagePostDate` of a common plugin). Two passes.
fn property(data: &str, date_in: &impl Fn(&str) -> Option<Found>) -> Option<Found> {
    ["ubli", "ost"].into_iter().find_map(|stem| {
        let mut rest = data;
        while let Some((_, after)) = rest.split_once(stem) {
            rest = after;
            let ends = |c: char| !c.is_alphanumeric() && c != '_' && c != '-';
            let Some((key, after)) = split_near(after, MIN_DATA, ends) else { continue };
            if continues(stem, key) {
                let found = value(after).and_then(date_in);
                if found.is_some() {
                    return found;
                }
            }
        }
        None
    })
}

/// Does an attribute's name say that its value is the day of publishing (`data-pubdate`,
/// `data-publish-date`)?
fn names_date(name: &str) -> bool {
    let spoken = name.split_once("ubli").is_some_and(|(_, rest)| continues("ubli", rest));
    spoken || name.contains("pubdate") || name.contains("pub-date")
}

/// Does the rest of a name, after its stem, speak of when something was published? `publisher`
/// and `public` do not; `publishedAfter` is a filter, `publishUntil` the end.
fn continues(stem: &str, rest: &str) -> bool {
    let rest = rest.to_ascii_lowercase();
    let rest = rest.as_str();
    let speaks = if stem == "ost" {
        ["date", "_date", "dateiso", "_date_gmt"].contains(&rest)
    } else {
        rest.starts_with("cation") || rest.starts_with("sh") && !rest.starts_with("sher")
    };
    speaks && !["after", "before", "until", "end"].iter().any(|word| rest.ends_with(word))
}

/// The string or number after a property's name, however it is quoted and nested.
fn value(after: &str) -> Option<&str> {
    let bare = |text: &'_ str| text.trim_start_matches(['"', '\'', '\\', ' ']).len();
    let start = after.trim_start_matches(['"', '\'', '\\', ' ']).strip_prefix(':')?;
    // Astro writes `[0,"value"]`.
    let start = start.strip_prefix("[0,").unwrap_or(start);
    let (marks, start) = start.split_at(start.len().checked_sub(bare(start))?);
    let quoted = marks.contains(['"', '\'']);
    let ends = |c: char| match c {
        '"' | '\'' | '\\' | '<' | '&' => true,
        ',' | '}' | ']' => !quoted,
        _ => false,
    };
    let (text, _) = split_near(start, MAX_DATE, ends)?;
    (text.len() >= 8).then_some(text)
}

/// `text` before and from the first character that `ends` it, if that is within `max` bytes: a
/// script of nothing but names must not be read anew for each.
fn split_near(text: &str, max: usize, ends: impl Fn(char) -> bool) -> Option<(&str, &str)> {
    let head = text.get(..text.floor_char_boundary(max + 1))?;
    Some(text.split_at(head.find(ends)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::date;

    fn read(text: &str) -> Option<Found> {
        Some((date::parse(text)?, false))
    }

    #[test]
    fn properties_that_speak_of_publishing_are_read() {
        for data in [
            r#"{"publisher":"The Paper","datePublished":"2019-05-12T10:00:00Z"}"#,
            r"x = { publishedAt: '2019-05-12' };",
            r#"{\"published_at\":\"2019-05-12 10:00\"}"#,
            r#"{"firstPublishDate":[0,"2019-05-12T09:00:00-05:00"]}"#,
            r#"{"publishTime":1557655200000}"#,
            r#"{"publicationDate":"2019-05-12T10:00:00Z"}"#,
            r#"{"blogpost":"a","pagePostDate":"12 May 2019","pagePostDateIso":"2019-05-12"}"#,
            r#"{"post_date":"2019-05-12"}"#,
            r#"{"publishedAfter":"2018-01-01","published":"2019-05-12"}"#,
        ] {
            let found = property(data, &read).map(|(s, _)| s.instant_utc().unwrap());
            assert!(found.is_some_and(|t| t.to_string().starts_with("2019-05-12")), "{data}");
        }
        for data in [
            r#"{"publisher":"2019-05-12"}"#,
            r#"{"published":true}"#,
            "published",
            r#"{"publishedAfter":"2019-05-12"}"#,
            r#"{"publish_until":"2019-05-12"}"#,
            r#"{"public":"2019-05-12"}"#,
        ] {
            assert_eq!(property(data, &read), None, "{data}");
        }
    }

    #[test]
    fn attributes_named_after_publishing_are_read() {
        for name in ["data-pubdate", "data-publish-date", "data-publication-date"] {
            assert!(names_date(name), "{name}");
        }
        for name in ["data-publisher", "data-public", "data-date", "data-published-before"] {
            assert!(!names_date(name), "{name}");
        }
    }

    /// Takes minutes where the end of each name is looked for in all that follows.
    #[test]
    fn a_script_of_nothing_but_names_is_read_once() {
        for part in ["ublish", "ost", "ublished:'"] {
            assert_eq!(property(&part.repeat(200_000), &read), None, "{part}");
        }
    }
}
