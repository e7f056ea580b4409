//! `show`: one record, or the story that it belongs to, as text or JSON.

use record::date;
use record::json::RecordJson;
use store::{Reader, StoredRecord};

use super::stories;
use crate::cli::ShowArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, harmless, say};

/// Shows the record that an id or URL names.
pub(super) fn run(context: &Context, args: &ShowArgs) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    let id = reader.find(&args.name)?;
    let found = id.map(|id| reader.record(id)).transpose()?.flatten();
    if (args.story || found.is_none())
        && let Some(story) = reader.find_story(&args.name)?
    {
        return stories::show(context, &reader, story);
    }
    let Some(found) = found.filter(|_| !args.story) else {
        let name = harmless(&args.name);
        let what = if args.story { "story" } else { "record" };
        complain(&format!("{name}: no {what} by this id or URL; try 'newsluice search WORDS'"));
        return Ok(Exit::NotFound);
    };
    if context.json {
        say(&serde_json::to_string(&RecordJson::of_stored(&found.record, &found.stored))?)?;
    } else {
        say(&as_text(&found))?;
    }
    Ok(Exit::Done)
}

fn as_text(found: &StoredRecord) -> String {
    let StoredRecord { record, stored, .. } = found;
    let meta = &record.meta;
    let mut text = format!("{}\n\n", harmless(&record.title));
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            text.extend([format!("{name:<10} {}\n", harmless(&value))]);
        }
    };
    fact("id", Some(stored.id.to_string()));
    fact("day", record.date.map(date::compact));
    fact("published", meta.published.map(|p| p.to_string()));
    fact("url", record.url.as_ref().map(ToString::to_string));
    fact("authors", Some(meta.authors.join(", ")));
    fact("language", meta.lang.clone());
    fact("feed", meta.feed.clone());
    fact("first seen", Some(stored.first_seen.to_string()));
    let by = if stored.is_ours { ", by newsluice: cleaned anew" } else { "" };
    fact("revision", (stored.revision > 1).then(|| format!("{}{by}", stored.revision)));
    fact(
        "copy of",
        stored
            .duplicate
            .as_ref()
            .map(|d| format!("{} ({}, similarity {:.2})", d.of, d.kind.code(), d.similarity)),
    );
    fact("story", stored.story.map(|story| story.to_string()));
    for paragraph in &record.body {
        text.push('\n');
        text.push_str(&harmless(paragraph));
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text
}
