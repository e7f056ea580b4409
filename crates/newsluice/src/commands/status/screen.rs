//! The status as people read it: in full, or in a line.

use record::ReasonKind;

use super::Status;
use crate::output::harmless;
use crate::pipeline::live::Moment;
use crate::source::words::{bytes, span};

/// All of it, a line for each thing.
pub(super) fn of(status: &Status) -> String {
    let counts = &status.counts;
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
    let mut lines = vec![row("database", &status.database)];
    lines.extend(rows.map(|(name, count)| row(name, &count.to_string())));
    for (code, count) in &status.failures {
        let sentence = ReasonKind::from_code(code).map_or("", ReasonKind::sentence);
        lines.push(format!("  failed: {count} × {sentence} ({code})"));
    }
    lines.extend(room(status));
    match &status.live {
        Some(live) => lines.extend(at_work(live)),
        None => lines.push(row("daemon", "none: 'newsluice run' starts one")),
    }
    lines.join("\n")
}

/// The figures that move, in one line.
pub(super) fn line(status: &Status) -> String {
    let counts = &status.counts;
    let mut parts = vec![
        format!("{} records", counts.records),
        format!("{} waiting", counts.waiting),
        format!("{} failed", counts.failed),
    ];
    match &status.live {
        None => parts.push("no daemon".to_owned()),
        Some(live) => {
            parts.push(rates(live));
            parts.push(format!("{} under way", live.under_way));
            parts.push(format!("queues {}", queues(live)));
            if live.has_no_network {
                parts.push("no network".to_owned());
            }
        }
    }
    parts.join(", ")
}

fn row(name: &str, value: &str) -> String {
    format!("{name:<11} {}", harmless(value))
}

/// Size, growth, and when the disk is full.
fn room(status: &Status) -> Vec<String> {
    let growth = &status.growth;
    let mut size = bytes(growth.bytes as f64);
    if let (Some(more), Some(records)) = (growth.bytes_per_day, growth.records_per_day) {
        size = format!("{size}, {} and {records:.0} records more a day", bytes(more));
    }
    let disk = status.free.map(|free| {
        let free = format!("{} free", bytes(free as f64));
        row(
            "disk",
            &match status.days_until_full {
                Some(days) => format!("{free}: full in {days:.0} days"),
                None => free,
            },
        )
    });
    std::iter::once(row("size", &size)).chain(disk).collect()
}

/// What the daemon is doing.
fn at_work(live: &Moment) -> Vec<String> {
    let up = span(std::time::Duration::from_secs(live.up_seconds));
    let mut lines = vec![
        row("daemon", &format!("up for {up}, {}", rates(live))),
        row(
            "since then",
            &format!(
                "{} tasks: {} stored, {} failed; {} polls, {} failed",
                live.tasks, live.stored, live.failed, live.polls, live.polls_failed
            ),
        ),
        row("under way", &format!("{} requests; queues {}", live.under_way, queues(live))),
    ];
    if live.has_no_network {
        lines.push(row("network", "none: nobody could be reached of late"));
    }
    for slow in &live.slow_hosts {
        let in_hand = slow.in_hand;
        let value = format!("{} takes {:.0} s, {in_hand} in hand", slow.host, slow.seconds);
        lines.push(row("slow host", &value));
    }
    for error in &live.last_errors {
        let at = error.at.split('.').next().unwrap_or_default();
        lines.push(row("last error", &format!("{at} {}", error.says)));
    }
    lines
}

fn rates(live: &Moment) -> String {
    format!("{:.0} tasks and {:.0} polls a minute", live.tasks_a_minute, live.polls_a_minute)
}

fn queues(live: &Moment) -> String {
    let depths = live.queues.iter().map(|q| format!("{} {}/{}", q.stage, q.waiting, q.room));
    depths.collect::<Vec<_>>().join(", ")
}
