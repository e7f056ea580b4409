//! What the operator decides about fetching.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::{Lookup, Net, Proxy};

/// Tells the time. Only the binary has a real one.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// All settings of a [`Client`](crate::Client), with the defaults of [`Settings::new`].
#[derive(Clone)]
pub struct Settings {
    /// Program and version, the start of the `User-Agent` and the robots.txt token
    /// (`newsluice/0.1.0`).
    pub product: String,
    /// A URL or mail address under which the operator can be reached; without one,
    /// [`Settings::user_agent`] has none and the binary should warn.
    pub contact: Option<String>,
    /// Deadline for a whole request: name, connection, redirects, headers and body. Time spent
    /// waiting for a slot at the host is not counted. Default 30 s.
    pub timeout: Duration,
    /// Networks that are open although they are not public (`fetch.allow_nets`).
    pub allow_nets: Vec<Net>,
    /// PEM file of certificate authorities to trust besides the system's.
    pub ca_file: Option<PathBuf>,
    /// Trust `ca_file` alone.
    pub ca_only: bool,
    /// The proxy that requests go through, where a request names no other.
    pub proxy: Option<Proxy>,
    /// Most decoded bytes of a feed or sitemap. Default 24 MiB.
    pub feed_limit: usize,
    /// Most decoded bytes of a page. Default 8 MiB.
    pub page_limit: usize,
    /// Most requests at once to one host. Default 2.
    pub per_host: usize,
    /// Least time between the starts of two requests to one host. Default 300 ms: at most four
    /// in any second, with room for the network's own jitter.
    pub host_delay: Duration,
    /// Longest pause that a host can impose, by `Retry-After` or `Crawl-delay`. Default 24 h.
    pub max_hold: Duration,
    /// Most redirects followed. Default 10.
    pub max_redirects: usize,
    /// How many answers larger than 1 MiB may be in memory at once. Default 2.
    pub large_bodies: usize,
    /// Looks host names up in place of the system's resolver.
    pub lookup: Option<Lookup>,
    /// The time of day, for `fetched_at` and for dates in headers.
    pub clock: Clock,
}

impl Settings {
    /// The defaults.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            product: concat!("newsluice/", env!("CARGO_PKG_VERSION")).to_owned(),
            contact: None,
            timeout: Duration::from_secs(30),
            allow_nets: Vec::new(),
            ca_file: None,
            ca_only: false,
            proxy: None,
            feed_limit: 24 << 20,
            page_limit: 8 << 20,
            per_host: 2,
            host_delay: Duration::from_millis(300),
            max_hold: Duration::from_hours(24),
            max_redirects: 10,
            large_bodies: 2,
            lookup: None,
            clock,
        }
    }

    /// The `User-Agent` of every request: `newsluice/0.1.0 (+https://example.org/about)`.
    #[must_use]
    pub fn user_agent(&self) -> String {
        match self.contact.as_deref().map(str::trim).filter(|contact| !contact.is_empty()) {
            Some(contact) if contact.contains("://") => format!("{} (+{contact})", self.product),
            Some(contact) => format!("{} ({contact})", self.product),
            None => self.product.clone(),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("user_agent", &self.user_agent())
            .field("timeout", &self.timeout)
            .field("allow_nets", &self.allow_nets)
            .field("proxy", &self.proxy)
            .finish_non_exhaustive()
    }
}
