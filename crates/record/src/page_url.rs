//! The canonical URL of a page.

use std::fmt;

use url::{Host, Url};

use crate::tracking::is_tracking;

/// An http(s) URL with everything removed that does not name the page: credentials, default
/// port, fragment, tracking parameters and session ids. Host in lower case (punycode), path
/// and the order of the other parameters as they were, a trailing slash kept.
///
/// It is for naming and comparing; what is *fetched* is the URL as it was published.
///
/// ```
/// use record::PageUrl;
///
/// let url = PageUrl::parse("HTTPS://me:pw@Example.ORG:443/a?utm_source=x&id=7#top").unwrap();
/// assert_eq!(url.as_str(), "https://example.org/a?id=7");
/// assert!(PageUrl::parse("ftp://example.org/").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageUrl(String);

/// Why a text is not a page's URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageUrlError {
    /// Not a URL at all.
    #[error("not a URL: {0}")]
    Syntax(#[from] url::ParseError),
    /// Another scheme than http or https.
    #[error("not an http(s) URL: the scheme is {0}")]
    Scheme(String),
    /// Longer than any page's address has a reason to be.
    #[error("a URL of {0} bytes (at most 8192)")]
    Length(usize),
}

/// Longest URL taken, in bytes. RFC 9110 4.1 asks for at least 8,000.
const MAX_LENGTH: usize = 8192;

impl PageUrl {
    /// Canonicalises `text`. Idempotent: a canonical URL comes back as it is.
    pub fn parse(text: &str) -> Result<Self, PageUrlError> {
        if text.len() > MAX_LENGTH {
            return Err(PageUrlError::Length(text.len()));
        }
        Self::from_url(Url::parse(text.trim())?)
    }

    /// Canonicalises `reference` as it stands on the page at `base`.
    pub fn join(base: &str, reference: &str) -> Result<Self, PageUrlError> {
        if reference.len() > MAX_LENGTH {
            return Err(PageUrlError::Length(reference.len()));
        }
        Self::from_url(Url::parse(base)?.join(reference.trim())?)
    }

    fn from_url(mut url: Url) -> Result<Self, PageUrlError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(PageUrlError::Scheme(url.scheme().to_owned()));
        }
        url.set_fragment(None);
        // Fails only for URLs without a host, which http(s) URLs are not.
        if url.set_username("").and_then(|()| url.set_password(None)).is_err() {
            return Err(PageUrlError::Syntax(url::ParseError::EmptyHost));
        }
        let host = url.host_str().unwrap_or_default();
        let rooted = host.trim_end_matches('.');
        if rooted.len() != host.len() {
            let rooted = rooted.to_owned();
            url.set_host(Some(&rooted))?;
        }
        let path = without_session(url.path());
        if path != url.path() {
            url.set_path(&path);
        }
        let query = url.query().map(kept_parameters);
        url.set_query(query.as_deref().filter(|q| !q.is_empty()));
        let text = String::from(url);
        if text.len() > MAX_LENGTH {
            return Err(PageUrlError::Length(text.len()));
        }
        Ok(Self(text))
    }

    /// The URL, with the scheme that it was seen with.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What names the page: the URL with http and https taken as one.
    #[must_use]
    pub fn identity(&self) -> String {
        match self.0.strip_prefix("http://") {
            Some(rest) => format!("https://{rest}"),
            None => self.0.clone(),
        }
    }

    /// The host, without a port.
    #[must_use]
    pub fn host(&self) -> &str {
        let authority = self.authority();
        match authority.rfind(':') {
            Some(colon) if !authority.ends_with(']') => authority.get(..colon).unwrap_or(authority),
            _ => authority,
        }
    }

    /// The registrable domain of the host by the public suffix list, private part included;
    /// the host itself for addresses and hosts that have none.
    #[must_use]
    pub fn domain(&self) -> &str {
        registrable_domain(self.host())
    }

    /// The path with the query: everything after the authority.
    #[must_use]
    pub fn path_and_query(&self) -> &str {
        let start = self.0.find("://").map_or(0, |at| at + 3) + self.authority().len();
        self.0.get(start..).unwrap_or("/")
    }

    /// Is this the front page of its host?
    #[must_use]
    pub fn is_front_page(&self) -> bool {
        matches!(
            self.path_and_query(),
            "" | "/" | "/index.html" | "/index.htm" | "/index.php" | "/home"
        )
    }

    fn authority(&self) -> &str {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        rest.split(['/', '?']).next().unwrap_or(rest)
    }
}

/// The registrable domain of `host` (`news.example.co.uk` → `example.co.uk`).
#[must_use]
pub fn registrable_domain(host: &str) -> &str {
    match Host::parse(host) {
        Ok(Host::Domain(_)) => psl::domain_str(host).unwrap_or(host),
        _ => host,
    }
}

fn kept_parameters(query: &str) -> String {
    let mut kept = String::with_capacity(query.len());
    for parameter in query.split('&').filter(|p| !p.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if !is_tracking(name, value) {
            if !kept.is_empty() {
                kept.push('&');
            }
            kept.push_str(parameter);
        }
    }
    kept
}

/// The path without `;jsessionid=…` parameters (Jakarta Servlet 6.0, 7.1.3) and their kin.
fn without_session(path: &str) -> String {
    let mut segments = path.split('/').map(|segment| {
        let mut parts = segment.split(';');
        let mut kept = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            if !is_tracking(name, value) {
                kept.push(';');
                kept.push_str(part);
            }
        }
        kept
    });
    let mut out = segments.next().unwrap_or_default();
    for segment in segments {
        out.push('/');
        out.push_str(&segment);
    }
    out
}

impl fmt::Display for PageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for PageUrl {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn canonical(text: &str) -> String {
        PageUrl::parse(text).unwrap().0
    }

    #[test]
    fn what_does_not_name_the_page_goes() {
        assert_eq!(canonical("http://E.org:80/a/?fbclid=1&b=2&a=1#x"), "http://e.org/a/?b=2&a=1");
        assert_eq!(canonical("https://e.org/a;jsessionid=1F.n1?x=1"), "https://e.org/a?x=1");
        assert_eq!(canonical("https://e.org/a?utm_medium=rss"), "https://e.org/a");
        assert_eq!(canonical("https://bücher.example./"), "https://xn--bcher-kva.example/");
        assert_eq!(canonical("https://e.org:8443/?q=%C3%A9"), "https://e.org:8443/?q=%C3%A9");
    }

    #[test]
    fn http_and_https_are_one_page() {
        let plain = PageUrl::parse("http://e.org/a").unwrap();
        let secure = PageUrl::parse("https://e.org/a").unwrap();
        assert_ne!(plain, secure);
        assert_eq!(plain.identity(), secure.identity());
    }

    #[test]
    fn hosts_and_domains_are_told() {
        let url = PageUrl::parse("https://www.news.example.co.uk:8080/a?b").unwrap();
        assert_eq!(url.host(), "www.news.example.co.uk");
        assert_eq!(url.domain(), "example.co.uk");
        assert_eq!(url.path_and_query(), "/a?b");
        let github = PageUrl::parse("https://someone.github.io/a").unwrap();
        assert_eq!(github.domain(), "someone.github.io");
        let address = PageUrl::parse("http://[::1]:80/").unwrap();
        assert_eq!((address.host(), address.domain()), ("[::1]", "[::1]"));
        assert!(address.is_front_page());
    }

    #[test]
    fn other_things_are_refused() {
        for bad in ["", "/a", "mailto:a@b.c", "javascript:alert(1)", "http://", "file:///etc"] {
            assert!(PageUrl::parse(bad).is_err(), "{bad}");
        }
        assert!(PageUrl::parse(&format!("http://e.org/{}", "a".repeat(9000))).is_err());
    }

    proptest! {
        #[test]
        fn canonical_is_a_fixed_point(
            text in "https?://[a-zA-Zé.]{1,12}(:[0-9]{1,4})?(/[ -~é]{0,12}){0,3}(\\?[ -~é]{0,30})?"
        ) {
            if let Ok(url) = PageUrl::parse(&text) {
                prop_assert_eq!(PageUrl::parse(url.as_str()), Ok(url.clone()));
                prop_assert!(PageUrl::parse(&url.identity()).is_ok());
            }
        }
    }
}
