//! The documents of a feed: asked for, read, and kept where they are to be recorded.

use std::sync::{Mutex, PoisonError};

use fetch::{Client, Request};
use record::{Feed, Page, Reason, ReasonKind};

use crate::pipeline::source_document::{self, Document};
use crate::source::Kind;

/// How the documents of a source are asked for.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) client: &'a Client,
    /// The request for the feed itself.
    pub(super) feed: &'a Request<'a>,
    /// Where answers are kept that are to be recorded.
    pub(super) kept: Option<&'a Kept>,
}

impl Way<'_> {
    /// Another document of the same source, by the same proxy and with the same credentials
    /// (which stay with their host); what cannot be had is left out.
    pub(super) async fn another(self, url: &str) -> Option<Document> {
        let Request { credentials, proxy, .. } = *self.feed;
        let request = Request { credentials, proxy, ..Request::feed(url) };
        let answer = self.client.get(&request).await.ok()?;
        self.keep(&answer.page);
        read(answer.page, Kind::Feed).await.ok()
    }

    pub(super) fn keep(self, page: &Page) {
        if let Some(kept) = self.kept {
            kept.add(page);
        }
    }
}

/// The pages of the sitemaps that an index names.
pub(super) async fn more_pages(way: Way<'_>, feed: &mut Feed, maps: Vec<String>) {
    for url in maps {
        if let Some(document) = way.another(&url).await {
            feed.entries.extend(document.feed.entries);
        }
    }
}

/// Reads the body on a thread of its own: a large feed must not hold up the network. A panic
/// is this feed's failure.
pub(super) async fn read(page: Page, kind: Kind) -> Result<Document, Reason> {
    let reading = tokio::task::spawn_blocking(move || source_document::read(&page, kind));
    reading.await.unwrap_or_else(|_| Err(Reason::of(ReasonKind::Crash)))
}

/// The documents of a poll, for the recorder.
#[derive(Default)]
pub(super) struct Kept(Mutex<Vec<Page>>);

impl Kept {
    /// Bytes kept beside the feed itself: what is beyond is read and not recorded.
    const MOST: usize = 16 << 20;

    fn add(&self, page: &Page) {
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: usize = pages.iter().skip(1).map(|page| page.body.len()).sum();
        if pages.is_empty() || kept + page.body.len() <= Self::MOST {
            pages.push(page.clone());
        }
    }

    pub(super) fn into_pages(self) -> Vec<Page> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
