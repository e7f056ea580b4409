//! `status`: what the database holds, and what failed.

use record::ReasonKind;
use serde_json::json;
use store::{Counts, Reader};

use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Prints the counts.
pub(super) fn run(context: &Context) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    let counts = reader.counts()?;
    let failures = reader.failures()?;
    if context.json {
        output::say(&as_json(&counts, &failures).to_string())?;
        return Ok(Exit::Done);
    }
    let rows = [
        ("feeds", counts.feeds),
        ("entries", counts.entries),
        ("waiting", counts.waiting),
        ("records", counts.records),
        ("duplicates", counts.duplicates),
        ("revisions", counts.revisions),
        ("stories", counts.stories),
        ("filtered", counts.filtered),
        ("failed", counts.failed),
    ];
    output::say(&format!("database    {}", context.database.display()))?;
    for (name, count) in rows {
        output::say(&format!("{name:<11} {count}"))?;
    }
    for (code, count) in &failures {
        let sentence = ReasonKind::from_code(code).map_or("", ReasonKind::sentence);
        output::say(&format!("  failed: {count} × {sentence} ({code})"))?;
    }
    for balance in reader.balances()?.iter().filter(|balance| !balance.holds()) {
        let (kind, key) = &balance.run;
        output::complain(&format!("the books of {kind} {key} do not balance: please report"));
    }
    Ok(Exit::Done)
}

fn as_json(counts: &Counts, failures: &[(String, u64)]) -> serde_json::Value {
    let reasons: serde_json::Map<_, _> =
        failures.iter().map(|(code, count)| (code.clone(), json!(count))).collect();
    json!({
        "feeds": counts.feeds,
        "entries": counts.entries,
        "waiting": counts.waiting,
        "records": counts.records,
        "duplicates": counts.duplicates,
        "revisions": counts.revisions,
        "stories": counts.stories,
        "filtered": counts.filtered,
        "failed": counts.failed,
        "failed_by_reason": reasons,
    })
}
