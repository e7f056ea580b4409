//! What every feed gets, whatever its format: ids, absolute links, and the judgement whether
//! an entry carries its whole article.

use record::{Entry, Feed};
use sha2::{Digest, Sha256};
use url::Url;

use crate::problem::{ProblemKind, Problems};
use crate::repair::usable_base;
use crate::whole::is_whole;

/// Completes a feed that was fetched from `address`.
pub(crate) fn finish(feed: &mut Feed, address: Option<&str>, problems: &mut Problems) {
    let address = address.and_then(usable_base);
    absolute(&mut feed.link, address.as_ref());
    let site = feed.link.as_deref().and_then(usable_base);
    let base = address.or(site);
    for entry in &mut feed.entries {
        if entry.link.is_none() && is_web(&entry.id) {
            entry.link = Some(entry.id.clone());
        }
        absolute(&mut entry.link, base.as_ref());
        if entry.id.is_empty() {
            problems.note(ProblemKind::MadeId);
            entry.id = made_id(entry);
        }
        entry.whole = is_whole(entry);
    }
}

fn is_web(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn absolute(link: &mut Option<String>, base: Option<&Url>) {
    let (Some(text), Some(base)) = (link.as_deref(), base) else { return };
    if !is_web(text)
        && let Ok(url) = base.join(text)
    {
        *link = Some(url.into());
    }
}

/// An id that is the same at every poll: of the link and title where there is a link, else of
/// the title, date and text. 128 bits of SHA-256 in hex.
fn made_id(entry: &Entry) -> String {
    let date = entry.date().map(|d| d.raw.as_str());
    let text = entry.content.as_deref().or(entry.summary.as_deref());
    let (date, text) = if entry.link.is_some() { (None, None) } else { (date, text) };
    let mut hasher = Sha256::new();
    for part in [entry.link.as_deref(), entry.title.as_deref(), date, text] {
        let part = part.unwrap_or_default();
        hasher.update(part.len().to_le_bytes());
        hasher.update(part);
    }
    let bytes = hasher.finalize();
    let digits = bytes.iter().take(16).flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_feed_leaves_out_is_completed() {
        let mut feed = Feed { link: Some("/".into()), ..Feed::default() };
        let permalink = Entry { id: "https://e.org/1".into(), ..Entry::default() };
        let relative = Entry { link: Some("a?b".into()), ..Entry::default() };
        feed.entries = vec![permalink, relative.clone(), relative, Entry::default()];
        finish(&mut feed, Some("https://e.org/feed/"), &mut Problems::default());
        assert_eq!(feed.link.as_deref(), Some("https://e.org/"));
        assert_eq!(feed.entries[0].link.as_deref(), Some("https://e.org/1"));
        assert_eq!(feed.entries[1].link.as_deref(), Some("https://e.org/feed/a?b"));
        assert_eq!(feed.entries[1].id, feed.entries[2].id);
        assert_ne!(feed.entries[1].id, feed.entries[3].id);
    }
}
