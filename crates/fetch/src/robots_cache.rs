//! The robots.txt copies of all hosts, within a budget of bytes, each asked for by one at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use record::{Reason, ReasonKind};
use url::Url;

use crate::origin::HostKey;
use crate::redirect::is_redirect;
use crate::robots_copy::{Copy, Outcome};
use crate::{Accept, Client, Failure, Request};

/// All copies together take no more bytes than this, about; the oldest are forgotten first.
const BUDGET: usize = 16 << 20;

#[derive(Default)]
pub(crate) struct RobotsCache {
    map: Mutex<Copies>,
}

#[derive(Default)]
struct Copies {
    slots: HashMap<HostKey, Slot>,
    bytes: usize,
}

#[derive(Default)]
struct Slot {
    /// Who holds it asks; the others wait and use the answer.
    door: Arc<tokio::sync::Mutex<()>>,
    copy: Option<Arc<Copy>>,
}

impl RobotsCache {
    pub(crate) fn copy(&self, host: &HostKey) -> Option<Arc<Copy>> {
        self.map().slots.get(host)?.copy.clone()
    }

    fn door(&self, host: &HostKey) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(&self.map().slots.entry(host.clone()).or_default().door)
    }

    pub(crate) fn set(&self, host: &HostKey, copy: Copy) -> Arc<Copy> {
        let copy = Arc::new(copy);
        let mut map = self.map();
        map.bytes += copy.rules.size();
        let slot = map.slots.entry(host.clone()).or_default();
        let old = slot.copy.replace(Arc::clone(&copy));
        map.bytes = map.bytes.saturating_sub(old.map_or(0, |old| old.rules.size()));
        map.forget(host);
        copy
    }

    fn map(&self) -> MutexGuard<'_, Copies> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Copies {
    /// Forgets the older half when the budget is spent.
    fn forget(&mut self, but: &HostKey) {
        if self.bytes <= BUDGET {
            return;
        }
        let times = self.slots.values().filter_map(|slot| slot.copy.as_ref()?.read_at);
        let mut times: Vec<_> = times.collect();
        times.sort_unstable();
        let middle = times.get(times.len() / 2).copied();
        self.slots.retain(|host, slot| {
            let young = slot.copy.as_ref().is_some_and(|copy| copy.read_at > middle);
            host == but || young || Arc::strong_count(&slot.door) > 1
        });
        let copies = self.slots.values().filter_map(|slot| slot.copy.as_ref());
        self.bytes = copies.map(|copy| copy.rules.size()).sum();
    }
}

impl Client {
    /// Does the host's robots.txt, asked for if need be, allow this URL?
    ///
    /// # Errors
    /// A reason when it does not, with the time to come back when it could not be had; a failure
    /// to even ask (a hold, no slot) is handed on.
    pub(crate) async fn obey(&self, url: &Url, request: &Request<'_>) -> Result<(), Obeyed> {
        let Some(host) = HostKey::of(url) else { return Ok(()) };
        let copy = self.robots_copy(&host, url, request).await?;
        self.hosts.set_crawl_delay(&host, copy.rules.crawl_delay);
        let path = url
            .query()
            .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        if copy.allows(&path) {
            return Ok(());
        }
        Err(Obeyed::Forbidden(copy.reason(), copy.closed.then_some(copy.expires)))
    }

    async fn robots_copy(
        &self,
        host: &HostKey,
        url: &Url,
        request: &Request<'_>,
    ) -> Result<Arc<Copy>, Obeyed> {
        let fresh = || {
            let now = (self.settings.clock)();
            self.robots.copy(host).filter(|copy| !copy.is_stale(now))
        };
        if let Some(copy) = fresh() {
            return Ok(copy);
        }
        let door = self.robots.door(host);
        let _asking = door.lock().await;
        if let Some(copy) = fresh() {
            return Ok(copy);
        }
        let before = self.robots.copy(host);
        let copy = self.ask_robots(url, request, before.as_deref()).await?;
        self.hosts.mark(host);
        Ok(self.robots.set(host, copy))
    }

    async fn ask_robots(
        &self,
        url: &Url,
        request: &Request<'_>,
        before: Option<&Copy>,
    ) -> Result<Copy, Obeyed> {
        let mut robots = url.clone();
        robots.set_path("/robots.txt");
        robots.set_query(None);
        let ask = Request {
            proxy: request.proxy,
            patience: request.patience,
            timeout: request.timeout,
            ..Request::new(robots.as_str(), Accept::Robots, false)
        };
        // Boxed because asking for robots.txt is itself a request.
        let answer = Box::pin(self.get(&ask)).await;
        let outcome = match &answer {
            Ok(answer) => Outcome::File(&answer.page.body, answer.freshness.fresh_for),
            Err(failure) if failure.unsent && failure.reason.kind == ReasonKind::HostHold => {
                return Err(Obeyed::NotAsked(failure.retry_at));
            }
            Err(failure) => outcome_of(failure),
        };
        let now = (self.settings.clock)();
        Ok(Copy::after(before, outcome, self.product(), now))
    }

    /// The product token: the start of the `User-Agent`.
    fn product(&self) -> &str {
        self.settings.product.split(['/', ' ']).next().unwrap_or_default()
    }
}

/// Why a page may not be asked for.
pub(crate) enum Obeyed {
    /// Forbidden, perhaps until then.
    Forbidden(Reason, Option<jiff::Timestamp>),
    /// robots.txt itself could not be asked for yet.
    NotAsked(Option<jiff::Timestamp>),
}

fn outcome_of(failure: &Failure) -> Outcome<'_> {
    match (failure.status, failure.reason.kind) {
        (Some(status), ReasonKind::RedirectLoop) if is_redirect(status) => Outcome::Absent,
        (Some(400..=428 | 430..=499), _) => Outcome::Absent,
        _ => Outcome::Unreachable(&failure.reason),
    }
}
