//! What came off the wire.

use jiff::Timestamp;

/// The bytes of one answer and what the wire said about them, before any judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The URL that answered, after redirects; `None` for input that has none.
    pub url: Option<String>,
    /// The URL that was asked first, where it is another one.
    pub requested_url: Option<String>,
    /// The `Content-Type` header as it was sent.
    pub content_type: Option<String>,
    /// The body after content decoding, within the cap of whoever fetched it.
    pub body: Vec<u8>,
    /// When the answer was complete. Every decision about content takes this as "now".
    pub fetched_at: Timestamp,
}
