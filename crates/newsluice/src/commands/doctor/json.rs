//! A checkup as scripts read it: one object a source.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::source::{Advice, Checkup, Yield, articles, share};

/// The facts under the names of their questions, and the advice.
pub(super) fn of(c: &Checkup, advice: &[Advice], days: u16, now: Timestamp) -> Value {
    let sum = &c.sum;
    let (good, stored) = (articles(sum), sum.stored as f64);
    let each = |all: u64| (sum.stored > 0).then(|| all as f64 / stored);
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let seconds = |span: Option<std::time::Duration>| span.map(|span| span.as_secs());
    let kinds: serde_json::Map<_, _> =
        c.refused.iter().map(|r| (r.code.clone(), json!(r.count))).collect();
    let (problem, detail) = c.feed.problem.clone().unzip();
    json!({
        "feed": c.feed.feed.number(),
        "url": c.feed.url,
        "title": c.feed.title,
        "days": days,
        "liveness": {
            "health": c.standing, "failures": c.feed.failures, "reason": problem,
            "detail": detail, "last_poll": time(c.feed.polled_at),
            "next_poll": c.feed.due_at.to_string(),
            "moved_from": c.earlier, "moving_to": c.moving.as_ref().map(|(to, _)| to),
        },
        "freshness": {
            "last_new": time(c.feed.changed_at), "rhythm_seconds": seconds(c.rhythm),
            "silent_seconds": seconds(c.silence), "stale": c.is_stale(),
        },
        "gaps": {
            "polls": c.feed.gaps, "missed": c.feed.missed, "last": time(c.feed.gap_at),
            "of_late": sum.overruns,
        },
        "yield": {
            "polls": sum.polls, "failed_polls": sum.failed, "new_items": sum.new_items,
            "articles": sum.stored, "revisions": sum.revisions, "filtered": sum.filtered,
            "articles_a_day": stored / c.days, "articles_a_poll": share(sum.stored, sum.polls),
        },
        "duplicates": {
            "articles": sum.duplicates, "share": share(sum.duplicates, sum.stored),
            "most_of": c.copied.as_ref().map(|pair| &pair.of),
        },
        "walls": { "pages": sum.walls, "share": share(sum.walls, c.pages()) },
        "extraction": {
            "pages": good + sum.no_text, "articles": good,
            "share": share(good, good + sum.no_text), "did_not_come": sum.broken,
            "fell": c.layout.map(|fall| json!({
                "of": match fall.of { Yield::Articles => "articles", Yield::Text => "text_bytes" },
                "before": fall.before, "now": fall.now, "days": fall.days,
            })),
        },
        "given_up": kinds,
        "caching": {
            "validators": c.feed.has_validators, "not_modified": sum.unmodified,
            "false_304": sum.lies,
        },
        "cost": {
            "requests": sum.requests, "bytes": sum.bytes,
            "requests_an_article": each(sum.requests), "bytes_an_article": each(sum.bytes),
        },
        "advice": advice,
        "at": now.to_string(),
    })
}
