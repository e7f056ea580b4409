//! Where the pages of a feed go on.

use record::Feed;
use url::Url;

/// The next page of a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Next {
    pub(super) url: String,
    /// Does the feed say so, or is it only supposed?
    pub(super) is_said: bool,
}

/// Parameters that pages are numbered by, in the order in which they are tried: WordPress's, then
/// what others use.
const PARAMETERS: [&str; 3] = ["paged", "page", "p"];

/// The page behind this one: as RFC 5005 has it, an archive before it or the next page; else by
/// a number in its URL.
pub(super) fn next(feed: &Feed, url: &str) -> Option<Next> {
    let said = |rel: &str| feed.links.iter().find(|link| link.rel.eq_ignore_ascii_case(rel));
    if let Some(link) = said("prev-archive").or_else(|| said("next")) {
        return Some(Next { url: link.href.clone(), is_said: true });
    }
    // The whole feed, or the oldest of its archives: nothing is behind it.
    if feed.complete || feed.archive {
        return None;
    }
    let (parameter, number) = numbered(url).unwrap_or((PARAMETERS.first()?, 1));
    Some(Next { url: with(url, parameter, number + 1)?, is_said: false })
}

/// Another guess in place of one that led nowhere: only for the second page, since a feed that
/// has one is numbered that way.
pub(super) fn other(url: &str) -> Option<String> {
    let (parameter, number) = numbered(url).filter(|(_, number)| *number == 2)?;
    let place = PARAMETERS.iter().position(|known| *known == parameter)?;
    with(&without(url, parameter)?, PARAMETERS.get(place + 1)?, number)
}

/// Is this one of several pages by its URL?
pub(super) fn is_paged(url: &str) -> bool {
    numbered(url).is_some()
}

fn numbered(url: &str) -> Option<(&'static str, u32)> {
    let url = Url::parse(url).ok()?;
    PARAMETERS.iter().find_map(|parameter| {
        let (_, value) = url.query_pairs().find(|(name, _)| name == parameter)?;
        Some((*parameter, value.parse().ok().filter(|number| *number < u32::MAX)?))
    })
}

fn with(url: &str, parameter: &str, number: u32) -> Option<String> {
    let mut url = Url::parse(&without(url, parameter)?).ok()?;
    url.query_pairs_mut().append_pair(parameter, &number.to_string());
    Some(url.into())
}

fn without(url: &str, parameter: &str) -> Option<String> {
    let mut url = Url::parse(url).ok()?;
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, _)| name != parameter)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::FeedLink;

    #[test]
    fn what_a_feed_says_comes_before_guesses() {
        let link = |rel: &str| FeedLink {
            rel: rel.into(),
            href: format!("https://e.org/{rel}"),
            media_type: None,
        };
        let mut feed = Feed { links: vec![link("next"), link("prev-archive")], ..Feed::default() };
        let found = next(&feed, "https://e.org/feed").unwrap();
        assert_eq!((found.url.as_str(), found.is_said), ("https://e.org/prev-archive", true));
        feed.links.clear();
        let found = next(&feed, "https://e.org/feed?a=1").unwrap();
        assert_eq!((found.url.as_str(), found.is_said), ("https://e.org/feed?a=1&paged=2", false));
        feed.archive = true;
        assert_eq!(next(&feed, "https://e.org/feed"), None);
    }

    #[test]
    fn numbers_go_up_and_guesses_go_on_at_two_only() {
        let next = |url: &str| next(&Feed::default(), url).unwrap().url;
        assert_eq!(next("https://e.org/f?page=3"), "https://e.org/f?page=4");
        assert_eq!(other("https://e.org/f?paged=2").unwrap(), "https://e.org/f?page=2");
        assert_eq!(other("https://e.org/f?p=2"), None);
        assert_eq!(other("https://e.org/f?paged=7"), None);
    }
}
