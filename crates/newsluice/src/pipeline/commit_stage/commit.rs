//! What is to be stored of an envelope.

use std::time::Duration;

use store::{Commit, Effect};

use crate::pipeline::cleaner;
use crate::pipeline::envelope::{Envelope, JudgedItem};

/// What is to be stored of an envelope; nothing for a capture that was committed before.
pub(super) fn as_commit(rest: Envelope<()>, item: JudgedItem) -> Option<Commit> {
    let claimed = rest.entry.as_ref().and_then(|claimed| claimed.again_at);
    let recorded = rest.recorded.as_ref().and_then(|task| task.again_at);
    let again_at = claimed.or(recorded).filter(|_| matches!(item, JudgedItem::Failed(_)));
    let effect = match item {
        JudgedItem::Record(judged, _) => Effect::Record(judged),
        JudgedItem::Again(judged, _) => Effect::Again(judged),
        JudgedItem::Stays(id, _) => Effect::Unchanged(id),
        JudgedItem::Polled(poll) => Effect::Polled(poll),
        JudgedItem::Listed(poll) => Effect::Listed(poll),
        JudgedItem::Failed(reason) => Effect::Failed(reason),
        JudgedItem::Known => return None,
    };
    Some(Commit {
        capture: rest.capture,
        entry: rest.entry.map(|claimed| claimed.id),
        recorded: rest.recorded.map(|task| Box::new(task.entry(rest.at))),
        again_at,
        at: rest.at,
        host: rest.host,
        cost: rest.cost,
        cleaner: Some(cleaner::version().to_owned()),
        passed: rest.again.as_ref().map(|again| again.place()),
        trail: rest.trail.into_json(),
        hot_for: Duration::ZERO,
        validators: rest.validators,
        effect,
    })
}
