//! The body of an answer, read within its limits.

use std::sync::Arc;
use std::time::Duration;

use record::{Reason, ReasonKind};
use reqwest::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use crate::decode::{DecodeError, Decoder};
use crate::{Accept, Room, trouble};

/// Bodies beyond this need a place among the large ones.
const LARGE: usize = 1 << 20;
/// Bodies beyond this do not wait for it.
const VERY_LARGE: usize = 4 << 20;
/// Bodies of refusals and redirects are read up to this, so that the connection can be kept.
const DRAINED: u64 = 16 * 1024;

/// What bounds one body.
pub(crate) struct Limits<'a> {
    pub(crate) accept: Accept,
    pub(crate) cap: usize,
    /// `Content-Encoding`.
    pub(crate) coding: Option<String>,
    /// `Content-Length`, which is believed as far as memory is set aside for it.
    pub(crate) length: Option<u64>,
    pub(crate) large: &'a Arc<Semaphore>,
    /// Longest wait for a place among the large ones.
    pub(crate) patience: Duration,
}

/// Where reading a body stopped.
enum Stop {
    /// At its end, or where enough of a robots.txt is read.
    End,
    /// It has become large, with these bytes still to be decoded.
    Large(Vec<u8>),
}

/// Reads a body to its end: decoded, complete and within the cap.
///
/// `deadline` moves by the time spent waiting for other large bodies.
pub(crate) async fn read(
    mut response: Response,
    limits: Limits<'_>,
    deadline: &mut Instant,
) -> Result<(Vec<u8>, Room), Reason> {
    let mut decoder = Decoder::new(limits.coding.as_deref(), limits.cap).map_err(decode_reason)?;
    decoder.expect(limits.length.map_or(0, |length| length.min(LARGE as u64) as usize));
    let mut room = None;
    loop {
        let reading = fill(&mut response, &mut decoder, room.is_none());
        let reading = timeout_at(*deadline, reading).await;
        let stopped = match reading.map_err(|_| Reason::of(ReasonKind::Timeout))? {
            Ok(Stop::End) => break,
            Ok(Stop::Large(rest)) => {
                room = Some(large(&limits, decoder.decoded(), deadline).await?);
                decoder.push(&rest).err().map(Stopped::from)
            }
            Err(stopped) => Some(stopped),
        };
        match stopped {
            Some(Stopped::TooLarge) if limits.accept == Accept::Robots => {
                return Ok((decoder.into_start(), Room(room)));
            }
            Some(stopped) => return Err(stopped.reason(limits.cap)),
            None => {}
        }
    }
    let body = decoder.finish().map_err(decode_reason)?;
    let body = if matches!(limits.accept, Accept::Feed | Accept::Sitemap) {
        unpacked(body, limits.cap)?
    } else {
        body
    };
    Ok((body, Room(room)))
}

/// Why a body could not be read on.
enum Stopped {
    TooLarge,
    Broken(Reason),
}

impl From<DecodeError> for Stopped {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::TooLarge(_) => Self::TooLarge,
            other => Self::Broken(decode_reason(other)),
        }
    }
}

impl Stopped {
    fn reason(self, cap: usize) -> Reason {
        match self {
            Self::TooLarge => decode_reason(DecodeError::TooLarge(cap)),
            Self::Broken(reason) => reason,
        }
    }
}

/// Reads on until the end, or until the body becomes large.
///
/// While it is small it goes in in pieces: a few KiB on the wire may be MiB decoded, and many
/// bodies may be read at once.
async fn fill(
    response: &mut Response,
    decoder: &mut Decoder,
    stop_when_large: bool,
) -> Result<Stop, Stopped> {
    loop {
        let chunk = response.chunk().await;
        let chunk = chunk.map_err(|e| Stopped::Broken(broken(trouble::reason(&e))))?;
        let Some(chunk) = chunk else { return Ok(Stop::End) };
        let piece = if stop_when_large { decoder.careful_piece() } else { usize::MAX };
        let mut rest = chunk.as_ref();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(piece.min(rest.len()));
            decoder.push(now)?;
            rest = later;
            if stop_when_large && decoder.decoded() > LARGE {
                return Ok(Stop::Large(rest.to_vec()));
            }
        }
    }
}

/// Reads the rest of an answer that nobody needs, if it is short.
pub(crate) async fn drain(mut response: Response, length: Option<u64>, deadline: Instant) {
    if length.is_none_or(|length| length > DRAINED) {
        return;
    }
    while let Ok(Ok(Some(_))) = timeout_at(deadline, response.chunk()).await {}
}

/// A file that is itself gzip, as `sitemap.xml.gz` is, unpacked under the same cap.
fn unpacked(body: Vec<u8>, cap: usize) -> Result<Vec<u8>, Reason> {
    if !body.starts_with(&[0x1f, 0x8b]) {
        return Ok(body);
    }
    let mut decoder = Decoder::new(Some("gzip"), cap).map_err(decode_reason)?;
    decoder.push(&body).map_err(decode_reason)?;
    decoder.finish().map_err(decode_reason)
}

/// A place among the large bodies: waited for, but by a body that is very large already, which
/// is given up at once: what a few bytes of zstd or brotli blew up must not wait in memory.
async fn large(
    limits: &Limits<'_>,
    decoded: usize,
    deadline: &mut Instant,
) -> Result<OwnedSemaphorePermit, Reason> {
    let started = Instant::now();
    let patience = if decoded > VERY_LARGE { Duration::ZERO } else { limits.patience };
    let place = Arc::clone(limits.large).acquire_owned();
    let place = tokio::time::timeout(patience, place).await;
    *deadline += started.elapsed();
    let busy = || Reason::new(ReasonKind::Timeout, "too many large answers at once");
    place.map_err(|_| busy())?.map_err(|_| busy())
}

fn decode_reason(error: DecodeError) -> Reason {
    match error {
        DecodeError::TooLarge(cap) => {
            Reason::new(ReasonKind::TooLarge, format!("more than {cap} bytes"))
        }
        other => Reason::new(ReasonKind::BrokenAnswer, other.to_string()),
    }
}

/// A connection that is lost within a body broke the answer off.
fn broken(reason: Reason) -> Reason {
    match reason.kind {
        ReasonKind::Timeout => reason,
        _ => Reason { kind: ReasonKind::BrokenAnswer, ..reason },
    }
}
