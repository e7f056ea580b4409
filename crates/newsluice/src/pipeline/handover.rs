//! Captures that another process hands to a running daemon: only one process judges at a time,
//! so `replay` beside a daemon sends what it reads to the daemon's stages.
//!
//! A socket beside the database, open to its owner alone. The client sends frames, the daemon
//! answers each one when it is committed: a line of JSON. Who asks [what it is doing](ask) gets
//! one line. At most a window of frames is on its
//! way, and each takes its share of the daemon's memory budget before it is read, so a daemon
//! that is slow slows its client down. Whatever breaks off is handed in again by the same
//! command: commits are idempotent.

mod ask;
mod frame;
mod offer;
mod serve;

use std::path::{Path, PathBuf};

use record::{Reason, ReasonKind};
use serde::{Deserialize, Serialize};
use store::{Committed, Outcome};
use tokio::sync::mpsc::OwnedPermit;

pub(crate) use ask::ask;
pub(crate) use offer::{is_daemon, offer};
pub(super) use serve::{Hatch, Way, serve};

/// Frames of one client on their way at once.
const WINDOW: usize = 64;

/// In place of a frame's first length: what is the run doing? Answered by a line of JSON.
const ASKED: u32 = u32::MAX;

/// The socket of this database.
fn socket_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-socket");
    PathBuf::from(name)
}

/// Whom to tell when an envelope is committed. The permit is a place in the client's window.
#[derive(Debug)]
pub(crate) struct Receipt(OwnedPermit<Done>);

impl Receipt {
    /// Tells that it is on disk; without more: that it was committed before.
    pub(super) fn done(self, done: Option<Done>) {
        drop(self.0.send(done.unwrap_or_else(Done::known)));
    }
}

/// What became of a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    /// The code of the outcome, as the database has it.
    outcome: String,
    /// What an acknowledgement calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ack: Option<String>,
    /// Why it is no record: code and detail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<(String, String)>,
}

impl Done {
    /// Of a commit, and the reason if it failed.
    pub(super) fn of(committed: &Committed, ack: Option<String>, reason: Option<Reason>) -> Self {
        let reason = reason.map(|reason| (reason.kind.code().to_owned(), reason.detail));
        Self { outcome: committed.outcome.code().to_owned(), ack, reason }
    }

    /// Of a capture that was committed before.
    fn known() -> Self {
        Self { outcome: Outcome::Unchanged.code().to_owned(), ack: None, reason: None }
    }

    fn failure(&self) -> Option<Reason> {
        let (code, detail) = self.reason.clone()?;
        Some(Reason::new(ReasonKind::from_code(&code).unwrap_or(ReasonKind::Malformed), detail))
    }
}
