//! Secrets that open a feed, and where they may go.

use std::fmt;

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, HeaderName, HeaderValue};
use url::Url;

use crate::base64;
use crate::origin::Origin;

/// Headers that prove who asks, bound to the origin (scheme, host and port) they are for.
///
/// They are sent to that origin alone, whatever redirects say and wherever the feed moves; they
/// are never printed, not even by `{:?}`, and cannot be serialised.
///
/// ```
/// use fetch::Credentials;
///
/// let secret = Credentials::new("https://example.org/feed").unwrap().basic("me", "hunter2");
/// assert!(!format!("{secret:?}").contains("hunter2"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    origin: Origin,
    headers: HeaderMap,
}

/// Why credentials cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// The URL they are for is none.
    #[error("credentials need the http(s) URL that they are for")]
    Url,
    /// A header's name or value has characters that headers cannot hold.
    #[error("header '{0}': its name or value cannot be sent; check for line ends")]
    Header(String),
}

impl Credentials {
    /// Credentials for the origin of `url`, with nothing in them yet.
    pub fn new(url: &str) -> Result<Self, CredentialsError> {
        let url = Url::parse(url).map_err(|_| CredentialsError::Url)?;
        let origin = Origin::of(&url).ok_or(CredentialsError::Url)?;
        Ok(Self { origin, headers: HeaderMap::new() })
    }

    /// Adds a user name and password (RFC 7617).
    #[must_use]
    pub fn basic(self, user: &str, password: &str) -> Self {
        let text = base64::encode(format!("{user}:{password}").as_bytes());
        self.with(AUTHORIZATION, &format!("Basic {text}"))
    }

    /// Adds a bearer token (RFC 6750).
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.with(AUTHORIZATION, &format!("Bearer {}", token.trim()))
    }

    /// Adds a `Cookie` header (RFC 6265 4.2).
    #[must_use]
    pub fn cookie(self, cookie: &str) -> Self {
        self.with(COOKIE, cookie.trim())
    }

    /// Adds any other header.
    pub fn header(self, name: &str, value: &str) -> Result<Self, CredentialsError> {
        let error = || CredentialsError::Header(name.to_owned());
        let header = HeaderName::try_from(name).map_err(|_| error())?;
        HeaderValue::from_str(value.trim()).map_err(|_| error())?;
        Ok(self.with(header, value.trim()))
    }

    /// Takes user name and password out of a URL: the URL without them, and the credentials
    /// where there were any. Nothing but this sees such a URL's secret.
    ///
    /// ```
    /// let (url, secret) = fetch::Credentials::from_url("https://me:pw@example.org/feed");
    /// assert_eq!(url, "https://example.org/feed");
    /// assert!(secret.is_some());
    /// ```
    #[must_use]
    pub fn from_url(text: &str) -> (String, Option<Self>) {
        let parsed = Url::parse(text.trim()).ok().filter(Url::has_host);
        let Some(mut url) = parsed else { return (after_at(text), None) };
        if url.username().is_empty() && url.password().is_none() {
            return (text.to_owned(), None);
        }
        let user = percent_decode(url.username());
        let password = percent_decode(url.password().unwrap_or_default());
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        if cleared.is_err() {
            return (String::new(), None);
        }
        let secret = Self::new(url.as_str()).ok().map(|secret| secret.basic(&user, &password));
        (url.into(), secret)
    }

    /// The headers, if `url` is of the origin that they are for.
    pub(crate) fn headers_for(&self, url: &Url) -> Option<&HeaderMap> {
        (Origin::of(url).as_ref() == Some(&self.origin)).then_some(&self.headers)
    }

    fn with(mut self, name: HeaderName, value: &str) -> Self {
        // A value that no header can hold is left out: the origin will answer 401.
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
        self
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({} header(s) for {})", self.headers.len(), self.origin)
    }
}

/// What is left of a text that is no URL when all that may be a password is cut off.
fn after_at(text: &str) -> String {
    text.rsplit_once('@').map_or(text, |(_, rest)| rest).to_owned()
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let mut ahead = rest.clone();
        let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = ahead;
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_stay_with_their_origin() {
        let secret = Credentials::new("https://example.org/feed").unwrap().bearer("t0ken");
        let sent = |url: &str| secret.headers_for(&Url::parse(url).unwrap()).is_some();
        assert!(sent("https://EXAMPLE.org:443/other?x"));
        for other in [
            "http://example.org/feed",
            "https://example.org:8443/feed",
            "https://www.example.org/feed",
            "https://example.org.evil.test/feed",
        ] {
            assert!(!sent(other), "{other}");
        }
    }

    #[test]
    fn a_password_in_a_url_is_taken_out_of_it() {
        let (url, secret) = Credentials::from_url("http://a%40b:p%3Aw%%@example.org/feed?x=1");
        assert_eq!(url, "http://example.org/feed?x=1");
        let secret = secret.unwrap();
        let headers = secret.headers_for(&Url::parse(&url).unwrap()).unwrap();
        let expected = format!("Basic {}", base64::encode(b"a@b:p:w%%"));
        assert_eq!(headers.get(AUTHORIZATION).unwrap().to_str().unwrap(), expected);
        assert!(!format!("{headers:?}").contains("Basic"));
        let plain = "http://example.org/a@b";
        assert!(matches!(Credentials::from_url(plain), (url, None) if url == plain));
    }

    #[test]
    fn headers_that_would_break_the_request_are_refused() {
        let new = || Credentials::new("https://example.org/").unwrap();
        assert!(new().header("X-Key", "a\r\nHost: evil").is_err());
        assert!(new().header("X Key", "a").is_err());
        assert!(new().header("X-Key", "a").is_ok());
        assert!(Credentials::new("file:///etc/passwd").is_err());
    }
}
