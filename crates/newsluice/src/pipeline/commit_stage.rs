//! The commit stage: batches of judged records into the database, one transaction each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use store::{Commit, Committed, Effect, Store};
use tokio::runtime::Handle;
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::acknowledge::Acknowledgements;
use super::envelope::{Envelope, Judged};
use super::tally::Tally;
use crate::progress::Progress;

/// When a batch is full.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Batching {
    /// This many records.
    pub(crate) most: usize,
    /// This long after its first.
    pub(crate) wait: Duration,
}

/// What the stage owns.
pub(crate) struct CommitStage {
    /// The one write connection.
    pub(crate) store: Store,
    /// When a batch is full.
    pub(crate) batching: Batching,
    /// The file of `--ack`.
    pub(crate) acknowledgements: Option<Acknowledgements>,
    /// Tells the stages before how far the database is: envelopes committed.
    pub(crate) committed: watch::Sender<u64>,
    /// Shows the counts as they grow.
    pub(crate) progress: Progress,
}
