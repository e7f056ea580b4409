//! `/healthz`, `/readyz` and `/metrics` on a loopback port, while a daemon runs.
//!
//! Three fixed answers to GET, one a connection: no routing, no bodies, no state. What is asked
//! comes from this machine; all the same heads are bounded in bytes and time, and connections
//! in number.

mod metrics;

use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::config::ConfigError;

/// Bytes of a request's head.
const MAX_HEAD: usize = 4096;
/// Time for one request and its answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at once; more wait in the system's queue.
const MAX_CONNECTIONS: usize = 8;

/// The open port.
#[derive(Debug)]
pub(crate) struct Endpoint {
    listener: StdListener,
    database: PathBuf,
}

impl Endpoint {
    /// Opens the port that the setting `http.listen` names, if it names one.
    ///
    /// # Errors
    /// A setting that is no loopback address with a port, or a port that is taken.
    pub(crate) fn open(listen: &str, database: &Path) -> anyhow::Result<Option<Self>> {
        if listen.is_empty() {
            return Ok(None);
        }
        let wrong = |why: &str| ConfigError::Value(format!("http.listen: '{listen}' {why}"));
        let address: SocketAddr = listen
            .parse()
            .map_err(|_| wrong("is no address with a port, such as 127.0.0.1:9090"))?;
        if !address.ip().is_loopback() {
            return Err(wrong("is not on loopback: put a proxy before it to open it wider").into());
        }
        let listener = StdListener::bind(address)
            .map_err(|error| anyhow::anyhow!("http.listen: {listen}: {error}"))?;
        listener.set_nonblocking(true)?;
        tracing::info!("health and metrics at http://{}/metrics", listener.local_addr()?);
        Ok(Some(Self { listener, database: database.to_owned() }))
    }

    /// Answers until it is dropped. Trouble with one connection is that connection's.
    pub(crate) async fn serve(self) -> std::io::Result<()> {
        let listener = TcpListener::from_std(self.listener)?;
        let mut connections = JoinSet::new();
        loop {
            while connections.len() >= MAX_CONNECTIONS {
                connections.join_next().await;
            }
            while connections.try_join_next().is_some() {}
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let database = self.database.clone();
            connections.spawn(async move {
                timeout(PATIENCE, talk(stream, database)).await.ok();
            });
        }
    }
}

async fn talk(mut stream: TcpStream, database: PathBuf) -> std::io::Result<()> {
    let head = read_head(&mut stream).await?;
    let answer = answer(&head, database).await;
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}

/// The head of the request, as far as it fits.
async fn read_head(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut head = Vec::with_capacity(512);
    let mut piece = [0; 512];
    while head.len() < MAX_HEAD && !head.windows(4).any(|w| w == b"\r\n\r\n") {
        let length = stream.read(&mut piece).await?;
        if length == 0 {
            break;
        }
        head.extend(piece.iter().take(length));
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

async fn answer(head: &str, database: PathBuf) -> String {
    let mut words = head.split_ascii_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if method != "GET" {
        return framed("405 Method Not Allowed", "text/plain", "only GET\n");
    }
    let path = target.split('?').next().unwrap_or_default();
    match path {
        // That this is answered at all says that the process gets on.
        "/healthz" => framed("200 OK", "text/plain", "alive\n"),
        "/readyz" | "/metrics" => {
            let wanted = path.to_owned();
            let asking = tokio::task::spawn_blocking(move || of_database(&wanted, &database));
            asking.await.unwrap_or_else(|_| framed("500 Internal Server Error", "text/plain", ""))
        }
        _ => framed("404 Not Found", "text/plain", "/healthz, /readyz or /metrics\n"),
    }
}

fn of_database(path: &str, database: &Path) -> String {
    let reader = store::Reader::open(database);
    if path == "/readyz" {
        return match reader.and_then(|reader| reader.next_sequence()) {
            Ok(_) => framed("200 OK", "text/plain", "ready\n"),
            Err(error) => framed("503 Service Unavailable", "text/plain", &format!("{error}\n")),
        };
    }
    let text = reader.map_err(anyhow::Error::from).and_then(|reader| metrics::text(&reader));
    match text {
        Ok(text) => framed("200 OK", metrics::MEDIA_TYPE, &text),
        Err(error) => framed("503 Service Unavailable", "text/plain", &format!("{error:#}\n")),
    }
}

fn framed(status: &str, media: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_opened() {
        let nowhere = Path::new("/nonexistent");
        assert!(Endpoint::open("", nowhere).unwrap().is_none());
        for listen in ["0.0.0.0:0", "[::]:0", "9090", "example.org:80"] {
            let message = Endpoint::open(listen, nowhere).unwrap_err().to_string();
            assert!(message.contains("http.listen"), "{message}");
        }
        assert!(Endpoint::open("127.0.0.1:0", nowhere).unwrap().is_some());
    }
}
