//! The clean stage: pages and raw text to records, on many threads, in the order received.

use std::collections::VecDeque;
use std::sync::Arc;

use clean::Hints;
use jiff::Timestamp;
use record::{Entry, Page, PageUrl, Reason, ReasonKind};
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::task::JoinHandle;

use super::envelope::{Captured, CleanedItem, Envelope, PageHints};
use super::feed_text;

/// One item under way: what does not change, and the worker's answer to come.
type UnderWay = (Envelope<()>, JoinHandle<CleanedItem>);

/// How many items may wait, done, for an older one that is not: a slow page then idles no
/// worker.
const AHEAD: usize = 4;

/// Cleans what comes in with at most `jobs` workers at once, until the input ends or nobody
/// takes the output any more.
pub(crate) async fn run(
    mut input: Receiver<Envelope<Captured>>,
    output: Sender<Envelope<CleanedItem>>,
    jobs: usize,
) {
    let workers = Arc::new(Semaphore::new(jobs));
    let mut under_way: VecDeque<UnderWay> = VecDeque::new();
    let mut open = true;
    while open || !under_way.is_empty() {
        let room = open && under_way.len() < jobs * AHEAD;
        tokio::select! {
            biased;
            item = oldest(&mut under_way), if !under_way.is_empty() => {
                let Some((rest, _)) = under_way.pop_front() else { continue };
                if output.send(rest.with(item)).await.is_err() {
                    return;
                }
            }
            envelope = input.recv(), if room => match envelope {
                Some(envelope) => under_way.push_back(start(envelope, &workers)),
                None => open = false,
            },
        }
    }
}

/// Waits for the oldest item. A panic is that item's outcome. Safe to cancel: nothing is
/// taken away.
async fn oldest(under_way: &mut VecDeque<UnderWay>) -> CleanedItem {
    let Some((_, worker)) = under_way.front_mut() else {
        return std::future::pending().await;
    };
    worker.await.unwrap_or_else(|_| CleanedItem::Failed(Reason::of(ReasonKind::Crash)))
}

fn start(envelope: Envelope<Captured>, workers: &Arc<Semaphore>) -> UnderWay {
    let workers = Arc::clone(workers);
    let at = envelope.at;
    let (rest, captured) = envelope.split();
    let worker = tokio::task::spawn_blocking(move || {
        // Never closed, so an error cannot be; if it were, the item would just not wait.
        let _permit = tokio::runtime::Handle::current().block_on(workers.acquire_owned()).ok();
        clean(captured, at)
    });
    (rest, worker)
}

/// Cleans one item, alone and without a thought for order.
pub(crate) fn clean(captured: Captured, at: Timestamp) -> CleanedItem {
    let hints = Hints { now: Some(at), ..Hints::default() };
    let cleaned = match captured {
        Captured::Text(bytes) => clean::text(&bytes, &hints),
        Captured::Page(captured) => {
            let (page, PageHints { entry, feed_url }) = *captured;
            let hints = Hints { entry: entry.as_ref(), feed_url: feed_url.as_deref(), ..hints };
            clean::page(&page, &hints).or_else(|reason| {
                let stand_in = stand_in(&page, entry.as_ref(), reason.kind);
                stand_in.map_or(Err(reason), |page| clean::page(&page, &hints))
            })
        }
        Captured::Json(bytes) => return from_json(&bytes),
        Captured::Polled(poll) => return CleanedItem::Polled(poll),
        Captured::Known => return CleanedItem::Known,
        Captured::Failed(reason) => return CleanedItem::Failed(reason),
    };
    match cleaned {
        Ok(cleaned) => CleanedItem::Record(Box::new(cleaned.record), cleaned.removed),
        Err(reason) => CleanedItem::Failed(reason),
    }
}

/// What the feed carries, in place of a wall or an empty shell. Not after a redirect: what a
/// wall's own address names is not this article.
fn stand_in(page: &Page, entry: Option<&Entry>, why: ReasonKind) -> Option<Page> {
    let url = page.url.as_deref().filter(|_| page.requested_url.is_none())?;
    feed_text::in_place_of(entry?, url, page.fetched_at, why)
}

/// A record in its JSON form: normalised, and held to what a record needs.
fn from_json(bytes: &[u8]) -> CleanedItem {
    let malformed = |why: String| CleanedItem::Failed(Reason::new(ReasonKind::Malformed, why));
    let json: record::json::RecordJson = match serde_json::from_slice(bytes) {
        Ok(json) => json,
        Err(e) => return malformed(format!("not a record in JSON: {e}")),
    };
    if let Some(url) = json.url.as_deref().filter(|url| PageUrl::parse(url).is_err()) {
        return malformed(format!("not an http(s) URL: {url}"));
    }
    let Some(record) = json.to_record() else {
        return CleanedItem::Failed(Reason::of(ReasonKind::NoTitle));
    };
    if record.body.is_empty() {
        return CleanedItem::Failed(Reason::of(ReasonKind::NoBody));
    }
    CleanedItem::Record(Box::new(record), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc::channel;

    #[tokio::test]
    async fn order_is_kept_whatever_each_takes() {
        let (to_clean, input) = channel(1);
        let (output, mut cleaned) = channel::<Envelope<CleanedItem>>(1);
        let source = async move {
            for n in 0..40usize {
                let size = if n.is_multiple_of(7) { 200_000 } else { 10 };
                let text = format!("Title {n}\n{}.", "A sentence of words. ".repeat(size / 10));
                let envelope = Envelope::new(n.to_string(), Timestamp::UNIX_EPOCH);
                let sent = to_clean.send(envelope.with(Captured::Text(text.into_bytes())));
                sent.await.unwrap();
            }
        };
        let sink = async move {
            let mut names = Vec::new();
            while let Some(envelope) = cleaned.recv().await {
                names.push(envelope.name);
            }
            names
        };
        let ((), (), names) = tokio::join!(source, run(input, output, 3), sink);
        assert_eq!(names, (0..40).map(|n| n.to_string()).collect::<Vec<_>>());
    }

    #[test]
    fn json_must_be_a_whole_record() {
        let reason = |json: &str| match from_json(json.as_bytes()) {
            CleanedItem::Failed(reason) => reason.kind,
            other => panic!("{other:?}"),
        };
        assert_eq!(reason("{\"title\":"), ReasonKind::Malformed);
        assert_eq!(reason("{\"title\":\"a\"}"), ReasonKind::NoBody);
        assert_eq!(reason("{\"body\":\"a\"}"), ReasonKind::NoTitle);
        assert_eq!(reason("{\"title\":\"a\",\"body\":\"b\",\"url\":\"x\"}"), ReasonKind::Malformed);
    }
}
