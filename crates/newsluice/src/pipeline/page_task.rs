//! One claimed page: fetched, and sent on with what its feed said.

use std::time::Duration;

use fetch::{Answer, Client, Credentials, Failure, Request, Room};
use jiff::{SignedDuration, Timestamp};
use record::{Entry, Page, PageUrl, Reason, ReasonKind, Retry};
use store::ClaimedEntry;

use super::entry_payload::entry_of;
use super::envelope::{Captured, Claimed, Envelope, PageHints};
use super::fetched::{Fetched, cost};
use crate::source::{Filters, FullText, Seen, Source};

/// Failures after which a page is a dead letter.
const MAX_ATTEMPTS: u32 = 8;

/// Longest wait between two attempts.
const MAX_BACK_OFF: SignedDuration = SignedDuration::from_hours(24);

/// How failed pages are tried again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BackOff {
    /// The wait after the first failure; it doubles with each further one.
    pub(crate) base: Duration,
}

impl BackOff {
    /// When to try again after this failure; `None`: never.
    fn again_at(self, attempts: u32, failure: &Failure, now: Timestamp) -> Option<Timestamp> {
        // robots.txt that was read is its last word; one out of reach says when to ask again.
        if failure.reason.kind == ReasonKind::Robots && failure.retry_at.is_none() {
            return None;
        }
        let is_ours = failure.unsent && failure.retry_at.is_some();
        if failure.retry() == Retry::Never || (attempts + 1 >= MAX_ATTEMPTS && !is_ours) {
            return None;
        }
        let own = self.own(attempts, now);
        // Waiting for a slot at a busy host is no failure: no back-off of our own.
        match failure.retry_at {
            Some(at) if is_ours => Some(at),
            Some(at) => Some(at.max(own)),
            None => Some(own),
        }
    }

    /// When to try again what never reached the network.
    fn after(self, attempts: u32, now: Timestamp) -> Option<Timestamp> {
        (attempts + 1 < MAX_ATTEMPTS).then(|| self.own(attempts, now))
    }

    fn own(self, attempts: u32, now: Timestamp) -> Timestamp {
        let base = SignedDuration::try_from(self.base).unwrap_or(MAX_BACK_OFF);
        let wait = base.saturating_mul(1 << attempts.min(16)).min(MAX_BACK_OFF);
        now.saturating_add(wait).unwrap_or(now)
    }
}

/// A task that ends before anything was asked.
fn refused(
    claimed: &ClaimedEntry,
    reason: Reason,
    again_at: Option<Timestamp>,
    now: Timestamp,
) -> Envelope<Captured> {
    let url = claimed.url.as_deref().unwrap_or(&claimed.name);
    let mut envelope = Envelope::new(Credentials::from_url(url).0, now);
    envelope.entry = Some(Claimed { id: claimed.entry, again_at });
    envelope.with(Captured::Failed(reason))
}

/// Why the entry is not wanted, as far as its feed tells.
fn unwanted(filters: &Filters, entry: &Entry) -> Option<String> {
    if filters.is_empty() {
        return None;
    }
    let titles: Vec<&str> = entry.title.as_deref().into_iter().collect();
    let urls: Vec<&str> = entry.link.as_deref().into_iter().collect();
    filters.taken(Seen { titles: &titles, urls: &urls, text: None })
}

/// Visible bytes from which on the feed's text is believed to be whole without a look at the
/// page. Own judgement: long teasers end below, and for what is shorter the page costs little.
const ENOUGH: usize = 2000;

/// Is the feed's text to be taken in place of the page? By itself only on the feed's own site:
/// what a feed says about somebody else's page is not that page.
fn says_it_all(full_text: FullText, said: &PageHints, url: &str) -> bool {
    let Some(entry) = &said.entry else { return false };
    match full_text {
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

/// Fetches the page; the envelope ends the claim.
pub(super) async fn fetch(client: &Client, claimed: ClaimedEntry, back_off: BackOff) -> Fetched {
    let now = crate::clock::now();
    let host = claimed.host.clone();
    let payload = claimed.payload.as_deref().unwrap_or("{}");
    let entry = entry_of(payload, claimed.url.as_deref());
    let feed_url = claimed.feed.as_deref().map(|url| Credentials::from_url(url).0);
    let at_hand =
        |envelope| Fetched { envelope, room: Room::default(), host: host.clone(), told: None };
    let home = claimed.feed.as_deref().or(claimed.url.as_deref()).unwrap_or_default();
    let Source { full_text, access, hints, .. } =
        match Source::of(claimed.settings.as_deref(), home) {
            Ok(source) => source,
            Err(reason) => {
                let again_at = back_off.after(claimed.attempts, now);
                return at_hand(refused(&claimed, reason, again_at, now));
            }
        };
    if let Some(why) = unwanted(&hints.filters, &entry) {
        let reason = Reason::new(ReasonKind::Filtered, why);
        return at_hand(refused(&claimed, reason, None, now));
    }
    let hints = PageHints { entry: Some(entry), feed_url, source: hints };
    let url = claimed.url.clone().filter(|url| !says_it_all(full_text, &hints, url));
    let Some(url) = url else {
        return at_hand(from_feed(claimed, hints, now));
    };
    let request = Request {
        patience: Duration::from_secs(20),
        credentials: access.credentials.as_ref(),
        proxy: access.proxy.as_ref(),
        ..Request::page(&url)
    };
    let mut envelope = Envelope::new(Credentials::from_url(&url).0, now);
    let mut room = Room::default();
    envelope.entry = Some(Claimed { id: claimed.entry, again_at: None });
    let envelope = match client.get(&request).await {
        Ok(mut answer) => {
            room = std::mem::take(&mut answer.room);
            envelope.at = answer.page.fetched_at;
            envelope.cost = cost(&answer.hops, answer.page.body.len());
            let (page, urls) = page_of(answer);
            envelope.urls = urls;
            envelope.with(captured(page, hints))
        }
        Err(failure) => {
            let now = crate::clock::now();
            envelope.at = now;
            envelope.cost = cost(&failure.hops, 0);
            let again_at = back_off.again_at(claimed.attempts, &failure, now);
            envelope.entry = Some(Claimed { id: claimed.entry, again_at });
            envelope.with(Captured::Failed(failure.reason))
        }
    };
    Fetched { envelope, room, host, told: None }
}

/// The page, and the URLs that lead to it: the final one, then the one asked for.
fn page_of(answer: Answer) -> (Page, Vec<String>) {
    let page = answer.page;
    let urls = page.url.iter().chain(&page.requested_url).cloned().collect();
    (page, urls)
}

/// An answer that may be an article; other media are refused by what they say they are.
pub(super) fn captured(page: Page, hints: PageHints) -> Captured {
    let media = page.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    let foreign = ["image/", "video/", "audio/", "font/", "application/pdf", "application/zip"];
    if foreign.iter().any(|start| media.starts_with(start)) {
        return Captured::Failed(Reason::new(ReasonKind::UnsupportedType, media));
    }
    if page.body.trim_ascii().is_empty() {
        return Captured::Failed(Reason::of(ReasonKind::Empty));
    }
    Captured::Page(Box::new((page, hints)))
}

/// An item whose text is the feed's own: it has no page, or none is to be asked for.
fn from_feed(claimed: ClaimedEntry, hints: PageHints, now: Timestamp) -> Envelope<Captured> {
    let mut envelope = Envelope::new(claimed.name.clone(), now);
    envelope.entry = Some(Claimed { id: claimed.entry, again_at: None });
    envelope.urls = claimed.url.iter().map(|url| Credentials::from_url(url).0).collect();
    envelope.alias = Some(claimed.name);
    let Some(html) = hints.entry.as_ref().and_then(text_of) else {
        return envelope.with(Captured::Failed(Reason::of(ReasonKind::NoBody)));
    };
    let page = Page {
        url: envelope.urls.first().cloned(),
        requested_url: None,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: format!("<!DOCTYPE html><article>{html}</article>").into_bytes(),
        fetched_at: now,
    };
    envelope.with(Captured::Page(Box::new((page, hints))))
}
