//! `status`: what the database holds, and what failed.

use record::ReasonKind;
use serde_json::json;
use store::{Counts, Growth, Reader};

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
    for line in room(context, &reader.growth()?) {
        output::say(&line)?;
    }
    for balance in reader.balances()?.iter().filter(|balance| !balance.holds()) {
        let (kind, key) = &balance.run;
        output::complain(&format!("the books of {kind} {key} do not balance: please report"));
    }
    Ok(Exit::Done)
}

/// Size, growth, and when the disk is full.
fn room(context: &Context, growth: &Growth) -> Vec<String> {
    let mebibytes = |bytes: f64| format!("{:.1} MiB", bytes / f64::from(1 << 20));
    let size = format!("{:<11} {}", "size", mebibytes(growth.bytes as f64));
    let size = match (growth.bytes_per_day, growth.records_per_day) {
        (Some(bytes), Some(records)) => {
            format!("{size}, {} and {records:.0} records more a day", mebibytes(bytes))
        }
        _ => size,
    };
    let space = crate::disk::space(&context.database).ok();
    let disk = space.map(|space| {
        let free = format!("{:<11} {} free", "disk", mebibytes(space.free as f64));
        match days_until_full(context, growth) {
            Some(days) => format!("{free}: full in {days:.0} days"),
            None => free,
        }
    });
    std::iter::once(size).chain(disk).collect()
}

/// Days until `store.min_free` stops fetching, at the growth of late.
fn days_until_full(context: &Context, growth: &Growth) -> Option<f64> {
    let free = crate::disk::space(&context.database).ok()?.free;
    let usable = free.saturating_sub(context.config.store.min_free.0 as u64) as f64;
    growth.bytes_per_day.filter(|bytes| *bytes > 0.0).map(|bytes| usable / bytes)
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
