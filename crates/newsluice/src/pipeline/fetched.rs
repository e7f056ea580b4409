//! What a request's task hands back to the crawl.

use fetch::{Hop, Room, Validators};
use record::Page;
use store::Cost;

use super::envelope::{Captured, Envelope};
use crate::source::Kind;

/// A task that is done.
pub(super) struct Fetched {
    /// What goes on to the stages.
    pub(super) envelope: Envelope<Captured>,
    /// The body's place among the large ones, kept until the stages have room for it.
    pub(super) room: Room,
    /// The host that was asked first.
    pub(super) host: String,
    /// What it told about its 304s.
    pub(super) told: Option<Told>,
    /// What a feed answered, where it is to be recorded.
    pub(super) answers: Option<Answers>,
}

/// The documents of a feed's poll.
pub(super) struct Answers {
    /// The feed itself, then what belongs to it: sitemaps that it names, older pages.
    pub(super) pages: Vec<Page>,
    /// What its address leads to.
    pub(super) kind: Kind,
    /// What its user had decided, without anything that opens it.
    pub(super) settings: Option<String>,
}

/// What these requests took, with a body of so many bytes at their end.
pub(super) fn cost(hops: &[Hop], bytes: usize) -> Cost {
    Cost { requests: u32::try_from(hops.len()).unwrap_or(u32::MAX), bytes: bytes as u64 }
}

/// As they are kept.
pub(super) fn stored(validators: Validators) -> store::Validators {
    let Validators { etag, last_modified } = validators;
    store::Validators { etag, last_modified }
}

/// What an answer says of its host's 304s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// One more of them.
    NotModified,
    /// The last was wrong.
    Lied,
}
