//! The watchdog: the service manager hears that the daemon lives only while its database answers
//! and its commits get on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use store::Reader;

use crate::supervisor;

/// The commit stage's sign of life. A full disk is one too: a restart would not empty it.
#[derive(Debug, Clone, Default)]
pub(super) struct Pulse(Arc<Beats>);

#[derive(Debug, Default)]
struct Beats {
    count: AtomicU64,
    is_busy: AtomicBool,
}

impl Pulse {
    /// A batch is in hand, or is tried once more.
    pub(super) fn busy(&self) {
        self.0.count.fetch_add(1, Ordering::Relaxed);
        self.0.is_busy.store(true, Ordering::Relaxed);
    }

    /// Nothing is in hand.
    pub(super) fn idle(&self) {
        self.0.is_busy.store(false, Ordering::Relaxed);
    }

    /// Did it get on since `last` was looked at? Idle is well.
    fn gets_on(&self, last: &mut Option<u64>) -> bool {
        let count = self.0.count.load(Ordering::Relaxed);
        let before = last.replace(count);
        !self.0.is_busy.load(Ordering::Relaxed) || before != Some(count)
    }
}

/// Says so every `interval` while all is well, until it is dropped.
pub(super) async fn watch(interval: Duration, reader: Reader, pulse: Pulse) {
    let mut ticks = tokio::time::interval(interval);
    let (mut reader, mut last) = (Some(reader), None);
    loop {
        ticks.tick().await;
        let Some(asked) = reader.take() else { return };
        let look = tokio::task::spawn_blocking(move || (asked.next_sequence().is_ok(), asked));
        let Ok((answers, asked)) = look.await else { return };
        reader = Some(asked);
        if pulse.gets_on(&mut last) && answers {
            supervisor::alive();
        } else {
            tracing::warn!("the database does not answer or a commit hangs: no sign of life");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_hangs_is_no_sign_of_life() {
        let (pulse, mut last) = (Pulse::default(), None);
        assert!(pulse.gets_on(&mut last) && pulse.gets_on(&mut last), "idle");
        pulse.busy();
        assert!(pulse.gets_on(&mut last));
        assert!(!pulse.gets_on(&mut last), "the same batch since the last look");
        pulse.busy();
        assert!(pulse.gets_on(&mut last), "tried once more");
        pulse.idle();
        assert!(pulse.gets_on(&mut last) && pulse.gets_on(&mut last));
    }
}
