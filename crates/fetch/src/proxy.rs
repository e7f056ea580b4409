//! A way around: requests through a proxy.

use std::fmt;

use url::Url;

/// A proxy with the hosts that are reached without it.
///
/// The proxy's own address is the operator's choice and exempt from the address guard. What is
/// asked through it is judged by its literal address or by what its name resolves to here; the
/// limit: an HTTP proxy (and `socks5h`) looks the name up again by itself, so a host whose DNS
/// answers change in between is in the hands of the proxy's own rules.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Proxy {
    url: String,
    except: Vec<String>,
}

/// Why a text is not a proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a proxy's URL; write http://, https://, socks5:// or socks5h:// with a host and port")]
pub struct ProxyError;

impl Proxy {
    /// A proxy by its URL, user name and password included. `except` are host names reached
    /// without it: `example.org` stands for itself and all below it, `*` for every host.
    pub fn new(url: &str, except: &[String]) -> Result<Self, ProxyError> {
        let parsed = Url::parse(url.trim()).map_err(|_| ProxyError)?;
        if !matches!(parsed.scheme(), "http" | "https" | "socks5" | "socks5h") {
            return Err(ProxyError);
        }
        parsed.host_str().filter(|host| !host.is_empty()).ok_or(ProxyError)?;
        let except = except.iter().map(|host| host.trim().trim_start_matches("*.").to_lowercase());
        Ok(Self { url: parsed.into(), except: except.filter(|h| !h.is_empty()).collect() })
    }

    /// No proxy at all: as a request's proxy it overrides the settings' one.
    #[must_use]
    pub fn direct() -> Self {
        Self { url: String::new(), except: vec!["*".to_owned()] }
    }

    /// Does a request to this host go through the proxy?
    pub(crate) fn serves(&self, host: &str) -> bool {
        let host = host.trim_end_matches('.').to_lowercase();
        !self.except.iter().any(|name| {
            let below = host.strip_suffix(name.trim_start_matches('.'));
            name == "*" || below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The proxy's own host, as the resolver will be asked for it.
    pub(crate) fn host(&self) -> Option<String> {
        Url::parse(&self.url).ok()?.host_str().map(str::to_owned)
    }
}

impl fmt::Debug for Proxy {
    /// Without user name and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.host().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_stand_for_a_host_and_all_below_it() {
        let except = ["example.org".to_owned(), "*.lan".to_owned()];
        let proxy = Proxy::new("http://me:secret@proxy.example:3128", &except).unwrap();
        for direct in ["example.org", "www.EXAMPLE.org", "example.org.", "nas.lan"] {
            assert!(!proxy.serves(direct), "{direct}");
        }
        for through in ["example.com", "badexample.org", "org"] {
            assert!(proxy.serves(through), "{through}");
        }
        assert_eq!(format!("{proxy:?}"), "Proxy(proxy.example)");
        assert!(!Proxy::direct().serves("example.org"));
        assert!(Proxy::new("ftp://proxy.example", &[]).is_err());
    }
}
