//! Which cleaning this is: its version stands beside every text that it made.

use std::sync::OnceLock;

use record::{Line, Record};

/// For tests: an older version, which leaves one more paragraph in every text.
static OLDER: OnceLock<(String, String)> = OnceLock::new();

/// Takes this process for one of an older version that leaves `paragraph` in every text.
pub(crate) fn be_older(version: String, paragraph: String) {
    OLDER.set((version, paragraph)).ok();
}

/// The version that cleans.
pub(crate) fn version() -> &'static str {
    OLDER.get().map_or(env!("CARGO_PKG_VERSION"), |(version, _)| version)
}

/// What an older version would have left in.
pub(super) fn leave_in(record: &mut Record) {
    if let Some((_, paragraph)) = OLDER.get() {
        record.body.extend(Line::new(paragraph));
    }
}
