//! The text that a feed itself carries: where its page cannot be had, or need not be asked for.

use jiff::Timestamp;
use record::{Entry, Page, PageUrl, ReasonKind};

use super::envelope::PageHints;
use crate::source::FullText;

/// The entry's own text as a page; `None` where it has none.
pub(super) fn page(entry: &Entry, url: Option<&str>, at: Timestamp) -> Option<Page> {
    let html = text_of(entry)?;
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

/// Visible bytes from which on the feed's text is believed to be whole without a look at the
/// page. Own judgement: long teasers end below, and for what is shorter the page costs little.
const ENOUGH: usize = 2000;

/// Is the feed's text to be taken in place of the page? By itself only on the feed's own site:
/// what a feed says about somebody else's page is not that page.
pub(super) fn says_it_all(said: &PageHints, url: &str) -> bool {
    let Some(entry) = &said.entry else { return false };
    match said.source.full_text {
        FullText::Page => false,
        FullText::Feed => text_of(entry).is_some(),
        FullText::Auto => {
            let domain = |url: &str| Some(PageUrl::parse(url).ok()?.domain().to_owned());
            let is_own = said.feed_url.as_deref().and_then(domain) == domain(url);
            entry.whole && is_own && text_of(entry).is_some_and(|text| visible(text) >= ENOUGH)
        }
    }
}

/// What the feed has of the article itself.
fn text_of(entry: &Entry) -> Option<&String> {
    entry.content.as_ref().or(entry.summary.as_ref()).filter(|text| !text.trim().is_empty())
}

/// Bytes outside of tags.
fn visible(html: &str) -> usize {
    html.split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, after)| after).trim().len())
        .sum()
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
