//! What came back.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use record::{Page, Reason, ReasonKind, Retry};
use tokio::sync::OwnedSemaphorePermit;

use crate::head::Head;
use crate::{Freshness, Validators};

/// A complete answer: 200 with its body, or 304.
#[derive(Debug)]
pub struct Answer {
    /// URLs without credentials, the `Content-Type`, the decoded body (empty for 304) and when
    /// it was complete.
    pub page: Page,
    /// The status of the last hop: 200, 203 or 304.
    pub status: u16,
    /// Is what the caller has still current? Only after a request with validators.
    pub not_modified: bool,
    /// What to send next time. After 304 these are the ones to keep: those that were sent, with
    /// what the answer renewed.
    pub validators: Validators,
    /// How long the answer says that it stays good.
    pub freshness: Freshness,
    /// Where the first URL moved for good: the end of the leading permanent redirects (301,
    /// 308). Use it from now on, once what is there has been read as what was expected.
    pub moved: Option<String>,
    /// Every request of the way, the last one included.
    pub hops: Vec<Hop>,
    /// From the first byte sent to the last one received, without waiting for slots.
    pub elapsed: Duration,
    /// A place among the large bodies: keep it as long as the body is in memory.
    pub room: Room,
    pub(crate) head: Head,
}

impl Answer {
    /// Headers worth showing to people, in order; never cookies.
    #[must_use]
    pub fn headers(&self) -> Vec<(String, String)> {
        self.head.shown()
    }
}

/// One request of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// What was asked, without credentials.
    pub url: String,
    /// The answer's status.
    pub status: u16,
    /// Who answered; the proxy where one was used.
    pub address: Option<SocketAddr>,
    /// From the request to the answer's head.
    pub elapsed: Duration,
}

/// A place among the answers that may be large in memory at once; dropping it frees the place.
#[derive(Default)]
pub struct Room(pub(crate) Option<OwnedSemaphorePermit>);

impl fmt::Debug for Room {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Room(large)" } else { "Room(small)" })
    }
}

/// Who is to blame for a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// We: a URL, a setting or a rule of ours forbade it.
    Us,
    /// The network: no name, no connection, no time.
    Network,
    /// The site: what it answered, or that it broke off.
    Site,
}

/// Why there is no answer.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong; its detail never holds a secret.
    pub reason: Reason,
    /// The status of the last hop, where it came to one.
    pub status: Option<u16>,
    /// When the host may be asked again: after `Retry-After`, under a hold, or when no slot came
    /// free in time. It holds for the whole host, not only for this URL.
    pub retry_at: Option<Timestamp>,
    /// The URL of the hop that failed, without credentials.
    pub url: String,
    /// The requests before it that were answered, and it where it was answered.
    pub hops: Vec<Hop>,
    /// Time on the wire, without waiting for slots.
    pub elapsed: Duration,
    /// Was nothing sent? Then it counts for neither the host's health nor the task's attempts.
    pub unsent: bool,
}

impl Failure {
    /// Who is to blame.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self.reason.kind {
            ReasonKind::BadUrl | ReasonKind::BlockedAddress | ReasonKind::HostHold => Blame::Us,
            ReasonKind::Dns | ReasonKind::Connect | ReasonKind::Timeout => Blame::Network,
            _ => Blame::Site,
        }
    }

    /// May trying the same again help?
    #[must_use]
    pub fn retry(&self) -> Retry {
        self.reason.kind.retry()
    }
}

impl fmt::Display for Failure {
    /// The URL first, then the reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.url, self.reason)
    }
}

impl std::error::Error for Failure {}
