//! How a source is, in plain words: from what the database knows of it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use record::ReasonKind;
use store::{FeedDay, FeedInfo};

use super::words::{count, span, when};

/// How a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    /// It was never polled.
    New,
    /// It answers, and brings something now and then.
    Well,
    /// It answers, and has brought nothing for long.
    Quiet,
    /// Its last poll failed.
    Failing,
    /// It failed for so long that it is asked rarely.
    Dead,
    /// It said that it is gone for good.
    Gone,
    /// Its user has paused it.
    Paused,
}

/// Nothing new for so long is quiet.
const QUIET: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Failures in a row from which on a source counts as dead; below, a bad day is enough of an
/// explanation.
const DEAD: u32 = 10;

impl Standing {
    /// How the source is at `now`.
    pub(crate) fn of(feed: &FeedInfo, now: Timestamp) -> Self {
        match feed.state.as_str() {
            "paused" => Self::Paused,
            "gone" => Self::Gone,
            _ if feed.failures >= DEAD => Self::Dead,
            _ if feed.failures > 0 => Self::Failing,
            _ if feed.polled_at.is_none() => Self::New,
            _ if now.duration_since(last_news(feed)) > QUIET => Self::Quiet,
            _ => Self::Well,
        }
    }

    /// Is there nothing to look after?
    pub(crate) fn is_well(self) -> bool {
        matches!(self, Self::New | Self::Well | Self::Paused)
    }

    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Well => "well",
            Self::Quiet => "quiet",
            Self::Failing => "failing",
            Self::Dead => "dead",
            Self::Gone => "gone",
            Self::Paused => "paused",
        }
    }
}

fn last_news(feed: &FeedInfo) -> Timestamp {
    feed.changed_at.unwrap_or(feed.added_at)
}

/// One sentence: how it is, when it was and will be polled, what it brought in the last week.
pub(crate) fn sentence(feed: &FeedInfo, week: &FeedDay, now: Timestamp) -> String {
    let standing = Standing::of(feed, now);
    let mut parts = vec![standing.word().to_owned()];
    if let Some((code, detail)) = feed.problem.as_ref().filter(|_| feed.failures > 0) {
        let what = ReasonKind::from_code(code).map(ReasonKind::sentence);
        let what = what.unwrap_or(code);
        let detail = if detail.is_empty() { String::new() } else { format!(": {detail}") };
        parts.push(format!("{what}{detail} ({} in a row)", feed.failures));
    }
    parts.push(match feed.polled_at {
        Some(at) => format!("polled {}", when(at, now)),
        None => "never polled".to_owned(),
    });
    if !matches!(standing, Standing::Gone | Standing::Paused) {
        let due = feed.due_at.max(now);
        parts.push(format!("next {}", if due == now { "now".into() } else { when(due, now) }));
    }
    if feed.items > 0 {
        let newest = feed.newest_at.map(|at| format!(", the newest {}", when(at, now)));
        let newest = newest.unwrap_or_default();
        parts.push(format!("{} this week{newest}", count(week.stored, "article")));
    }
    if standing == Standing::Quiet {
        let silence = now.duration_since(last_news(feed)).unsigned_abs();
        parts.push(format!("nothing new for {}", span(silence.max(Duration::from_secs(1)))));
    }
    parts.join("; ")
}
