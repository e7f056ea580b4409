//! `history`: what each revision of a record changed.

use record::Record;
use serde_json::json;
use similar::{Algorithm, ChangeTag, capture_diff_slices};
use store::{Reader, StoredRecord};

use crate::cli::HistoryArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, harmless, say};

/// Paragraphs compared at most: longer texts are shown as replaced from there on.
const MAX_PARAGRAPHS: usize = 5_000;

/// Shows the texts of a record, each as what it changed in the one before.
pub(super) fn run(context: &Context, args: &HistoryArgs) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    let Some(id) = reader.find(&args.name)? else {
        let name = harmless(&args.name);
        complain(&format!("{name}: no record by this id or URL; try 'newsluice search WORDS'"));
        return Ok(Exit::NotFound);
    };
    let texts = reader.history(id)?;
    let mut before: Option<&StoredRecord> = None;
    for text in &texts {
        let changes = before.map(|old| between(&old.record, &text.record)).unwrap_or_default();
        if context.json {
            say(&as_json(text, &changes).to_string())?;
        } else {
            say(&as_text(text, &changes))?;
        }
        before = Some(text);
    }
    Ok(Exit::Done)
}

/// The lines in which a text differs from the one before, the URL included.
pub(super) fn between(old: &Record, new: &Record) -> Vec<(char, String)> {
    let lines = |record: &Record| {
        let url = record.url.as_ref().map(ToString::to_string).unwrap_or_default();
        [vec![url], lines(record)].concat()
    };
    changes(&lines(old), &lines(new))
}

/// The lines with this sign.
pub(super) fn of_sign(changes: &[(char, String)], sign: char) -> Vec<&str> {
    let found = changes.iter().filter(|(s, _)| *s == sign);
    found.map(|(_, line)| line.as_str()).collect()
}

/// The text as lines: title, day, paragraphs.
fn lines(record: &Record) -> Vec<String> {
    let day = record.date.map(record::date::compact).unwrap_or_default();
    let paragraphs = record.body.iter().map(ToString::to_string).take(MAX_PARAGRAPHS);
    [record.title.to_string(), day].into_iter().chain(paragraphs).collect()
}

/// The lines that differ, those taken away as `-` and those put in as `+`.
fn changes(old: &[String], new: &[String]) -> Vec<(char, String)> {
    let mut changes = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        for change in op.iter_changes(old, new) {
            match change.tag() {
                ChangeTag::Equal => {}
                ChangeTag::Delete => changes.push(('-', change.value())),
                ChangeTag::Insert => changes.push(('+', change.value())),
            }
        }
    }
    changes
}

fn as_text(text: &StoredRecord, changes: &[(char, String)]) -> String {
    let StoredRecord { record, stored, .. } = text;
    let title = harmless(&record.title);
    let mut out = format!("revision {}  {}  {title}", stored.revision, stored.fetched_at);
    if stored.is_ours {
        let cleaner = stored.cleaner.as_deref().unwrap_or_default();
        out.extend([format!("\n  (ours: the same capture, cleaned by newsluice {cleaner})")]);
    }
    for (sign, line) in changes {
        out.extend([format!("\n  {sign} {}", harmless(line))]);
    }
    out
}

fn as_json(text: &StoredRecord, changes: &[(char, String)]) -> serde_json::Value {
    let of = |sign| of_sign(changes, sign);
    let mut json = json!({
        "id": text.stored.id.to_string(),
        "revision": text.stored.revision,
        "fetched_at": text.stored.fetched_at.to_string(),
        "title": text.record.title.to_string(),
        "removed": of('-'),
        "added": of('+'),
    });
    if let Some(object) = json.as_object_mut() {
        if text.stored.is_ours {
            object.insert("revised_by".to_owned(), "newsluice".into());
        }
        if let Some(cleaner) = &text.stored.cleaner {
            object.insert("cleaner".to_owned(), cleaner.as_str().into());
        }
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_shown() {
        let old = ["Rain", "20240502", "It rained.", "Much."].map(str::to_owned);
        let new = ["Rain ends", "20240502", "It rained.", "Little.", "So."].map(str::to_owned);
        let expected =
            [('-', "Rain"), ('+', "Rain ends"), ('-', "Much."), ('+', "Little."), ('+', "So.")];
        assert_eq!(changes(&old, &new), expected.map(|(s, l)| (s, l.to_owned())));
    }
}
