//! The two streams that people and scripts read.

use std::io::{self, Write};

/// Writes one line to standard output.
pub(crate) fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(line.as_bytes())?;
    out.write_all(b"\n")
}

/// Writes one line to standard error. When even that is gone there is nobody left to tell.
pub(crate) fn complain(line: &str) {
    let mut err = io::stderr().lock();
    if err.write_all(line.as_bytes()).is_ok() {
        err.write_all(b"\n").ok();
    }
}

/// `text` without anything that could steer a terminal: control characters are shown as
/// escapes.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_cannot_steer_a_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\nc"), "a\\u{1b}[2Jb\\nc");
    }
}
