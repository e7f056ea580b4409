//! Batches: how many envelopes one transaction takes, and how long it waits for them.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::error::TryRecvError;

use crate::pipeline::envelope::{Envelope, JudgedItem};

/// Between two looks at the input: after a look that found few envelopes, and after one that
/// found many. The queue before the stage must not fill meanwhile.
const LONG_NAP: Duration = Duration::from_millis(5);
const SHORT_NAP: Duration = Duration::from_millis(1);
const FEW: usize = 8;

/// When a batch is full.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batching {
    /// At this many envelopes.
    pub(crate) most: usize,
    /// This long after its first.
    pub(crate) wait: Duration,
    /// Does nobody wait for what is stored, so that batches may become longer as the run does?
    pub(crate) is_patient: bool,
}

/// Of files, a batch may take this many times as long,
const PATIENCE: u32 = 10;
/// but not more than one part in so many of what the run took so far: a kill costs no more.
const SHARE: u32 = 10;

impl Batching {
    /// How long the next batch may take, after so long a run.
    pub(super) fn wait_after(self, elapsed: Duration) -> Duration {
        if !self.is_patient {
            return self.wait;
        }
        (elapsed / SHARE).clamp(self.wait, self.wait * PATIENCE)
    }
}

/// The next batch; empty when the input has ended.
///
/// Between looks at the input the thread sleeps: to be woken for each envelope would cost more
/// than to commit it.
pub(super) fn collect(
    input: &mut Receiver<Envelope<JudgedItem>>,
    batching: Batching,
) -> Vec<Envelope<JudgedItem>> {
    let mut batch = Vec::new();
    let Some(first) = input.blocking_recv() else { return batch };
    batch.push(first);
    let until = Instant::now() + batching.wait;
    loop {
        let before = batch.len();
        while batch.len() < batching.most {
            match input.try_recv() {
                Ok(envelope) => batch.push(envelope),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return batch,
            }
        }
        let left = until.saturating_duration_since(Instant::now());
        if batch.len() >= batching.most || left.is_zero() {
            return batch;
        }
        let nap = if batch.len() - before < FEW { LONG_NAP } else { SHORT_NAP };
        std::thread::sleep(nap.min(left));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_of_files_grow_with_the_run_and_no_others() {
        let wait = Duration::from_millis(200);
        let files = Batching { most: 256, wait, is_patient: true };
        let after = |seconds| files.wait_after(Duration::from_secs(seconds)).as_millis();
        assert_eq!([after(0), after(1), after(10), after(3600)], [200, 200, 1000, 2000]);
        let daemon = Batching { is_patient: false, ..files };
        assert_eq!(daemon.wait_after(Duration::from_hours(1)), wait);
    }
}
