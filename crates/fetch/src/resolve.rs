//! Host names to addresses that may be connected to.
//!
//! The guard sits inside the resolver that the connector asks: the addresses it passes are the
//! very ones that are connected to, so a second DNS answer has nothing to change.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::guard::Guard;

/// Looks a host name up, blocking, in place of the system's resolver.
pub type Lookup = Arc<dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync>;

/// The host has addresses, but none that may be connected to.
#[derive(Debug)]
pub(crate) struct Blocked(pub(crate) IpAddr);

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the host's address {} is not public", self.0)
    }
}

impl std::error::Error for Blocked {}

/// The resolver that is handed to the connector.
#[derive(Clone)]
pub(crate) struct Resolver {
    pub(crate) guard: Arc<Guard>,
    pub(crate) lookup: Option<Lookup>,
    /// A proxy's host, which is the operator's own choice and exempt from the guard.
    pub(crate) exempt: Option<String>,
}

impl Resolver {
    /// The addresses of `host` that may be connected to; port 0 stands for the scheme's own.
    pub(crate) async fn resolve_host(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        let found = self.look_up(host).await?;
        if self.exempt.as_deref() == Some(host) {
            return Ok(found);
        }
        let first = found.first().copied();
        let open: Vec<_> = found.into_iter().filter(|a| self.guard.allows(a.ip())).collect();
        match (open.is_empty(), first) {
            (false, _) => Ok(open),
            (true, Some(first)) => Err(io::Error::other(Blocked(first.ip()))),
            (true, None) => Err(io::Error::other("no addresses")),
        }
    }

    async fn look_up(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        match self.lookup.clone() {
            None => Ok(tokio::net::lookup_host((host, 0)).await?.collect()),
            Some(lookup) => {
                let host = host.to_owned();
                let found = tokio::task::spawn_blocking(move || lookup(&host)).await??;
                Ok(found.into_iter().map(|ip| SocketAddr::new(ip, 0)).collect())
            }
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.resolve_host(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
