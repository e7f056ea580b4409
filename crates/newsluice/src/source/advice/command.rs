//! The commands that mend a source, as they are typed.

use crate::source::checkup::Checkup;

/// `feed set 3 …`
pub(super) fn set(c: &Checkup, what: &str) -> String {
    format!("feed set {} {what}", c.feed.feed.number())
}

pub(super) fn remove(c: &Checkup) -> String {
    format!("feed rm {}", c.feed.feed.number())
}

/// Looks for the feeds of its site.
pub(super) fn discover(c: &Checkup) -> String {
    format!("feed discover {}", quoted(c.feed.site.as_deref().unwrap_or(&c.feed.url)))
}

/// A URL as a shell takes it: what strangers wrote must stay one harmless word.
pub(super) fn quoted(url: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/:._-%,+@=".contains(c);
    if url.chars().all(is_plain) && !url.starts_with('-') {
        return url.to_owned();
    }
    format!("'{}'", url.replace('\'', "%27"))
}
