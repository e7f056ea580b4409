//! Where a redirect leads.

use record::{Reason, ReasonKind};
use url::Url;

/// Longest URL that is asked for, in bytes. RFC 9110 4.1 asks for at least 8,000.
const MAX_LENGTH: usize = 8192;

/// Is this status a redirect that a GET follows (RFC 9110 15.4)?
pub(crate) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

/// Does this redirect say that the URL moved for good?
pub(crate) fn is_permanent(status: u16) -> bool {
    matches!(status, 301 | 308)
}

/// The URL that `location` names on the page at `base`: only http and https, never with the
/// user name or password that it may carry, with the fragment of neither.
pub(crate) fn target(base: &Url, location: &str) -> Result<Url, Reason> {
    let bad = |detail: String| Reason::new(ReasonKind::BadUrl, detail);
    if location.len() > MAX_LENGTH {
        return Err(bad(format!("a redirect to a URL of {} bytes", location.len())));
    }
    let url = base.join(location).map_err(|e| bad(format!("a redirect to no URL: {e}")))?;
    parse(url.as_str()).map_err(|reason| bad(format!("a redirect to {}", reason.detail)))
}

/// A URL that can be asked for.
pub(crate) fn parse(text: &str) -> Result<Url, Reason> {
    let bad = |detail: String| Reason::new(ReasonKind::BadUrl, detail);
    if text.len() > MAX_LENGTH {
        return Err(bad(format!("a URL of {} bytes (at most {MAX_LENGTH})", text.len())));
    }
    let mut url = Url::parse(text.trim()).map_err(|e| bad(e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad(format!("the scheme is {}", url.scheme())));
    }
    url.set_fragment(None);
    if url.set_username("").and_then(|()| url.set_password(None)).is_err() {
        return Err(bad("it has no host".to_owned()));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_read_as_browsers_do() {
        let base = Url::parse("http://example.org/a/b?c").unwrap();
        let to = |location: &str| target(&base, location).map(String::from);
        assert_eq!(to("../x").unwrap(), "http://example.org/x");
        assert_eq!(to("//other.test/y#z").unwrap(), "http://other.test/y");
        assert_eq!(to("https://me:pw@other.test").unwrap(), "https://other.test/");
        assert_eq!(to("http://0x7f.1/").unwrap(), "http://127.0.0.1/");
        for bad in ["file:///etc/passwd", "javascript:alert(1)", "gopher://x/", "http://"] {
            assert_eq!(to(bad).unwrap_err().kind, ReasonKind::BadUrl, "{bad}");
        }
        assert!(to(&"x".repeat(9000)).is_err());
    }
}
