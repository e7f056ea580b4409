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
/// Bodies of refusals and redirects are read up to this, so that the connection can be kept.
const DRAINED: u64 = 16 * 1024;

/// The limits of one body.
pub(crate) struct Limits<'a> {
    pub(crate) accept: Accept,
    pub(crate) cap: usize,
    pub(crate) large: &'a Arc<Semaphore>,
    /// Longest wait for a place among the large ones.
    pub(crate) patience: Duration,
}

/// Reads a body to its end: decoded, complete and within the cap.
///
/// `deadline` moves by the time spent waiting for other large bodies.
pub(crate) async fn read(
    mut response: Response,
    limits: Limits<'_>,
    deadline: &mut Instant,
) -> Result<(Vec<u8>, Room), Reason> {
    let coding = response.headers().get("content-encoding").map(|value| value.to_str());
    let coding = coding.transpose().unwrap_or(Some("unreadable"));
    let mut decoder = Decoder::new(coding, limits.cap).map_err(decode_reason)?;
    let mut room = None;
    loop {
        let chunk = match timeout_at(*deadline, response.chunk()).await {
            Err(_) => return Err(Reason::of(ReasonKind::Timeout)),
            Ok(chunk) => chunk.map_err(|e| broken(trouble::reason(&e)))?,
        };
        let Some(chunk) = chunk else { break };
        for piece in chunk.chunks(DRAINED as usize) {
            match decoder.push(piece) {
                Err(DecodeError::TooLarge(_)) if limits.accept == Accept::Robots => {
                    return Ok((decoder.into_start(), Room(room)));
                }
                pushed => pushed.map_err(decode_reason)?,
            }
            if room.is_none() && decoder.decoded() > LARGE {
                room = Some(large(&limits, deadline).await?);
            }
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

/// Reads the rest of an answer that nobody needs, if it is short.
pub(crate) async fn drain(mut response: Response, deadline: Instant) {
    if response.content_length().is_none_or(|length| length > DRAINED) {
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

async fn large(
    limits: &Limits<'_>,
    deadline: &mut Instant,
) -> Result<OwnedSemaphorePermit, Reason> {
    let started = Instant::now();
    let place = Arc::clone(limits.large).acquire_owned();
    let place = tokio::time::timeout(limits.patience, place).await;
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
