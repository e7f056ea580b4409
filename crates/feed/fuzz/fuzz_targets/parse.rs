//! No bytes make `parse` panic or hang, and reading them again gives the same.
//!
//! `cargo +nightly fuzz run parse -- -max_total_time=1800 -timeout=5`
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let hints = feed::Hints { url: Some("https://example.org/feed"), ..feed::Hints::default() };
    let Ok(whole) = feed::parse(bytes, &hints) else { return };
    assert_eq!(Ok(&whole), feed::parse(bytes, &hints).as_ref());
});
