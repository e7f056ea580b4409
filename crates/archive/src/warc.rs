//! WARC: the archive format of web captures (ISO 28500; version 1.1 at
//! <https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/>).
//!
//! [`WarcReader`] streams records out of a plain, gzip or zstd file, one in memory at a time;
//! [`WarcWriter`] writes them, each compressed by itself, so that each can be read by itself
//! from its offset. [`crate::Walk`] makes pages of them.

use jiff::Timestamp;
use record::Reason;

pub use crate::warc_digest::DigestCheck;
pub use crate::warc_http::HttpAnswer;
pub use crate::warc_reader::WarcReader;
pub use crate::warc_writer::{NewWarcRecord, WarcCompression, WarcWriter};

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WarcKind {
    /// About the file.
    Warcinfo,
    /// An answer with its protocol header.
    Response,
    /// A document as it is, without one.
    Resource,
    /// A request.
    Request,
    /// About another record.
    Metadata,
    /// An answer that was as an earlier one.
    Revisit,
    /// Another form of another record.
    Conversion,
    /// The rest of a record that was split.
    Continuation,
    /// A kind that the standard does not know: to be ignored.
    Unknown,
}

impl WarcKind {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Warcinfo, "warcinfo"),
        (Self::Response, "response"),
        (Self::Resource, "resource"),
        (Self::Request, "request"),
        (Self::Metadata, "metadata"),
        (Self::Revisit, "revisit"),
        (Self::Conversion, "conversion"),
        (Self::Continuation, "continuation"),
    ];

    pub(crate) fn from_name(name: &str) -> Self {
        let found = Self::ALL.iter().find(|(_, known)| known.eq_ignore_ascii_case(name));
        found.map_or(Self::Unknown, |(kind, _)| *kind)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("unknown", |(_, name)| name)
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcRecord {
    /// Where it can be read again: the offset of its compressed member in the file, or of the
    /// record itself in a plain file. In a member that holds several, the number of those
    /// before it is added: that names the record, but nothing can be read from there.
    pub offset: u64,
    /// What it is.
    pub kind: WarcKind,
    /// When it was captured.
    pub date: Option<Timestamp>,
    /// The URL that was asked, without the angle brackets that some writers put.
    pub target: Option<String>,
    /// All named fields, in order.
    pub fields: Vec<(String, String)>,
    /// The content block.
    pub block: Vec<u8>,
    /// Is the block what its digest says?
    pub digest: DigestCheck,
}

/// The media type of a `metadata` record with what a recorder noted about the answer that comes
/// next: the answer's id is in `WARC-Refers-To`. Without one it stands for itself, where there
/// was no answer. What is in it is between those who write and read it.
pub const NOTE_TYPE: &str = "application/vnd.newsluice.note+json";

impl WarcRecord {
    /// The first field of this name, whatever its case.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        field(&self.fields, name)
    }

    /// The record that a revisit stands for: its URL and date, or its id, as far as said.
    #[must_use]
    pub fn refers_to(&self) -> Option<&str> {
        self.field("WARC-Refers-To-Target-URI").or_else(|| self.field("WARC-Refers-To"))
    }

    /// The answer inside a response (or a revisit, whose body is empty), its transfer and
    /// content encodings undone, at most `cap` bytes of body.
    ///
    /// # Errors
    /// Malformed where no HTTP header stands in the block; too large beyond the cap;
    /// unsupported for an encoding that is not read.
    pub fn into_answer(self, cap: usize) -> Result<HttpAnswer, Reason> {
        crate::warc_http::answer(self.block, cap)
    }
}

pub(crate) fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
}

/// A place in a file where no record could be read, and why. Reading goes on behind it where
/// that is possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarcProblem {
    /// As [`WarcRecord::offset`].
    pub offset: u64,
    /// Why.
    pub reason: Reason,
}
