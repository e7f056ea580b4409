//! The text for pages that show next to nothing: as given in JSON-LD, else from the state that
//! the page's scripts carry (`__NEXT_DATA__` and its kin).

use std::borrow::Cow;

use ego_tree::NodeRef;
use foldhash::HashSet;
use record::Line;
use scraper::{Html, Node};

use crate::body_evidence::{Evidence, plain};
use crate::body_text::TextCounts;
use crate::html_parse::LongScript;

/// A body of fewer words is thin: another source is asked.
pub(crate) const THIN: f32 = 60.0;

/// Another source must have so many times the words of what the page shows.
const RICHER: f32 = 3.0;

/// Scripts shorter than this carry no article, in bytes.
const SCRIPT: usize = 500;

/// Paragraphs taken from a script at most.
const MAX_STRINGS: usize = 2_000;

/// The paragraphs that stand in for the `shown` words, and where they are from; `None` where the page
/// itself is the better source. Linear in the page.
pub(crate) fn instead_of(
    shown: f32,
    state: &[Cow<'_, str>],
    evidence: &Evidence,
) -> Option<(Vec<Line>, &'static str)> {
    if shown >= THIN {
        return None;
    }
    let least = least(shown, THIN / 2.0);
    if is_given(shown, evidence) {
        return Some((given(evidence), "json-ld"));
    }
    let best = state
        .iter()
        .map(|script| strings_of(script))
        .max_by(|a, b| words_of(a).total_cmp(&words_of(b)))?;
    (words_of(&best) >= least).then_some((best, "state"))
}

/// Has JSON-LD the text of a page that shows so few words?
pub(crate) fn is_given(shown: f32, evidence: &Evidence) -> bool {
    words_of(&given(evidence)) >= least(shown, THIN / 2.0)
}

fn given(evidence: &Evidence) -> Vec<Line> {
    let given = evidence.article_body.as_deref().unwrap_or_default();
    given.lines().filter_map(Line::new).collect()
}

/// The words that another source must have to be heard beside the `shown` ones.
pub(crate) fn least(shown: f32, at_least: f32) -> f32 {
    (shown * RICHER).max(at_least)
}

/// Words in these lines.
pub(crate) fn words_of(lines: &[Line]) -> f32 {
    lines.iter().map(|line| TextCounts::of(line).words).sum()
}

/// The texts of scripts that may carry the page's state; JSON-LD was read already. Those that
/// stand in the tree are few, and copied: the rest are the page's own text.
pub(crate) fn state<'a>(html: &Html, long_scripts: &[LongScript<'a>]) -> Vec<Cow<'a, str>> {
    let is_state = |node: NodeRef<'_, Node>| {
        node.value().as_element().is_some_and(|element| {
            element.name() == "script" && element.attr("type") != Some("application/ld+json")
        })
    };
    let shown = html.tree.nodes().filter(|node| is_state(*node)).filter_map(|node| {
        let text = node.first_child()?.value().as_text()?;
        (text.len() >= SCRIPT).then(|| Cow::Owned(text.to_string()))
    });
    let long = long_scripts.iter().filter_map(|script| {
        let is_state = script.text.len() >= SCRIPT && is_state(html.tree.get(script.node)?);
        is_state.then_some(Cow::Borrowed(script.text))
    });
    shown.chain(long).collect()
}

/// The string literals of a script that are paragraphs, each once.
fn strings_of(script: &str) -> Vec<Line> {
    let mut seen = HashSet::default();
    let mut paragraphs = Vec::new();
    for literal in literals(script).filter(|literal| literal.len() > 60) {
        let Ok(text) = serde_json::from_str::<String>(literal) else { continue };
        for line in plain(&text).lines().filter_map(Line::new) {
            let counts = TextCounts::of(&line);
            let told =
                counts.words >= 8.0 && counts.enders > 0 && counts.share(counts.letters) > 0.6;
            if told && paragraphs.len() < MAX_STRINGS && seen.insert(line.clone()) {
                paragraphs.push(line);
            }
        }
    }
    paragraphs
}

/// What stands between double quotes, with them.
fn literals(script: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let from = at + script.get(at..)?.find('"')?;
        let mut escaped = false;
        let length = script.get(from + 1..)?.bytes().position(|byte| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes
        })?;
        at = from + length + 2;
        script.get(from..at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html_parse::parse;

    const FIRST: &str =
        "It rained for three days in the north, and then it stopped as it had begun.";
    const SECOND: &str =
        "Nobody had expected it, said the mayor, who had lost his hat in the storm.";

    #[test]
    fn state_is_read_where_the_page_is_empty() {
        let page = format!(
            r#"<script>window.s={{"a":"x","body":["{FIRST}","<p>{SECOND}<\/p>","{FIRST}"],"k":"{}"}}</script>"#,
            "z".repeat(500)
        );
        let parsed = parse(&page);
        let state = super::state(&parsed.html, &parsed.long_scripts);
        let (lines, from) = instead_of(0.0, &state, &Evidence::default()).unwrap();
        assert_eq!(from, "state");
        assert_eq!(lines.iter().map(Line::as_str).collect::<Vec<_>>(), [FIRST, SECOND]);
        assert!(instead_of(80.0, &state, &Evidence::default()).is_none());
    }

    #[test]
    fn state_is_read_from_scripts_of_any_length() {
        let state = format!(r#"{{"k":"{}","body":["{FIRST}","{SECOND}"]}}"#, "z".repeat(5_000));
        for kind in ["", " type=application/json id=__NEXT_DATA__"] {
            let page = format!("<script{kind}>{state}</script>");
            let parsed = parse(&page);
            let state = super::state(&parsed.html, &parsed.long_scripts);
            let (lines, _) = instead_of(0.0, &state, &Evidence::default()).unwrap();
            assert_eq!(lines.len(), 2, "{kind}");
        }
    }

    #[test]
    fn quotes_may_be_escaped_or_missing() {
        assert_eq!(literals(r#"a"b\"c"d"e"f"g"#).collect::<Vec<_>>(), [r#""b\"c""#, r#""e""#]);
        assert_eq!(literals("\"é\\").count(), 0);
    }
}
