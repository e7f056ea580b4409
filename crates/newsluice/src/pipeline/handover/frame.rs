//! One frame: the lengths of its two parts (four bytes each, the largest first), a header in
//! JSON, and the bytes of the capture.

use std::io;

use jiff::Timestamp;
use record::{ContentHash, Page, Reason, ReasonKind};
use serde::{Deserialize, Serialize};
use store::CaptureKey;
use tokio::io::{AsyncRead, AsyncReadExt};

use super::super::again::Again;
use super::super::budget::Budget;
use super::super::cleaner;
use super::super::entry_payload::{entry_of, payload_of};
use super::super::envelope::{Captured, Envelope, PageHints, RecordedFeed};
use super::super::note::{PollNote, RecordedTask};
use crate::source::SourceHints;

/// Largest header: names, URLs and what a feed said.
const MOST_HEADER: usize = 1 << 20;

/// Largest capture: above every limit that a source has of its own.
const MOST_BODY: usize = 64 << 20;

#[derive(Debug, Serialize, Deserialize)]
struct Header {
    name: String,
    at: Timestamp,
    capture: Option<Key>,
    urls: Vec<String>,
    alias: Option<String>,
    again: Option<Again>,
    /// The entry that it ended when it was recorded.
    recorded: Option<RecordedTask>,
    kind: Kind,
}

#[derive(Debug, Serialize, Deserialize)]
struct Key {
    source: String,
    position: u64,
    hash: Option<[u8; 16]>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Text,
    Json,
    Page {
        url: Option<String>,
        requested_url: Option<String>,
        content_type: Option<String>,
        fetched_at: Timestamp,
        entry: Option<String>,
        link: Option<String>,
        feed_url: Option<String>,
        /// What the user of its feed had decided.
        settings: Option<String>,
    },
    Feed {
        url: Option<String>,
        requested_url: Option<String>,
        content_type: Option<String>,
        fetched_at: Timestamp,
        feed: String,
        settings: Option<String>,
        poll: PollNote,
    },
    /// A recorded 304 of the page that the URLs name.
    Unchanged,
    Failed {
        code: String,
        detail: String,
    },
}

/// The frame of an envelope; `None` for what only the daemon's own sources bring.
pub(super) fn pack(envelope: Envelope<Captured>) -> Option<Vec<u8>> {
    let (rest, captured) = envelope.split();
    let (kind, body) = match captured {
        Captured::Text(bytes) => (Kind::Text, bytes),
        Captured::Json(bytes) => (Kind::Json, bytes),
        Captured::Page(captured) => {
            let (page, PageHints { entry, feed_url, source }) = *captured;
            let settings = source.told.as_deref().map(str::to_owned);
            let link = entry.as_ref().and_then(|entry| entry.link.clone());
            let Page { url, requested_url, content_type, body, fetched_at } = page;
            let entry = entry.and_then(payload_of);
            let kind = Kind::Page {
                url,
                requested_url,
                content_type,
                fetched_at,
                entry,
                link,
                feed_url,
                settings,
            };
            (kind, body)
        }
        Captured::Failed(Reason { kind, detail }) => {
            (Kind::Failed { code: kind.code().to_owned(), detail }, Vec::new())
        }
        Captured::Feed(recorded) => {
            let RecordedFeed { page, feed, settings, poll } = *recorded;
            let Page { url, requested_url, content_type, body, fetched_at } = page;
            let kind =
                Kind::Feed { url, requested_url, content_type, fetched_at, feed, settings, poll };
            (kind, body)
        }
        Captured::Unchanged(None) => (Kind::Unchanged, Vec::new()),
        Captured::Polled(_) | Captured::Known | Captured::Unchanged(Some(_)) => return None,
    };
    let key = |CaptureKey { source, position, hash }| Key {
        source,
        position,
        hash: hash.map(|hash| *hash.as_bytes()),
    };
    let Envelope { name, at, capture, urls, alias, again, recorded, .. } = rest;
    let (again, recorded) = (again.map(|again| *again), recorded.map(|task| *task));
    let capture = capture.map(key);
    let header = Header { name, at, capture, urls, alias, again, recorded, kind };
    let header = serde_json::to_vec(&header).ok().filter(|header| header.len() <= MOST_HEADER)?;
    if body.len() > MOST_BODY {
        return None;
    }
    let length = |part: &[u8]| (part.len() as u32).to_be_bytes();
    Some([&length(&header)[..], &length(&body)[..], &header[..], &body[..]].concat())
}

/// The next envelope with its share of the budget; `None` at the end between two frames.
///
/// # Errors
/// What the system says; [`io::ErrorKind::InvalidData`] for what is no frame.
pub(super) async fn read(
    from: &mut (impl AsyncRead + Unpin),
    budget: &Budget,
) -> io::Result<Option<Envelope<Captured>>> {
    let header = match from.read_u32().await {
        Ok(length) => length as usize,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    };
    let body = from.read_u32().await? as usize;
    if header > MOST_HEADER || body > MOST_BODY {
        return Err(invalid("a frame beyond the limits"));
    }
    let permit = budget.take(header + body).await;
    let mut parts = (vec![0; header], vec![0; body]);
    from.read_exact(&mut parts.0).await?;
    from.read_exact(&mut parts.1).await?;
    let header = serde_json::from_slice(&parts.0).map_err(|e| invalid(&e.to_string()))?;
    let mut envelope = unpack(header, parts.1);
    envelope.permit = permit;
    Ok(Some(envelope))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

fn unpack(header: Header, body: Vec<u8>) -> Envelope<Captured> {
    let Header { name, at, capture, urls, alias, again, recorded, kind } = header;
    let is_other = |again: &Again| again.cleaner != cleaner::version();
    if let Some(again) = again.as_ref().filter(|again| is_other(again)) {
        let (ours, theirs) = (cleaner::version(), &again.cleaner);
        let why = format!("the daemon cleans as {ours}, this program as {theirs}: restart 'run'");
        return Envelope::new(name, at)
            .with(Captured::Failed(Reason::new(ReasonKind::Unreadable, why)));
    }
    let mut envelope = Envelope::new(name, at);
    envelope.capture = capture.map(|Key { source, position, hash }| CaptureKey {
        source,
        position,
        hash: hash.map(ContentHash::from_bytes),
    });
    envelope.urls = urls;
    envelope.alias = alias;
    envelope.again = again.map(Box::new);
    envelope.recorded = recorded.map(Box::new);
    envelope.with(match kind {
        Kind::Text => Captured::Text(body),
        Kind::Json => Captured::Json(body),
        Kind::Page {
            url,
            requested_url,
            content_type,
            fetched_at,
            entry,
            link,
            feed_url,
            settings,
        } => {
            let page = Page { url, requested_url, content_type, body, fetched_at };
            let entry = entry.map(|payload| entry_of(&payload, link.as_deref()));
            match SourceHints::read(settings.as_deref()) {
                Ok(source) => {
                    Captured::Page(Box::new((page, PageHints { entry, feed_url, source })))
                }
                Err(reason) => Captured::Failed(reason),
            }
        }
        Kind::Feed { url, requested_url, content_type, fetched_at, feed, settings, poll } => {
            let page = Page { url, requested_url, content_type, body, fetched_at };
            Captured::Feed(Box::new(RecordedFeed { page, feed, settings, poll }))
        }
        Kind::Unchanged => Captured::Unchanged(None),
        Kind::Failed { code, detail } => {
            let kind = ReasonKind::from_code(&code).unwrap_or(ReasonKind::Malformed);
            Captured::Failed(Reason::new(kind, detail))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(captured: Captured) -> Envelope<Captured> {
        let mut envelope = Envelope::new("a".into(), Timestamp::UNIX_EPOCH);
        let hash = Some(ContentHash::of_bytes(b"raw"));
        envelope.capture = Some(CaptureKey { source: "in/a".into(), position: 7, hash });
        envelope.urls = vec!["https://e.org/a".into()];
        envelope.alias = Some("sha256:1".into());
        envelope.with(captured)
    }

    async fn there(captured: Captured) -> Envelope<Captured> {
        let bytes = pack(envelope(captured)).unwrap();
        let budget = Budget::new(1 << 20);
        read(&mut bytes.as_slice(), &budget).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn what_is_packed_arrives() {
        let reason = Reason::new(ReasonKind::Binary, "an image");
        let page = Page {
            url: Some("https://e.org/a".into()),
            requested_url: None,
            content_type: Some("text/html".into()),
            body: b"<p>Rain".to_vec(),
            fetched_at: Timestamp::UNIX_EPOCH,
        };
        let entry = record::Entry {
            id: "1".into(),
            title: Some("Rain".into()),
            link: Some("https://e.org/a".into()),
            ..record::Entry::default()
        };
        let feed_url = Some("https://e.org/f".into());
        let source = SourceHints::read(Some(r#"{"language":"pt-BR","drop":["title:sport"]}"#));
        let hints = PageHints { entry: Some(entry), feed_url, source: source.unwrap() };
        let feed = RecordedFeed {
            page: page.clone(),
            feed: "https://e.org/f".into(),
            settings: None,
            poll: PollNote { missed: Some(7), ..PollNote::default() },
        };
        let page = Captured::Page(Box::new((page, hints)));
        let text = Captured::Text(b"Rain\n".to_vec());
        let feed = Captured::Feed(Box::new(feed));
        let all = [text, page, feed, Captured::Unchanged(None), Captured::Failed(reason)];
        for captured in all {
            let expected = format!("{captured:?}");
            let arrived = there(captured).await;
            assert_eq!(format!("{:?}", arrived.body), expected);
            let sent = envelope(Captured::Known);
            assert_eq!(
                (arrived.capture, arrived.urls, arrived.alias, arrived.at),
                (sent.capture, sent.urls, sent.alias, sent.at)
            );
        }
        assert!(pack(envelope(Captured::Known)).is_none());
    }

    #[tokio::test]
    async fn what_is_no_frame_is_refused_before_it_is_read() {
        let budget = Budget::new(1 << 20);
        let kind = |error: io::Error| error.kind();
        let huge = [255u8; 8];
        let read_all = async |bytes: &[u8]| read(&mut &*bytes, &budget).await;
        assert_eq!(kind(read_all(&huge).await.unwrap_err()), io::ErrorKind::InvalidData);
        let senseless = [&[0, 0, 0, 2, 0, 0, 0, 0][..], b"{}"].concat();
        assert_eq!(kind(read_all(&senseless).await.unwrap_err()), io::ErrorKind::InvalidData);
        let cut = [0, 0, 0, 9, 0, 0, 0, 0, b'{'];
        assert_eq!(kind(read_all(&cut).await.unwrap_err()), io::ErrorKind::UnexpectedEof);
        assert!(read_all(&[]).await.unwrap().is_none());
    }
}
