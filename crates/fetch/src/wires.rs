//! The HTTP clients under the one client: one straight, one for each proxy.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect::Policy;

use crate::guard::Guard;
use crate::resolve::Resolver;
use crate::{Error, Proxy, Settings, roots};

/// How long a kept connection is used again.
pub(crate) const KEPT: Duration = Duration::from_secs(20);
/// Most bytes of headers in HTTP/2; in HTTP/1 hyper stops at about 400 KiB and 100 headers.
const MAX_HEADERS: u32 = 256 * 1024;

/// Where a request goes out: over kept connections, or over a fresh one.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) kept: reqwest::Client,
    pub(crate) fresh: reqwest::Client,
}

/// All wires, sharing one guard and one set of roots.
pub(crate) struct Wires {
    user_agent: String,
    per_host: usize,
    connect: Duration,
    tls: rustls::ClientConfig,
    pub(crate) no_roots: bool,
    pub(crate) resolver: Resolver,
    straight: Wire,
    proxied: Mutex<HashMap<Proxy, Wire>>,
}

impl Wires {
    pub(crate) fn new(settings: &Settings) -> Result<Self, Error> {
        let roots = roots::load(settings.ca_file.as_deref(), settings.ca_only)?;
        let guard = Arc::new(Guard::new(settings.allow_nets.clone()));
        let resolver = Resolver { guard, lookup: settings.lookup.clone(), exempt: None };
        let user_agent = settings.user_agent();
        let connect = settings.timeout.min(Duration::from_secs(10));
        let per_host = settings.per_host;
        let build = Build { user_agent: &user_agent, per_host, connect, tls: &roots.config };
        let straight = build.wire(&resolver, None)?;
        let (tls, no_roots) = (roots.config, roots.empty);
        let proxied = Mutex::default();
        Ok(Self { user_agent, per_host, connect, tls, no_roots, resolver, straight, proxied })
    }

    /// The wire for requests through `proxy`, made at the first use.
    pub(crate) fn through(&self, proxy: Option<&Proxy>) -> Result<Wire, Error> {
        let Some(proxy) = proxy else { return Ok(self.straight.clone()) };
        let mut proxied = self.proxied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wire) = proxied.get(proxy) {
            return Ok(wire.clone());
        }
        let (user_agent, per_host) = (self.user_agent.as_str(), self.per_host);
        let build = Build { user_agent, per_host, connect: self.connect, tls: &self.tls };
        let resolver = Resolver { exempt: proxy.host(), ..self.resolver.clone() };
        let wire = build.wire(&resolver, Some(proxy))?;
        proxied.insert(proxy.clone(), wire.clone());
        Ok(wire)
    }
}

struct Build<'a> {
    user_agent: &'a str,
    per_host: usize,
    connect: Duration,
    tls: &'a rustls::ClientConfig,
}

impl Build<'_> {
    fn wire(&self, resolver: &Resolver, proxy: Option<&Proxy>) -> Result<Wire, Error> {
        Ok(Wire {
            kept: self.client(resolver, proxy, self.per_host)?,
            fresh: self.client(resolver, proxy, 0)?,
        })
    }

    fn client(
        &self,
        resolver: &Resolver,
        proxy: Option<&Proxy>,
        idle: usize,
    ) -> Result<reqwest::Client, Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(self.user_agent)
            .redirect(Policy::none())
            .referer(false)
            .no_proxy()
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .tls_backend_preconfigured(self.tls.clone())
            .dns_resolver(resolver.clone())
            .http1_ignore_invalid_headers_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_allow_spaces_after_header_name_in_responses(true)
            .connect_timeout(self.connect)
            .pool_max_idle_per_host(idle)
            .pool_idle_timeout(KEPT)
            .http2_max_header_list_size(MAX_HEADERS);
        if let Some(proxy) = proxy {
            let proxy = reqwest::Proxy::all(proxy.url()).map_err(|e| Error::http(&e))?;
            builder = builder.proxy(proxy);
        }
        builder.build().map_err(|e| Error::http(&e))
    }
}
