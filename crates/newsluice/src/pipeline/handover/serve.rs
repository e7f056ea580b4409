//! The daemon's side: frames into its first channel, an answer for each when it is committed.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use super::super::budget::Budget;
use super::super::envelope::{Captured, Envelope};
use super::super::live::Live;
use super::{ASKED, Done, Receipt, WINDOW, frame, socket_of};
use crate::disk::Disk;
use crate::shutdown::Shutdown;

/// Clients that hand over at once; more of them wait.
const CLIENTS: usize = 4;

/// Connections at once: who only asks is not to wait for those who hand over.
const CONNECTIONS: usize = 16;

/// The pause between two looks at a disk that is full.
const NO_ROOM: Duration = Duration::from_secs(1);

/// The open socket; it goes when this is dropped.
pub(in super::super) struct Hatch {
    listener: UnixListener,
    path: PathBuf,
}

impl Hatch {
    /// Opens the socket of this database, for its owner alone. Whoever judges calls it: a
    /// socket that is there already is that of a process that died.
    ///
    /// # Errors
    /// What the system says: a path above its limit (some 100 bytes), a folder that cannot be
    /// written.
    pub(in super::super) fn open(database: &Path) -> io::Result<Self> {
        let path = socket_of(database);
        // Made under another name: nobody is to find it before it is its owner's alone.
        let made = path.with_added_extension("1");
        let gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        std::fs::remove_file(&made).or_else(|e| if gone(&e) { Ok(()) } else { Err(e) })?;
        let listener = UnixListener::bind(&made)?;
        std::fs::set_permissions(&made, std::fs::Permissions::from_mode(0o600))?;
        std::fs::rename(&made, &path)?;
        Ok(Self { listener, path })
    }
}

impl Drop for Hatch {
    fn drop(&mut self) {
        // What stays is taken away by the next one.
        std::fs::remove_file(&self.path).ok();
    }
}

/// Where frames go, and until when.
#[derive(Clone)]
pub(in super::super) struct Way {
    pub(in super::super) output: Sender<Envelope<Captured>>,
    pub(in super::super) budget: Budget,
    /// What the run is doing, for who asks.
    pub(in super::super) live: Live,
    /// Where the database is: without room nothing is taken.
    pub(in super::super) disk: Disk,
    /// Asks to end.
    pub(in super::super) shutdown: Shutdown,
    /// True once the daemon's own source has ended.
    pub(in super::super) closing: watch::Receiver<bool>,
}

impl Way {
    /// Resolves once nothing more is to be taken.
    async fn closed(&self) {
        let mut closing = self.closing.clone();
        tokio::select! {
            () = self.shutdown.requested() => {}
            // An error means that the source is gone: closed as well.
            _ = closing.wait_for(|closing| *closing) => {}
        }
    }
}

/// Takes clients until the way is closed and everything taken has been answered.
pub(in super::super) async fn serve(hatch: Hatch, way: Way) {
    let mut clients = JoinSet::new();
    let places = Arc::new(Semaphore::new(CLIENTS));
    loop {
        tokio::select! {
            biased;
            () = way.closed() => break,
            Some(_) = clients.join_next(), if !clients.is_empty() => {}
            accepted = hatch.listener.accept(), if clients.len() < CONNECTIONS => match accepted {
                Ok((stream, _)) => {
                    clients.spawn(client(stream, way.clone(), Arc::clone(&places)));
                }
                Err(error) => {
                    tracing::warn!("nothing more can be handed over: {error}");
                    break;
                }
            },
        }
    }
    drop((hatch, way));
    while clients.join_next().await.is_some() {}
}

async fn client(stream: UnixStream, way: Way, places: Arc<Semaphore>) {
    let (mut from, to) = stream.into_split();
    let first = tokio::select! {
        () = way.closed() => return,
        first = from.read_u32() => first,
    };
    // Nothing at all is a client that looked whether there is a daemon.
    let Ok(first) = first else { return };
    if first == ASKED {
        return tell(to, &way.live).await;
    }
    let place = tokio::select! {
        () = way.closed() => return,
        place = places.acquire() => place,
    };
    let (answers, answered) = channel(WINDOW);
    let first = first.to_be_bytes();
    let from = first.as_slice().chain(from);
    let (taken, ()) = tokio::join!(take(from, way, answers), answer(to, answered));
    drop(place);
    if let Err(error) = taken {
        tracing::warn!("a client that handed captures over broke off: {error}");
    }
}

/// The line that answers a question. A client that is gone needs none.
async fn tell(mut to: OwnedWriteHalf, live: &Live) {
    let Ok(mut answer) = serde_json::to_vec(&live.moment()) else { return };
    answer.push(b'\n');
    to.write_all(&answer).await.ok();
}

/// Frames into the first channel, as fast as the stages and the client's window let them.
async fn take(mut from: impl AsyncRead + Unpin, way: Way, answers: Sender<Done>) -> io::Result<()> {
    loop {
        let next = async {
            let Ok(place) = answers.clone().reserve_owned().await else { return Ok(None) };
            while !way.disk.has_room() {
                tokio::time::sleep(NO_ROOM).await;
            }
            let envelope = frame::read(&mut from, &way.budget).await?;
            Ok::<_, io::Error>(envelope.map(|envelope| (place, envelope)))
        };
        let next = tokio::select! {
            biased;
            () = way.closed() => return Ok(()),
            next = next => next?,
        };
        let Some((place, mut envelope)) = next else { return Ok(()) };
        envelope.receipt = Some(Receipt(place));
        if way.output.send(envelope).await.is_err() {
            return Ok(());
        }
    }
}

/// A line for each commit, until nothing is on its way any more.
async fn answer(mut to: OwnedWriteHalf, mut answered: Receiver<Done>) {
    while let Some(done) = answered.recv().await {
        let Ok(mut line) = serde_json::to_vec(&done) else { continue };
        line.push(b'\n');
        // A client that is gone needs no answer; what it handed in is committed all the same.
        if to.write_all(&line).await.is_err() {
            return;
        }
    }
}
