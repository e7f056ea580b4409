//! One claimed page: fetched, and sent on with what its feed said.

use std::time::Duration;

use fetch::{Answer, Client, Credentials, Failure, Request, Room};
use jiff::{SignedDuration, Timestamp};
use record::{Entry, Page, Reason, ReasonKind, Retry};
use store::ClaimedEntry;

use super::entry_payload::{entry_of, language_of};
use super::envelope::{Captured, Claimed, Envelope, PageHints};
use super::feed_text;
use super::fetched::{Fetched, cost, stored};
use super::trail::Trail;
use crate::source::{Filters, FullText, Seen, Source};

/// Failures after which a page is a dead letter.
const MAX_ATTEMPTS: u32 = 8;

/// The same for a page that is not there (404): what is listed before it is published comes within
/// the hour, and what was taken down does not come back.
const MAX_NOT_FOUND: u32 = 2;

/// The wait before that one other attempt, in waits after a first failure: an hour.
const NOT_FOUND_WAIT: i32 = 12;

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
        let is_missing = failure.reason.kind == ReasonKind::NotFound;
        let most = if is_missing { MAX_NOT_FOUND } else { MAX_ATTEMPTS };
        if failure.retry() == Retry::Never || (attempts + 1 >= most && !is_ours) {
            return None;
        }
        let own = self.own(attempts, if is_missing { NOT_FOUND_WAIT } else { 1 }, now);
        // Waiting for a slot at a busy host is no failure: no back-off of our own.
        match failure.retry_at {
            Some(at) if is_ours => Some(at),
            Some(at) => Some(at.max(own)),
            None => Some(own),
        }
    }

    /// When to try again what never reached the network.
    fn after(self, attempts: u32, now: Timestamp) -> Option<Timestamp> {
        (attempts + 1 < MAX_ATTEMPTS).then(|| self.own(attempts, 1, now))
    }

    fn own(self, attempts: u32, times: i32, now: Timestamp) -> Timestamp {
        let base = SignedDuration::try_from(self.base).unwrap_or(MAX_BACK_OFF);
        let wait = base.saturating_mul(times << attempts.min(16)).min(MAX_BACK_OFF);
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
    envelope.entry = Some(Claimed { again_at, ..Claimed::of(claimed) });
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

/// Fetches the page; the envelope ends the claim. The password is that of its feed, where the
/// settings name none. A page that is fetched again is asked for with its validators, unless a
/// 304 of its host is not to be believed.
pub(super) async fn fetch(
    client: &Client,
    claimed: ClaimedEntry,
    back_off: BackOff,
    (password, believes_304): (Option<&Credentials>, bool),
) -> Fetched {
    let now = crate::clock::now();
    let host = claimed.host.clone();
    let payload = claimed.payload.as_deref().unwrap_or("{}");
    let entry = entry_of(payload, claimed.url.as_deref());
    let feed_url = claimed.feed.as_deref().map(|url| Credentials::from_url(url).0);
    let at_hand = |envelope| Fetched {
        envelope,
        room: Room::default(),
        host: host.clone(),
        told: None,
        answers: None,
    };
    let home = claimed.feed.as_deref().or(claimed.url.as_deref()).unwrap_or_default();
    let Source { access, hints, .. } = match Source::of(claimed.settings.as_deref(), home) {
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
    let source = match language_of(payload) {
        Some(language) => hints.only_in(&language),
        None => hints,
    };
    let hints = PageHints { entry: Some(entry), feed_url, source };
    let url = claimed.url.clone().filter(|url| !feed_text::says_it_all(&hints, url));
    let Some(url) = url else {
        return at_hand(from_feed(claimed, hints, now));
    };
    let held = fetch::Validators {
        etag: claimed.validators.etag.clone(),
        last_modified: claimed.validators.last_modified.clone(),
    };
    // Of what became no record nothing can be as it was.
    let known = claimed.record.filter(|_| believes_304 && !held.is_empty());
    let request = Request {
        validators: known.map(|_| &held),
        patience: Duration::from_secs(20),
        credentials: access.credentials.as_ref().or(password),
        proxy: access.proxy.as_ref(),
        ..Request::page(&url)
    };
    let mut envelope = Envelope::new(Credentials::from_url(&url).0, now);
    let mut room = Room::default();
    envelope.entry = Some(Claimed::of(&claimed));
    let envelope = match client.get(&request).await {
        Ok(mut answer) => {
            room = std::mem::take(&mut answer.room);
            envelope.at = answer.page.fetched_at;
            envelope.cost = cost(&answer.hops, answer.page.body.len());
            envelope.trail = Trail::of_answer(&answer);
            envelope.validators = Some(stored(std::mem::take(&mut answer.validators)));
            if let Some(id) = known.filter(|_| answer.not_modified) {
                envelope.with(Captured::Unchanged(Some(id)))
            } else {
                let (page, urls) = page_of(answer);
                envelope.urls = urls;
                envelope.with(captured(page, hints))
            }
        }
        Err(failure) => {
            let now = crate::clock::now();
            envelope.at = now;
            envelope.cost = cost(&failure.hops, 0);
            envelope.trail = Trail::of_failure(&failure);
            let again_at = back_off.again_at(claimed.attempts, &failure, now);
            if let Some(page) = stand_in(&hints, &url, &failure, again_at, now) {
                envelope.urls = page.url.iter().cloned().collect();
                envelope.with(captured(page, hints))
            } else {
                envelope.entry = Some(Claimed { again_at, ..Claimed::of(&claimed) });
                envelope.with(Captured::Failed(failure.reason))
            }
        }
    };
    Fetched { envelope, room, host, told: None, answers: None }
}

/// The feed's own text for a page that will not be asked for again, or that only leads in
/// circles, as consent walls do with visitors who keep no cookies.
fn stand_in(
    said: &PageHints,
    url: &str,
    failure: &Failure,
    again_at: Option<Timestamp>,
    now: Timestamp,
) -> Option<Page> {
    let why = failure.reason.kind;
    let is_last = again_at.is_none() || why == ReasonKind::RedirectLoop;
    let entry = said.entry.as_ref().filter(|_| said.source.full_text != FullText::Page);
    if is_last { feed_text::in_place_of(entry?, url, now, why) } else { None }
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
    envelope.entry = Some(Claimed::of(&claimed));
    envelope.urls = claimed.url.iter().map(|url| Credentials::from_url(url).0).collect();
    envelope.alias = Some(claimed.name);
    let url = envelope.urls.first().map(String::as_str);
    let Some(page) = hints.entry.as_ref().and_then(|entry| feed_text::page(entry, url, now)) else {
        return envelope.with(Captured::Failed(Reason::of(ReasonKind::NoBody)));
    };
    envelope.with(Captured::Page(Box::new((page, hints))))
}
