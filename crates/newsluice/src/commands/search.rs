//! `search`: full text, the best matches first.

use serde_json::json;
use store::{Hit, Reader, SearchOptions};

use crate::cli::SearchArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, harmless, say};
use record::date;

/// Most hits shown at once.
const MAX_HITS: usize = 1000;

/// Searches and prints what was found.
pub(super) fn run(context: &Context, args: &SearchArgs) -> anyhow::Result<Exit> {
    let query = args.query.join(" ");
    let reader = Reader::open(&context.database)?;
    let limit = args.limit.min(MAX_HITS);
    let options = SearchOptions { limit, duplicates: args.duplicates, ..SearchOptions::default() };
    let hits = reader.search(&query, options)?;
    for hit in &hits {
        say(&if context.json { as_json(hit) } else { as_text(hit) })?;
    }
    if hits.is_empty() {
        complain(&format!("nothing found for {}", harmless(&query)));
        return Ok(Exit::NotFound);
    }
    Ok(Exit::Done)
}

fn as_json(hit: &Hit) -> String {
    let mut line = json!({
        "id": hit.id.to_string(),
        "title": hit.title,
        "snippet": hit.snippet,
        "score": (hit.score * 1e4).round() / 1e4,
        "copies": hit.copies,
        "others": hit.others,
    });
    let optional = [
        ("url", hit.url.clone()),
        ("date", hit.date.map(date::compact)),
        ("duplicate_of", hit.duplicate_of.map(|id| id.to_string())),
        ("story_id", hit.story.map(|id| id.to_string())),
    ];
    for (name, value) in optional {
        if let (Some(object), Some(value)) = (line.as_object_mut(), value) {
            object.insert(name.to_owned(), value.into());
        }
    }
    line.to_string()
}

fn as_text(hit: &Hit) -> String {
    let day = hit.date.map_or_else(|| " ".repeat(8), date::compact);
    let counted = |n: u32, what: &str| (n > 0).then(|| format!("+{n} {what}"));
    let more: Vec<String> = [counted(hit.copies, "copies"), counted(hit.others, "of its story")]
        .into_iter()
        .flatten()
        .collect();
    let more = if more.is_empty() { String::new() } else { format!("  ({})", more.join(", ")) };
    let title = harmless(&hit.title);
    let snippet = harmless(&hit.snippet.replace('\n', " "));
    format!("{}  {day}  {title}{more}\n    {snippet}", hit.id)
}
