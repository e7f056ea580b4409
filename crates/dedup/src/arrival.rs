//! What is judged.

use jiff::Timestamp;
use record::Record;

/// One record as it arrives, in commit order.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'a> {
    /// The text and what is known of it.
    pub record: &'a Record,
    /// Every name seen for it. The first is the place where the text was found: the
    /// [identity](record::PageUrl::identity) of the final URL after redirects, or the hash of
    /// the raw bytes of an input without a URL. The others (the requested URL, the declared
    /// canonical one) only claim to be the same article: they join it to a known record
    /// where the texts are related.
    pub aliases: &'a [String],
    /// When the text was captured.
    pub at: Timestamp,
    /// The commit sequence number that the record will have; larger than all before.
    pub sequence: u64,
}
