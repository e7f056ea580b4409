//! Any bytes give a record or a reason: `cargo fuzz run page`.
#![no_main]

use clean::Hints;
use libfuzzer_sys::fuzz_target;
use record::Page;

fuzz_target!(|bytes: &[u8]| {
    let page = Page {
        url: Some("https://news.example.org/2024/05/02/rain".to_owned()),
        requested_url: None,
        content_type: None,
        body: bytes.to_vec(),
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
    };
    if let Ok(cleaned) = clean::page(&page, &Hints::default()) {
        assert!(!cleaned.record.body.is_empty());
    }
});
