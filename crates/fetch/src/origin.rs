//! Where a URL's requests go.

use std::fmt;

use url::Url;

/// Scheme, host and port of a URL (RFC 6454): what credentials are bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: String,
    host: HostKey,
}

impl Origin {
    /// The origin of an http(s) URL.
    pub(crate) fn of(url: &Url) -> Option<Self> {
        Some(Self { scheme: url.scheme().to_owned(), host: HostKey::of(url)? })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.host)
    }
}

/// A host as it is paced: name and port, `example.org:443`. http and https of one name are two
/// hosts, as their ports are.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostKey(String);

impl HostKey {
    /// The host of an http(s) URL; `None` for other URLs.
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        Self::of(&Url::parse(url).ok()?)
    }

    /// As it is stored: name (or literal address), a colon and the port.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key that was stored before.
    #[must_use]
    pub fn from_stored(text: &str) -> Self {
        Self(text.to_owned())
    }

    pub(crate) fn of(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        let host = url.host_str()?.trim_end_matches('.');
        Some(Self(format!("{host}:{}", url.port_or_known_default()?)))
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
