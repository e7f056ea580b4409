//! Which pages are wanted.

use feed::sitemap::{SitemapPage, SitemapRef};
use jiff::{SignedDuration, Timestamp};
use record::{DateText, Entry, PageUrl};

/// What is wanted; what says nothing about something is not filtered by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Changed or published at this time or later.
    pub(crate) since: Option<Timestamp>,
    /// Published before this time.
    pub(crate) until: Option<Timestamp>,
    /// Of this host, or one below it.
    pub(crate) host: Option<String>,
    /// With this in the URL; `*` and `?` stand for anything.
    pub(crate) url: Option<String>,
    /// In this language: where the list does not say which, the text does.
    pub(crate) lang: Option<String>,
}

impl Filter {
    /// Is a page with this URL and this time wanted?
    pub(crate) fn takes(&self, url: &str, at: Option<Timestamp>) -> bool {
        self.takes_url(url)
            && at.is_none_or(|at| {
                self.since.is_none_or(|since| at >= since)
                    && self.until.is_none_or(|until| at < until)
            })
    }

    fn takes_url(&self, url: &str) -> bool {
        let Ok(page) = PageUrl::parse(url) else { return false };
        let is_of = |host: &String| {
            page.host() == host || page.host().strip_suffix(host).is_some_and(|h| h.ends_with('.'))
        };
        self.host.as_ref().is_none_or(is_of)
            && self.url.as_ref().is_none_or(|pattern| matches(&format!("*{pattern}*"), url))
    }

    /// Is a page of a sitemap wanted? A page that changed before `since` was published before;
    /// one that changed after `until` may have been published long before.
    pub(super) fn takes_page(&self, page: &SitemapPage) -> bool {
        let published = page.published.as_ref().and_then(last_instant);
        let changed = page.changed.as_ref().and_then(last_instant);
        let speaks = |lang: &String| page.language.as_ref().is_none_or(|said| speaks(said, lang));
        self.takes(&page.url, published)
            && (published.is_some()
                || self.since.is_none_or(|since| changed.is_none_or(|at| at >= since)))
            && self.lang.as_ref().is_none_or(speaks)
    }

    /// Are items of this feed wanted, by its language?
    pub(super) fn takes_language(&self, feed: &record::Feed) -> bool {
        let (said, wanted) = (feed.language.as_deref(), self.lang.as_deref());
        said.zip(wanted).is_none_or(|(said, wanted)| speaks(said, wanted))
    }

    /// Is an item of a feed wanted?
    pub(super) fn takes_entry(&self, entry: &Entry) -> bool {
        let at = entry.date().and_then(DateText::instant);
        self.takes(entry.link.as_deref().unwrap_or_default(), at) || entry.link.is_none()
    }

    /// Are all these, one at least, from before `since`?
    pub(super) fn is_all_before(&self, entries: &[Entry]) -> bool {
        let Some(since) = self.since else { return false };
        let at =
            |e: &Entry| e.updated.as_ref().or(e.published.as_ref()).and_then(DateText::instant);
        !entries.is_empty() && entries.iter().all(|entry| at(entry).is_some_and(|at| at < since))
    }

    /// The lists that may have pages that are wanted.
    pub(super) fn lists(&self, lists: Vec<SitemapRef>) -> Vec<String> {
        let may = |list: &SitemapRef| {
            let changed = list.changed.as_ref().and_then(last_instant);
            self.since.is_none_or(|since| changed.is_none_or(|at| at >= since))
        };
        lists.into_iter().filter(may).map(|list| list.url).collect()
    }
}

/// Is what is in the language `said` wanted where `wanted` is? `en` takes `en-GB`, and where only
/// `en` is said it may be `en-GB`.
pub(crate) fn speaks(said: &str, wanted: &str) -> bool {
    let parts = |tag: &str| tag.to_ascii_lowercase().replace('_', "-");
    let (said, wanted) = (parts(said), parts(wanted));
    said.split('-').zip(wanted.split('-')).all(|(said, wanted)| said == wanted)
}

/// The last instant that a date may mean: of a day without a time its end, in the zone farthest
/// west.
fn last_instant(date: &DateText) -> Option<Timestamp> {
    let at = date.instant()?;
    let has_time = date.raw.contains(':');
    at.checked_add(SignedDuration::from_hours(if has_time { 0 } else { 36 })).ok()
}

/// Do the times of a sitemap say anything? Not where nine of ten are the time of asking, or lie
/// in the future: many programs write "now" for everything.
pub(super) fn tells_times(pages: &[SitemapPage], now: Timestamp) -> bool {
    const FEW: usize = 10;
    let minute = SignedDuration::from_mins(1);
    let latest = now.saturating_sub(minute).unwrap_or(now);
    let times: Vec<&DateText> = pages.iter().filter_map(|page| page.changed.as_ref()).collect();
    // A date that cannot be true has lost its meaning where it was read; a day has no time that
    // could be that of asking.
    let lies = |date: &&&DateText| match date.instant() {
        Some(at) => date.raw.contains(':') && at > latest,
        None => true,
    };
    times.len() < FEW || times.iter().filter(lies).count() * 10 < times.len() * 9
}

/// The same pages without the times of their changes.
pub(super) fn undated(pages: Vec<SitemapPage>) -> Vec<SitemapPage> {
    pages.into_iter().map(|page| SitemapPage { changed: None, ..page }).collect()
}

/// Does `text` match `pattern`, where `*` stands for any run of characters and `?` for one?
/// Linear but for the stars: at most pattern times text.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(have) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(wanted) if *wanted == '?' || wanted == have => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                t = from + 1;
            }
        }
    }
    pattern.get(p..).is_some_and(|rest| rest.iter().all(|c| *c == '*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(raw: &str) -> DateText {
        DateText { raw: raw.to_owned(), stated: record::date::parse(raw) }
    }

    fn page(changed: &str) -> SitemapPage {
        let url = "https://www.e.org/2024/a".to_owned();
        SitemapPage { url, changed: Some(date(changed)), ..SitemapPage::default() }
    }

    #[test]
    fn patterns_match_as_people_expect() {
        for (pattern, text, does) in [
            ("*a*", "cat", true),
            ("*/20?4/*", "https://e.org/2024/x", true),
            ("*/20?4/*", "https://e.org/2023/x", false),
            ("*a*b*c*", "xaxxbxc", true),
            ("a", "ab", false),
        ] {
            assert_eq!(matches(pattern, text), does, "{pattern} {text}");
        }
    }

    #[test]
    fn languages_take_their_regions() {
        for (said, wanted, takes) in [
            ("en", "en", true),
            ("en_GB", "en", true),
            ("EN", "en-gb", true),
            ("en-US", "en-gb", false),
            ("eng", "en", false),
            ("de", "en", false),
        ] {
            assert_eq!(speaks(said, wanted), takes, "{said} {wanted}");
        }
    }

    #[test]
    fn hosts_take_those_below_them() {
        let filter = Filter { host: Some("e.org".into()), ..Filter::default() };
        assert!(filter.takes("https://www.e.org/a", None));
        assert!(filter.takes("https://e.org/a", None));
        assert!(!filter.takes("https://some.org/a", None));
        assert!(!filter.takes("https://notte.org/a", None));
    }

    #[test]
    fn a_day_counts_to_its_end_and_a_late_change_says_nothing() {
        let filter = Filter {
            since: "2024-05-02T12:00:00Z".parse().ok(),
            until: "2024-06-01T00:00:00Z".parse().ok(),
            ..Filter::default()
        };
        assert!(filter.takes_page(&page("2024-05-02")));
        assert!(!filter.takes_page(&page("2024-04-30")));
        assert!(filter.takes_page(&page("2025-01-01")), "published when?");
        let news = SitemapPage { published: Some(date("2025-01-01")), ..page("2025-01-01") };
        assert!(!filter.takes_page(&news));
    }

    #[test]
    fn times_that_are_now_for_everything_are_not_believed() {
        let now = "2024-05-02T12:00:00Z".parse().unwrap();
        let all = |raw: &str| -> Vec<SitemapPage> { (0..20).map(|_| page(raw)).collect() };
        assert!(!tells_times(&all("2024-05-02T11:59:59Z"), now));
        assert!(!tells_times(&all("2031-05-02T11:59:59Z"), now));
        assert!(tells_times(&all("2024-05-01T11:59:59Z"), now));
    }
}
