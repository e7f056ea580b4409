//! What a list brings: the pages that are wanted, and the lists to be read next.

use jiff::Timestamp;
use record::ContentHash;
use store::{FoundEntry, List};

use super::document::{self, Document, Kind};
use super::{Survey, filter, paging};
use crate::pipeline::entry_payload::{found, only_in};

impl Survey<'_> {
    /// The pages that are wanted, and the lists to be read next.
    pub(super) async fn take(
        &mut self,
        list: &List,
        document: Document,
    ) -> (Vec<FoundEntry>, Vec<List>) {
        if list.content.is_some_and(|content| self.contents.contains(&content)) {
            if list.is_guess {
                return (Vec::new(), self.after_repeat(list));
            }
            if !document.is_empty() {
                self.note(list, "lists what another list did: not followed further");
            }
            return (Vec::new(), Vec::new());
        }
        match document.kind {
            Kind::Lists(lists) => {
                let wanted = self.filter.lists(lists);
                // A robots.txt may name sitemaps anywhere.
                let next = if document::is_robots(&list.url) {
                    wanted
                } else {
                    self.own(list, wanted).await
                };
                (Vec::new(), self.lists_of(next.into_iter(), Some(list), false))
            }
            Kind::Sitemap(pages) => {
                let now = document.at;
                let pages = if filter::tells_times(&pages, now) {
                    pages
                } else {
                    self.note(
                        list,
                        "its lastmod is the time of asking or in the future: not \
                        believed, the pages count as undated",
                    );
                    filter::undated(pages)
                };
                (self.pages(list, pages, now).await, Vec::new())
            }
            Kind::Feed(feed) => self.feed(list, *feed, &document.url, document.at),
        }
    }

    /// Where a language is wanted and none was told, the text is to say which it is in.
    fn judged_later(&self, entry: FoundEntry, is_told: bool) -> FoundEntry {
        match &self.filter.lang {
            Some(lang) if !is_told => only_in(entry, lang),
            _ => entry,
        }
    }

    async fn pages(
        &mut self,
        list: &List,
        pages: Vec<feed::sitemap::SitemapPage>,
        now: Timestamp,
    ) -> Vec<FoundEntry> {
        let mut found = Vec::new();
        for page in pages {
            if !self.filter.takes_page(&page) {
                self.found.filtered += 1;
                continue;
            }
            if !self.is_own(list, &page.url).await {
                self.found.foreign += 1;
                continue;
            }
            let is_told = page.language.is_some();
            found.extend(document::entry(page, now).map(|entry| self.judged_later(entry, is_told)));
        }
        let room = self.limits.pages.saturating_sub(self.found.pages);
        found.truncate(usize::try_from(room).unwrap_or(usize::MAX));
        found
    }

    fn feed(
        &mut self,
        list: &List,
        feed: record::Feed,
        url: &str,
        now: Timestamp,
    ) -> (Vec<FoundEntry>, Vec<List>) {
        let count = feed.entries.len();
        let unseen = |entry: &record::Entry| {
            ContentHash::of_bytes(entry.link.as_deref().unwrap_or(&entry.id).as_bytes())
        };
        let new = feed.entries.iter().filter(|entry| self.names.insert(unseen(entry))).count();
        let is_past = self.filter.is_all_before(&feed.entries);
        let next = paging::next(&feed, url);
        let (is_told, is_wanted) = (feed.language.is_some(), self.filter.takes_language(&feed));
        let is_wanted = |entry: &record::Entry| is_wanted && self.filter.takes_entry(entry);
        let entries: Vec<_> = feed.entries.into_iter().filter(is_wanted).collect();
        self.found.filtered += (count - entries.len()) as u64;
        let found = entries.into_iter().map(|e| found(e, url, now));
        let found = found.map(|entry| self.judged_later(entry, is_told)).collect();
        if count == 0 || new == 0 {
            if list.is_guess {
                return (found, self.after_repeat(list));
            }
            self.note(list, "brings nothing new: its pages end here");
            return (found, Vec::new());
        }
        if is_past {
            self.note(list, "is older than --since: its pages end here");
            return (found, Vec::new());
        }
        let next = match next {
            Some(next) if next.is_said && self.seen.contains(&next.url) => {
                self.note(list, "leads back to a list that was read: its pages end here");
                Vec::new()
            }
            Some(next) => self.lists_of(std::iter::once(next.url), Some(list), !next.is_said),
            None => Vec::new(),
        };
        (found, next)
    }
}
