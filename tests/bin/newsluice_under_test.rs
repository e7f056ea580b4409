//! The program as the tests start it: itself, a clock that tests can put forward, and the cleaning
//! of an older version that leaves more in.

use std::time::Duration;

fn main() -> std::process::ExitCode {
    if let Some(path) = std::env::var_os("TEST_CLOCK_FILE") {
        let follow = move || {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if let Ok(milliseconds) = text.trim().parse() {
                newsluice::shift_clock(milliseconds);
            }
        };
        follow(); // before anything reads the clock: what it begins with is no jump
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(10));
                follow();
            }
        });
    }
    let variable = |name| std::env::var(name).ok();
    if let (Some(version), Some(paragraph)) = (variable("TEST_CLEANER"), variable("TEST_LEAVES")) {
        newsluice::clean_as_older(version, paragraph);
    }
    newsluice::main()
}
