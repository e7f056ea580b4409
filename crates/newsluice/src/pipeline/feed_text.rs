//! The text that a feed itself carries, where its page cannot be had.

use jiff::Timestamp;
use record::{Entry, Page, ReasonKind};

/// The entry's own text as a page; `None` where it has none.
pub(super) fn page(entry: &Entry, url: Option<&str>, at: Timestamp) -> Option<Page> {
    let html = entry.content.as_deref().or(entry.summary.as_deref())?;
    Some(Page {
        url: url.map(str::to_owned),
        requested_url: None,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: format!("<!DOCTYPE html><article>{html}</article>").into_bytes(),
        fetched_at: at,
    })
}

/// The same in place of a page that could not be had or read for this reason: only where the
/// feed carries the whole article, and never for what is no article at all.
pub(super) fn in_place_of(
    entry: &Entry,
    url: &str,
    at: Timestamp,
    why: ReasonKind,
) -> Option<Page> {
    let is_no_article = matches!(
        why,
        ReasonKind::FrontPage
            | ReasonKind::SectionList
            | ReasonKind::TagPage
            | ReasonKind::ParkedDomain
            | ReasonKind::BlockedAddress
            | ReasonKind::BadUrl
    );
    if is_no_article || !entry.whole { None } else { page(entry, Some(url), at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_article_stands_in_for_its_page() {
        let whole =
            |whole| Entry { content: Some("<p>It rained.".into()), whole, ..Entry::default() };
        let stands_in = |entry: &Entry, why| {
            in_place_of(entry, "https://e.org/a", Timestamp::UNIX_EPOCH, why).is_some()
        };
        assert!(stands_in(&whole(true), ReasonKind::RedirectLoop));
        assert!(!stands_in(&whole(false), ReasonKind::RedirectLoop));
        assert!(!stands_in(&whole(true), ReasonKind::FrontPage));
    }
}
