//! The client: a request and its redirects, one hop after another.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use record::{Page, Reason, ReasonKind};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::{Host as UrlHost, Url};

use crate::hop::{Asked, Exchange, Exchanged};
use crate::hosts::{Host, Hosts};
use crate::origin::HostKey;
use crate::pace::{Ending, Limits};
use crate::redirect::{self, is_permanent};
use crate::resolve::Blocked;
use crate::robots_cache::{Obeyed, RobotsCache};
use crate::wires::{KEPT, Wire, Wires};
use crate::{
    Accept, Answer, Credentials, Error, Failure, Freshness, Hop, Proxy, Request, Room, Settings,
    Validators, robots,
};

/// Asks the web, politely and within limits. One for the whole program: it paces all requests
/// to a host, whoever makes them.
pub struct Client {
    pub(crate) settings: Settings,
    pub(crate) wires: Wires,
    pub(crate) hosts: Hosts,
    pub(crate) large: Arc<Semaphore>,
    pub(crate) robots: RobotsCache,
}

/// What one request has been through so far.
struct Trip {
    hops: Vec<Hop>,
    wire_time: Duration,
    moved: Option<Url>,
    all_permanent: bool,
}

impl Client {
    /// A client with these settings.
    ///
    /// # Errors
    /// When the CA file cannot be read or TLS cannot be set up.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let limits = Limits {
            per_host: settings.per_host,
            delay: settings.host_delay,
            max_hold: settings.max_hold,
        };
        Ok(Self {
            wires: Wires::new(&settings)?,
            hosts: Hosts::new(limits, (settings.clock)()),
            large: Arc::new(Semaphore::new(settings.large_bodies.max(1))),
            robots: RobotsCache::default(),
            settings,
        })
    }

    /// Asks for one URL and follows its redirects to a complete answer.
    ///
    /// Every hop waits for its slot at its host, is judged by the address guard and, where the
    /// request says so, by robots.txt. Cancelling (dropping the future) is safe at any time.
    ///
    /// # Errors
    /// A [`Failure`] says what went wrong, who is to blame and when to come back.
    pub async fn get(&self, request: &Request<'_>) -> Result<Answer, Failure> {
        let mut trip =
            Trip { hops: Vec::new(), wire_time: Duration::ZERO, moved: None, all_permanent: true };
        let (mut url, own) = match first(request.url) {
            Ok(first) => first,
            Err((shown, reason)) => return Err(trip.failure(&shown, reason)),
        };
        let mut asked = None;
        let credentials = request.credentials.or(own.as_ref());
        loop {
            match self.hop(request, &url, credentials, &mut trip).await? {
                Exchange::Redirect { status, location } => {
                    let target = self.redirected(&mut trip, &url, status, &location)?;
                    asked.get_or_insert(std::mem::replace(&mut url, target));
                }
                Exchange::NotModified { head } => {
                    let sent = request.validators.cloned().unwrap_or_default();
                    let validators = head.renewed(&sent);
                    return Ok(self.answer(trip, asked.as_ref(), &url, (head, validators), None));
                }
                Exchange::Complete { head, body, room } => {
                    let validators = head.validators();
                    let body = Some((body, room));
                    return Ok(self.answer(trip, asked.as_ref(), &url, (head, validators), body));
                }
            }
        }
    }

    /// Until when a host is held, by its own `Retry-After` or because it was down: nothing of it
    /// is worth claiming before.
    #[must_use]
    pub fn held_until(&self, host: &HostKey) -> Option<Timestamp> {
        self.hosts.held(host).map(|at| self.wall(at))
    }

    /// Holds a host until then, as at a start after a hold was stored; never shortens a hold.
    /// No hold is longer than `max_hold` from now, whatever the clock did meanwhile.
    pub fn hold(&self, host: &HostKey, until: Timestamp) {
        let now = (self.settings.clock)();
        let Ok(wait) = Duration::try_from(until.duration_since(now)) else { return };
        let wait = wait.min(self.settings.max_hold);
        self.hosts.hold(host, self.hosts.now().checked_add(wait).unwrap_or(until));
    }

    /// One hop: judged, in its turn, within what is left of the deadline.
    async fn hop(
        &self,
        request: &Request<'_>,
        url: &Url,
        credentials: Option<&Credentials>,
        trip: &mut Trip,
    ) -> Result<Exchange, Failure> {
        let proxy = request.proxy.or(self.settings.proxy.as_ref());
        let proxy = proxy.filter(|proxy| proxy.serves(url.host_str().unwrap_or_default()));
        self.judge(url).map_err(|reason| trip.unsent(url, reason))?;
        let wire = self.wire(url, proxy).await.map_err(|reason| trip.unsent(url, reason))?;
        if request.robots {
            self.obey(url, request).await.map_err(|obeyed| trip.disobedient(url, obeyed))?;
        }
        let key =
            HostKey::of(url).ok_or_else(|| trip.unsent(url, Reason::of(ReasonKind::BadUrl)))?;
        let place = match self.hosts.enter(&key, request.patience).await {
            Ok(place) => place,
            Err(at) => return Err(trip.held(url, self.wall(at))),
        };
        let timeout = request.timeout.unwrap_or(self.settings.timeout);
        let started = Instant::now();
        let asked = Asked {
            request,
            url,
            headers: credentials.and_then(|credentials| credentials.headers_for(url)),
            wire: &wire,
            limit: request.limit.unwrap_or_else(|| self.limit(request.accept)),
            timeout,
            kept: self.hosts.may_be_kept(&place, KEPT),
        };
        let deadline = started + timeout.saturating_sub(trip.wire_time);
        let exchanged = self.exchange(&asked, deadline).await;
        let host = place.leave();
        trip.wire_time += started.elapsed().saturating_sub(exchanged.waited);
        self.learn((&host, &key), url, exchanged, trip)
    }

    /// Tells host and trip how an exchange went.
    #[expect(clippy::result_large_err, reason = "it is the public error, moved a few times")]
    fn learn(
        &self,
        (host, key): (&Host, &HostKey),
        url: &Url,
        exchanged: Exchanged,
        trip: &mut Trip,
    ) -> Result<Exchange, Failure> {
        let status = exchanged.hop.as_ref().map(|hop| hop.status);
        let reason = exchanged.outcome.as_ref().err();
        let ending = match (status, reason) {
            (Some(status), _) => Ending::Answered(status, exchanged.retry_after),
            (None, Some(reason)) => Ending::Failed(reason.kind),
            (None, None) => Ending::Failed(ReasonKind::BrokenAnswer),
        };
        let held = self.hosts.learn(host, key, ending);
        trip.hops.extend(exchanged.hop);
        exchanged.outcome.map_err(|reason| {
            let asked = exchanged.retry_after.and_then(|wait| self.after(wait));
            let retry_at = held.map(|at| self.wall(at)).max(asked);
            Failure { status, retry_at, ..trip.failure(url.as_str(), reason) }
        })
    }

    #[expect(clippy::result_large_err, reason = "it is the public error, moved a few times")]
    fn redirected(
        &self,
        trip: &mut Trip,
        url: &Url,
        status: u16,
        location: &str,
    ) -> Result<Url, Failure> {
        let target = redirect::target(url, location).map_err(|reason| Failure {
            status: Some(status),
            ..trip.failure(url.as_str(), reason)
        })?;
        if trip.hops.len() > self.settings.max_redirects {
            let detail = format!("more than {}", self.settings.max_redirects);
            let reason = Reason::new(ReasonKind::RedirectLoop, detail);
            return Err(Failure { status: Some(status), ..trip.failure(url.as_str(), reason) });
        }
        trip.all_permanent &= is_permanent(status);
        if trip.all_permanent {
            trip.moved = Some(target.clone());
        }
        Ok(target)
    }

    /// May this URL be asked for at all? Names are judged when they are resolved.
    fn judge(&self, url: &Url) -> Result<(), Reason> {
        let literal = match url.host() {
            Some(UrlHost::Ipv4(address)) => Some(address.into()),
            Some(UrlHost::Ipv6(address)) => Some(address.into()),
            _ => None,
        };
        if let Some(address) = literal.filter(|address| !self.wires.resolver.guard.allows(*address))
        {
            let detail = format!("the address {address} is not public");
            return Err(Reason::new(ReasonKind::BlockedAddress, detail));
        }
        if url.scheme() == "https" && self.wires.no_roots {
            let detail = "this machine has no CA certificates: install the package \
                          ca-certificates or set fetch.ca_file";
            return Err(Reason::new(ReasonKind::Tls, detail));
        }
        Ok(())
    }

    /// The wire for this URL. A name that is asked through a proxy is resolved and judged here,
    /// since the connector will only see the proxy; one that nobody here knows is the proxy's.
    async fn wire(&self, url: &Url, proxy: Option<&Proxy>) -> Result<Wire, Reason> {
        if let (Some(_), Some(UrlHost::Domain(name))) = (proxy, url.host())
            && let Err(error) = self.wires.resolver.resolve_host(name).await
            && let Some(blocked) = error.get_ref().filter(|error| error.is::<Blocked>())
        {
            return Err(Reason::new(ReasonKind::BlockedAddress, blocked.to_string()));
        }
        let wire = self.wires.through(proxy);
        wire.map_err(|e| Reason::new(ReasonKind::Connect, e.to_string()))
    }

    fn answer(
        &self,
        trip: Trip,
        asked: Option<&Url>,
        url: &Url,
        (head, validators): (crate::head::Head, Validators),
        body: Option<(Vec<u8>, Room)>,
    ) -> Answer {
        let fetched_at = (self.settings.clock)();
        let freshness: Freshness = head.freshness(fetched_at);
        let not_modified = body.is_none();
        let (body, room) = body.unwrap_or_default();
        Answer {
            page: Page {
                url: Some(url.as_str().to_owned()),
                requested_url: asked
                    .filter(|asked| *asked != url)
                    .map(|asked| asked.as_str().to_owned()),
                content_type: head.content_type(),
                body,
                fetched_at,
            },
            status: head.status,
            not_modified,
            validators,
            freshness,
            moved: trip.moved.map(String::from),
            hops: trip.hops,
            elapsed: trip.wire_time,
            room,
            head,
        }
    }

    fn limit(&self, accept: Accept) -> usize {
        match accept {
            Accept::Feed | Accept::Sitemap => self.settings.feed_limit,
            Accept::Page => self.settings.page_limit,
            Accept::Robots => robots::MAX_BYTES,
        }
    }

    /// So long from now, by the wall clock, and no longer than the longest hold.
    fn after(&self, wait: Duration) -> Option<Timestamp> {
        (self.settings.clock)().checked_add(wait.min(self.settings.max_hold)).ok()
    }

    /// A time of the hosts' steady clock, by the wall clock.
    pub(crate) fn wall(&self, steady: Timestamp) -> Timestamp {
        let now = (self.settings.clock)();
        now.checked_add(steady.duration_since(self.hosts.now())).unwrap_or(now)
    }
}

/// The URL to begin with, and the credentials that were in it; else what may be shown of it.
fn first(text: &str) -> Result<(Url, Option<Credentials>), (String, Reason)> {
    // A URL as almost all are is read once; what is odd is taken apart with care.
    if let Ok(url) = redirect::parse(text)
        && !text.contains('@')
    {
        return Ok((url, None));
    }
    let (shown, own) = Credentials::from_url(text);
    match redirect::parse(&shown) {
        Ok(url) => Ok((url, own)),
        Err(reason) => Err((shown, reason)),
    }
}

impl Trip {
    fn failure(&self, url: &str, reason: Reason) -> Failure {
        Failure {
            reason,
            status: None,
            retry_at: None,
            url: url.to_owned(),
            hops: self.hops.clone(),
            elapsed: self.wire_time,
            unsent: self.hops.is_empty() && self.wire_time.is_zero(),
        }
    }

    fn unsent(&self, url: &Url, reason: Reason) -> Failure {
        self.failure(url.as_str(), reason)
    }

    fn disobedient(&self, url: &Url, obeyed: Obeyed) -> Failure {
        let (reason, retry_at) = match obeyed {
            Obeyed::Forbidden(reason, retry_at) => (reason, retry_at),
            Obeyed::NotAsked(retry_at) => (Reason::of(ReasonKind::HostHold), retry_at),
        };
        Failure { retry_at, ..self.failure(url.as_str(), reason) }
    }

    fn held(&self, url: &Url, at: Timestamp) -> Failure {
        let reason = Reason::of(ReasonKind::HostHold);
        Failure { retry_at: Some(at), ..self.failure(url.as_str(), reason) }
    }
}
