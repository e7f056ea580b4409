//! One web server on loopback.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread;
use std::time::{Duration, Instant};

use rustls::ServerConfig;

use crate::{Answer, Ask, Certificate, Hit, Site, connection};

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct Origin {
    address: SocketAddr,
    secure: bool,
    shared: Arc<Shared>,
}

/// What the connections' threads share.
#[derive(Debug)]
pub(crate) struct Shared {
    site: RwLock<Site>,
    started: Instant,
    stopped: AtomicBool,
    heard: Mutex<Heard>,
    pub(crate) tls: Option<Arc<ServerConfig>>,
}

#[derive(Debug, Default)]
struct Heard {
    hits: Vec<Hit>,
    visits: HashMap<String, usize>,
    connections: usize,
}

impl Origin {
    /// A plain HTTP server on 127.0.0.1 with a free port.
    pub fn start(site: Site) -> io::Result<Self> {
        Self::start_on(IpAddr::V4(Ipv4Addr::LOCALHOST), site)
    }

    /// Another site from now on: one that has the server's own address in it, say.
    pub fn change(&self, site: Site) {
        *self.shared.site.write().unwrap_or_else(PoisonError::into_inner) = site;
    }

    /// A plain HTTP server on this address with a free port.
    pub fn start_on(address: IpAddr, site: Site) -> io::Result<Self> {
        Self::listen((address, 0).into(), site, None)
    }

    /// A plain HTTP server at this very address: one that comes back.
    pub fn start_at(address: SocketAddr, site: Site) -> io::Result<Self> {
        Self::listen(address, site, None)
    }

    /// An HTTPS server on 127.0.0.1 with a free port.
    pub fn start_tls(certificate: Certificate, site: Site) -> io::Result<Self> {
        let address = (Ipv4Addr::LOCALHOST, 0).into();
        Self::listen(address, site, Some(certificate.config()?))
    }

    fn listen(address: SocketAddr, site: Site, tls: Option<Arc<ServerConfig>>) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let secure = tls.is_some();
        let shared = Arc::new(Shared {
            site: RwLock::new(site),
            started: Instant::now(),
            stopped: AtomicBool::new(false),
            heard: Mutex::default(),
            tls,
        });
        let for_thread = Arc::clone(&shared);
        thread::Builder::new()
            .name(format!("origin {address}"))
            .spawn(move || accept(&listener, &for_thread))?;
        Ok(Self { address, secure, shared })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of a path (with its leading slash) at this origin, its host a literal address.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }

    /// The same with a host name in place of the address.
    #[must_use]
    pub fn url_as(&self, host: &str, path: &str) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{host}:{}{path}", self.address.port())
    }

    /// Every request so far, in order of arrival.
    #[must_use]
    pub fn hits(&self) -> Vec<Hit> {
        self.shared.heard().hits.clone()
    }

    /// How many requests came so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.shared.heard().hits.len()
    }

    /// The requests so far for one path, whatever their query.
    #[must_use]
    pub fn hits_at(&self, path: &str) -> Vec<Hit> {
        let mut hits = self.hits();
        hits.retain(|hit| hit.target.split('?').next() == Some(path));
        hits
    }

    /// How many connections were made, with and without a request.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.heard().connections
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts; where that fails it is gone already.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
    }
}

impl Shared {
    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Writes a request down and finds its answer; the number names it for [`Self::done`].
    pub(crate) fn answer(&self, mut hit: Hit) -> (usize, Answer) {
        hit.at = self.started.elapsed();
        let path = hit.target.split('?').next().unwrap_or_default().to_owned();
        let (number, nth) = {
            let mut heard = self.heard();
            let visits = heard.visits.entry(path).or_default();
            let nth = *visits;
            *visits += 1;
            heard.hits.push(hit.clone());
            (heard.hits.len() - 1, nth)
        };
        (
            number,
            self.site
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .answer(&Ask { hit: &hit, nth }),
        )
    }

    pub(crate) fn done(&self, number: usize, sent: u64) {
        let done = self.started.elapsed();
        if let Some(hit) = self.heard().hits.get_mut(number) {
            hit.done = Some(done);
            hit.sent = sent;
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.is_stopped() {
            return;
        }
        let Ok(stream) = stream else { continue };
        let number = {
            let mut heard = shared.heard();
            heard.connections += 1;
            heard.connections - 1
        };
        let shared = Arc::clone(shared);
        let serve = move || connection::serve(stream, number, &shared);
        // No thread, no answer: the client sees a closed connection.
        drop(thread::Builder::new().name(format!("connection {number}")).spawn(serve));
    }
}
