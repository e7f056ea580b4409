//! Any bytes give a record or a reason, and a record's body stands in the page:
//! `cargo fuzz run page`.
#![no_main]

#[path = "../../tests/origin/mod.rs"]
mod origin;

use clean::Hints;
use libfuzzer_sys::fuzz_target;
use record::Page;

/// Longer pages are not asked for their origin: the oracle's own parser knows no bounds.
const ASKED: usize = 16 * 1024;

fuzz_target!(|bytes: &[u8]| {
    let page = Page {
        url: Some("https://news.example.org/2024/05/02/rain".to_owned()),
        requested_url: None,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: bytes.to_vec(),
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
    };
    let Ok(cleaned) = clean::page(&page, &Hints::default()) else { return };
    assert!(!cleaned.record.body.is_empty());
    // What broken scripts give, and what was encoded twice, is mended before it is read.
    let is_mended = |line: &String| line.contains("taken from") || line.contains("encoded twice");
    let is_shown = !cleaned.trace.iter().any(is_mended);
    if let Ok(page) = std::str::from_utf8(bytes)
        && is_shown
        && bytes.len() < ASKED
    {
        assert_eq!(origin::stray(page, &cleaned.record), None);
    }
});
