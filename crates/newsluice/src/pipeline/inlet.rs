//! What a source gets to work with.

use tokio::sync::mpsc::Sender;
use tokio::sync::watch;

use super::budget::Budget;
use super::commit_stage::Done;
use super::envelope::{Captured, Envelope, JudgedItem};
use super::live::Live;
use super::recorder::Recorder;
use super::watchdog::Pulse;
use crate::progress::Progress;
use crate::shutdown::Shutdown;

/// What a source gets to work with.
pub(super) struct Inlet {
    /// The first channel.
    pub(super) output: Sender<Envelope<Captured>>,
    /// Room for what it sends.
    pub(super) budget: Budget,
    /// When to stop.
    pub(super) shutdown: Shutdown,
    /// The last channel: for feeds that are as they were, in which there is nothing to clean or
    /// to judge.
    pub(super) unchanged: Sender<Envelope<JudgedItem>>,
    /// How many envelopes are committed.
    pub(super) committed: watch::Receiver<Done>,
    /// Keeps what was fetched.
    pub(super) recorder: Option<Recorder>,
    /// Do the commits get on?
    pub(super) pulse: Pulse,
    /// What the run is doing.
    pub(super) live: Live,
    /// How far it is.
    pub(super) progress: Progress,
}
