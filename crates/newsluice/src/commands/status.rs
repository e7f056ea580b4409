//! `status`: what the database holds, what failed, how it grows, and what a daemon is doing.

mod screen;
mod watch;

use serde_json::{Value, json};
use store::{Counts, Growth, Reader};

use crate::cli::StatusArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, say};
use crate::pipeline::handover;
use crate::pipeline::live::Moment;

/// Everything that is told, at one moment.
struct Status {
    database: String,
    counts: Counts,
    failures: Vec<(String, u64)>,
    growth: Growth,
    /// Bytes free on the disk.
    free: Option<u64>,
    /// Days until `store.min_free` stops fetching, at the growth of late.
    days_until_full: Option<f64>,
    /// What the daemon is doing, where there is one.
    live: Option<Moment>,
}

/// Prints it, once or again and again.
pub(super) fn run(context: &Context, args: &StatusArgs) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    if let Some(interval) = args.watch {
        return watch::run(context, &reader, interval.0);
    }
    let status = Status::of(context, &reader)?;
    if context.json {
        say(&status.as_json().to_string())?;
        return Ok(Exit::Done);
    }
    say(&screen::of(&status))?;
    for balance in reader.balances()?.iter().filter(|balance| !balance.holds()) {
        let (kind, key) = &balance.run;
        complain(&format!("the books of {kind} {key} do not balance: please report"));
    }
    Ok(Exit::Done)
}

impl Status {
    fn of(context: &Context, reader: &Reader) -> anyhow::Result<Self> {
        let growth = reader.growth()?;
        let free = crate::disk::space(&context.database).ok().map(|space| space.free);
        let usable = free.map(|free| free.saturating_sub(context.config.store.min_free.0 as u64));
        let a_day = growth.bytes_per_day.filter(|bytes| *bytes > 0.0);
        Ok(Self {
            database: context.database.display().to_string(),
            counts: reader.counts()?,
            failures: reader.failures()?,
            growth,
            free,
            days_until_full: usable.zip(a_day).map(|(usable, a_day)| usable as f64 / a_day),
            live: handover::ask(&context.database),
        })
    }

    fn as_json(&self) -> Value {
        let reasons: serde_json::Map<_, _> =
            self.failures.iter().map(|(code, count)| (code.clone(), json!(count))).collect();
        let counts = &self.counts;
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
            "bytes": self.growth.bytes,
            "bytes_per_day": self.growth.bytes_per_day,
            "records_per_day": self.growth.records_per_day,
            "disk_free_bytes": self.free,
            "days_until_full": self.days_until_full,
            "live": self.live,
        })
    }
}
