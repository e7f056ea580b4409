//! `status`: what the database holds, and what failed.

use serde_json::json;
use store::{Reader, Status};

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Prints the counts.
pub(super) fn run(context: &Context) -> anyhow::Result<Exit> {
    let status = Reader::open(&context.database)?.status()?;
    if context.json {
        output::say(&as_json(&status).to_string())?;
        return Ok(Exit::Done);
    }
    let rows = [
        ("feeds", status.feeds),
        ("entries", status.entries),
        ("records", status.records),
        ("duplicates", status.duplicates),
        ("revisions", status.revisions),
        ("stories", status.stories),
        ("failed", status.failed),
        ("waiting", status.waiting),
        ("claimed", status.claimed),
    ];
    output::say(&format!("database    {}", context.database.display()))?;
    for (name, count) in rows {
        output::say(&format!("{name:<11} {count}"))?;
    }
    for (kind, count) in &status.failed_by_reason {
        output::say(&format!("  failed: {count} × {} ({})", kind.sentence(), kind.code()))?;
    }
    Ok(Exit::Done)
}

fn as_json(status: &Status) -> serde_json::Value {
    let reasons: serde_json::Map<_, _> =
        status.failed_by_reason.iter().map(|(k, n)| (k.code().to_owned(), json!(n))).collect();
    json!({
        "feeds": status.feeds,
        "entries": status.entries,
        "records": status.records,
        "duplicates": status.duplicates,
        "revisions": status.revisions,
        "stories": status.stories,
        "failed": status.failed,
        "failed_by_reason": reasons,
        "waiting": status.waiting,
        "claimed": status.claimed,
    })
}
