//! The client's side of a question: what is the daemon doing?

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use super::super::live::Moment;
use super::{ASKED, socket_of};

/// A daemon that does not answer in this time is asked no longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Longest answer.
const MOST: u64 = 1 << 20;

/// What the daemon of this database is doing; `None` where there is none, or none that answers.
pub(crate) fn ask(database: &Path) -> Option<Moment> {
    let mut stream = UnixStream::connect(socket_of(database)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(&ASKED.to_be_bytes()).ok()?;
    let mut line = String::new();
    BufReader::new(stream.take(MOST)).read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}
