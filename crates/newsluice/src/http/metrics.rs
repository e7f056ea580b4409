//! Every metric: its name, what it means, and where it comes from.
//!
//! Counters are read from the database, so they go on over restarts and are right whatever
//! process did the work.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use store::Reader;

/// The media type of the text form.
pub(super) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Labels = Vec<(String, String)>;

/// The names, each with its meaning. The text form puts `newsluice_` before, and `_total` after
/// counters.
mod name {
    pub(super) const TASKS: (&str, &str) =
        ("tasks", "Tasks taken in hand and ended, by what they were of and their outcome");
    pub(super) const RECORDS: (&str, &str) = ("records", "Records, copies included");
    pub(super) const COPIES: (&str, &str) = ("copies", "Records that copy another one");
    pub(super) const REVISIONS: (&str, &str) = ("revisions", "Older texts of records");
    pub(super) const STORIES: (&str, &str) = ("stories", "Stories");
    pub(super) const FEEDS: (&str, &str) = ("feeds", "Feeds, by state");
    pub(super) const FEEDS_FAILING: (&str, &str) =
        ("feeds_failing", "Feeds whose last poll failed");
    pub(super) const WAITING: (&str, &str) = ("entries_waiting", "Pages that wait or are in hand");
    pub(super) const OPEN: (&str, &str) = ("claims_open", "Tasks in hand");
    pub(super) const FAILED: (&str, &str) =
        ("dead_letters", "Pages and inputs given up, by reason");
    pub(super) const LATE: (&str, &str) =
        ("lag_seconds", "How long the first task that is due has waited, 0 where none is");
    pub(super) const SIZE: (&str, &str) = ("database_bytes", "Size of the database and of its log");
    pub(super) const MEMORY: (&str, &str) = ("resident_bytes", "Memory of the process");
    pub(super) const BUILD: (&str, &str) = ("build_info", "1, labelled with the version");
}

/// All metrics as text.
///
/// # Errors
/// What the database says.
pub(super) fn text(reader: &Reader) -> anyhow::Result<String> {
    let mut registry = Registry::with_prefix("newsluice");
    let counts = reader.counts()?;
    let gauges = reader.gauges()?;
    let all = [
        (name::RECORDS, counts.records),
        (name::COPIES, counts.duplicates),
        (name::REVISIONS, counts.revisions),
        (name::STORIES, counts.stories),
        (name::WAITING, counts.waiting),
        (name::FEEDS_FAILING, gauges.feeds_failing),
        (name::OPEN, reader.waiting()?.open_claims),
        (name::LATE, lag(reader)?),
        (name::SIZE, reader.size()),
        (name::MEMORY, resident()),
    ];
    for ((name, help), value) in all {
        let gauge = Gauge::<i64>::default();
        gauge.set(value.cast_signed());
        registry.register(name, help, gauge);
    }
    labelled(&mut registry, name::FEEDS, "state", &gauges.feeds);
    labelled(&mut registry, name::FAILED, "reason", &reader.failures()?);
    let version = [(env!("CARGO_PKG_VERSION").to_owned(), 1)];
    labelled(&mut registry, name::BUILD, "version", &version);
    let tasks = Family::<Labels, Counter>::default();
    for (of, outcome, count) in &gauges.tasks {
        let labels = vec![("of".to_owned(), of.clone()), ("outcome".to_owned(), outcome.clone())];
        tasks.get_or_create(&labels).inc_by(*count);
    }
    registry.register(name::TASKS.0, name::TASKS.1, tasks);
    let mut text = String::new();
    encode(&mut text, &registry)?;
    Ok(text)
}

fn labelled(
    registry: &mut Registry,
    (name, help): (&str, &str),
    label: &str,
    values: &[(String, u64)],
) {
    let family = Family::<Labels, Gauge>::default();
    for (value, count) in values {
        let labels = vec![(label.to_owned(), value.clone())];
        family.get_or_create(&labels).set(count.cast_signed());
    }
    registry.register(name, help, family);
}

fn lag(reader: &Reader) -> anyhow::Result<u64> {
    let waiting = reader.waiting()?;
    let Some(due) = waiting.feed_due.into_iter().chain(waiting.entry_due).min() else {
        return Ok(0);
    };
    let late = crate::clock::now().as_second().saturating_sub(due.as_second());
    Ok(u64::try_from(late).unwrap_or(0))
}

/// From /proc; 0 where there is none.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
