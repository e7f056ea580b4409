//! What is asked.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Credentials, Proxy};

/// What kind of thing is asked for: it decides the `Accept` header and the cap on bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// A feed.
    Feed,
    /// An article page.
    Page,
    /// A robots.txt: beyond 500 KiB it is cut, not refused (RFC 9309 2.5).
    Robots,
    /// A sitemap or sitemap index.
    Sitemap,
}

impl Accept {
    pub(crate) const fn header(self) -> &'static str {
        match self {
            Self::Feed => {
                "application/atom+xml, application/rss+xml, application/feed+json, \
                 application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
            }
            Self::Page => "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.1",
            Self::Robots => "text/plain, */*;q=0.1",
            Self::Sitemap => "application/xml, text/xml, application/gzip;q=0.9, */*;q=0.1",
        }
    }
}

/// What an origin gave to tell whether something changed (RFC 9110 8.8): opaque texts, sent back
/// exactly.
///
/// Store those of the last complete answer *whose content could be read*, both together, in the
/// transaction that stores the content: a missing one has been dropped by the origin and is to
/// be forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// `ETag`, quotes and `W/` included.
    pub etag: Option<String>,
    /// `Last-Modified`, as it was written.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Is there nothing to send back?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// One request. Start from [`Request::feed`], [`Request::page`] or [`Request::sitemap`].
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The URL. A user name and password in it are sent to its origin and nowhere shown.
    pub url: &'a str,
    /// What is asked for.
    pub accept: Accept,
    /// Makes the request conditional: the answer may be "not modified".
    pub validators: Option<&'a Validators>,
    /// Opens what is not public; sent to the origin it is for only.
    pub credentials: Option<&'a Credentials>,
    /// Goes through this proxy in place of the settings' one.
    pub proxy: Option<&'a Proxy>,
    /// Asks robots.txt first, at each host that a redirect leads to.
    pub robots: bool,
    /// How long to wait at most for a slot at the host, per hop; beyond it the answer is a
    /// failure that says when to come back.
    pub patience: Duration,
    /// Deadline in place of the settings' one.
    pub timeout: Option<Duration>,
    /// Cap on decoded bytes in place of the settings' one.
    pub limit: Option<usize>,
}

impl<'a> Request<'a> {
    /// A feed that the user asked for: robots.txt is not asked.
    #[must_use]
    pub fn feed(url: &'a str) -> Self {
        Self::new(url, Accept::Feed, false)
    }

    /// An article page, under robots.txt.
    #[must_use]
    pub fn page(url: &'a str) -> Self {
        Self::new(url, Accept::Page, true)
    }

    /// A sitemap, under robots.txt.
    #[must_use]
    pub fn sitemap(url: &'a str) -> Self {
        Self::new(url, Accept::Sitemap, true)
    }

    pub(crate) fn new(url: &'a str, accept: Accept, robots: bool) -> Self {
        Self {
            url,
            accept,
            validators: None,
            credentials: None,
            proxy: None,
            robots,
            patience: Duration::from_secs(5),
            timeout: None,
            limit: None,
        }
    }
}
