//! The clean stage: pages and raw text to records, on many threads, in the order received.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver as Queue, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use clean::{Cleaned, Hints, SiteRules};
use jiff::Timestamp;
use record::{Entry, Page, PageUrl, Reason, ReasonKind, Record, Zones};
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::oneshot;

use super::budget::Budget;
use super::envelope::{Captured, CleanedItem, Envelope, PageHints};
use super::survey::speaks;
use super::{cleaner, feed_text, recorded_feed};
use crate::source::{Filters, FullText, Seen, SourceHints};

/// One item under way: what does not change, and the answer.
type UnderWay = (Envelope<()>, Answer);

/// What became of an item, and the decisions on the way.
type Traced = (CleanedItem, Vec<String>);

/// An answer: there, or a worker's to come.
enum Answer {
    There(Option<Traced>),
    Awaited(oneshot::Receiver<Traced>),
}

/// How many items may wait, done, for an older one that is not: a slow page then idles no
/// worker.
const AHEAD: usize = 4;

/// Bytes of a record beside its text: sketch, names, provenance, trail.
const BESIDE_TEXT: usize = 8 << 10;

/// Cleans what comes in with at most `jobs` workers at once, until the input ends or nobody
/// takes the output any more.
pub(crate) async fn run(
    mut input: Receiver<Envelope<Captured>>,
    output: Sender<Envelope<CleanedItem>>,
    jobs: usize,
    rules: Arc<SiteRules>,
) {
    let mut workers = Workers::new(jobs, rules);
    let mut under_way: VecDeque<UnderWay> = VecDeque::new();
    let mut open = true;
    while open || !under_way.is_empty() {
        let room = open && under_way.len() < jobs * AHEAD;
        tokio::select! {
            biased;
            (item, steps) = oldest(&mut under_way), if !under_way.is_empty() => {
                let Some((mut rest, _)) = under_way.pop_front() else { continue };
                rest.trail.steps.extend(steps);
                if let (Some(permit), Some(bytes)) = (&mut rest.permit, room_for(&item)) {
                    Budget::shrink(permit, bytes);
                }
                if output.send(rest.with(item)).await.is_err() {
                    return;
                }
            }
            envelope = input.recv(), if room => match envelope {
                Some(envelope) => under_way.push_back(workers.start(envelope)),
                None => open = false,
            },
        }
    }
}

/// The bytes that an item takes on its way to the database, once the page that it came from is
/// gone; `None` where nothing is gone yet. A text is held twice: on its way, and among what is
/// judged but not yet stored; what stands beside it is less than another text.
fn room_for(item: &CleanedItem) -> Option<usize> {
    match item {
        CleanedItem::Record(record, _) => {
            let body: usize = record.body.iter().map(|line| line.as_str().len()).sum();
            Some(3 * (record.title.as_str().len() + body) + BESIDE_TEXT)
        }
        CleanedItem::Known | CleanedItem::Unchanged(_) | CleanedItem::Failed(_) => Some(0),
        CleanedItem::Polled(_) | CleanedItem::Listed(_) => None,
    }
}

/// Waits for the oldest item, whose answer is taken with it. A panic is that item's outcome.
/// Safe to cancel while it waits: nothing is taken away before.
async fn oldest(under_way: &mut VecDeque<UnderWay>) -> Traced {
    let answer = match under_way.front_mut() {
        Some((_, Answer::There(answer))) => answer.take(),
        Some((_, Answer::Awaited(worker))) => {
            let crashed = |_| untold(CleanedItem::Failed(Reason::of(ReasonKind::Crash)));
            Some(worker.await.unwrap_or_else(crashed))
        }
        None => None,
    };
    match answer {
        Some(answer) => answer,
        None => std::future::pending().await,
    }
}

/// What a worker is given: what to clean, when it was captured, and where the answer goes.
type Job = (Captured, Timestamp, oneshot::Sender<Traced>);

/// Threads that clean, the same ones from the first item to the last: one for each item would
/// cost more than a small item, and while one ends another is begun, so that there were many
/// times as many as work at once.
struct Workers {
    jobs: usize,
    started: usize,
    rules: Arc<SiteRules>,
    to_clean: SyncSender<Job>,
    queue: Arc<Mutex<Queue<Job>>>,
}

impl Workers {
    fn new(jobs: usize, rules: Arc<SiteRules>) -> Self {
        let (to_clean, queue) = sync_channel(jobs * AHEAD);
        Self { jobs, started: 0, rules, to_clean, queue: Arc::new(Mutex::new(queue)) }
    }

    /// Gives an item to the next worker that is free. There is room in the queue for all that is
    /// under way, so that it never waits.
    fn start(&mut self, envelope: Envelope<Captured>) -> UnderWay {
        let at = envelope.at;
        let (rest, captured) = envelope.split();
        if !is_work(&captured) {
            return (rest, Answer::There(Some(clean_traced(captured, at, &self.rules))));
        }
        if self.started < self.jobs {
            self.started += 1;
            let (queue, rules) = (Arc::clone(&self.queue), Arc::clone(&self.rules));
            tokio::task::spawn_blocking(move || {
                work(&queue, |captured, at| clean_traced(captured, at, &rules));
            });
        }
        let (answer, answered) = oneshot::channel();
        // Were there no worker any more, the answer would be that of one that crashed.
        self.to_clean.send((captured, at, answer)).ok();
        (rest, Answer::Awaited(answered))
    }
}

/// Cleans what is given until nothing more can come.
fn work(queue: &Mutex<Queue<Job>>, clean: impl Fn(Captured, Timestamp) -> Traced) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((captured, at, answer)) = next else { return };
        // A panic leaves nothing behind but what it was about; the answer's end tells of it.
        let cleaned = catch_unwind(AssertUnwindSafe(|| clean(captured, at)));
        if let Ok(cleaned) = cleaned {
            answer.send(cleaned).ok();
        }
    }
}

/// Is there something to clean, so that a worker is worth waking?
const fn is_work(captured: &Captured) -> bool {
    matches!(
        captured,
        Captured::Text(_) | Captured::Page(_) | Captured::Json(_) | Captured::Feed(_)
    )
}

/// Cleans one item, alone and without a thought for order.
pub(crate) fn clean(captured: Captured, at: Timestamp, rules: &SiteRules) -> CleanedItem {
    clean_traced(captured, at, rules).0
}

fn clean_traced(captured: Captured, at: Timestamp, rules: &SiteRules) -> Traced {
    let hints = Hints { now: Some(at), ..Hints::default() };
    let cleaned = match captured {
        Captured::Text(bytes) => clean::text(&bytes, &hints),
        Captured::Page(captured) => {
            return clean_page(&captured.0, &captured.1, at, rules);
        }
        Captured::Json(bytes) => return untold(from_json(&bytes)),
        Captured::Polled(poll) => return untold(CleanedItem::Polled(poll)),
        Captured::Feed(feed) => return untold(recorded_feed::read(*feed)),
        Captured::Known => return untold(CleanedItem::Known),
        Captured::Unchanged(id) => return untold(CleanedItem::Unchanged(id)),
        Captured::Failed(reason) => return untold(CleanedItem::Failed(reason)),
    };
    item(cleaned)
}

/// An item of which there is nothing to tell.
fn untold(item: CleanedItem) -> Traced {
    (item, Vec::new())
}

fn item(cleaned: Result<Cleaned, Reason>) -> Traced {
    match cleaned {
        Ok(mut cleaned) => {
            cleaner::leave_in(&mut cleaned.record);
            let item = CleanedItem::Record(Box::new(cleaned.record), cleaned.removed);
            (item, cleaned.trace)
        }
        Err(reason) => untold(CleanedItem::Failed(reason)),
    }
}

/// Cleans a page and asks its source's filters, now that the text is known.
fn clean_page(page: &Page, said: &PageHints, at: Timestamp, rules: &SiteRules) -> Traced {
    let SourceHints { full_text, zone, language, only_language, filters, .. } = &said.source;
    let hints = Hints {
        now: Some(at),
        entry: said.entry.as_ref(),
        feed_url: said.feed_url.as_deref(),
        language: language.as_deref(),
        zones: Zones { setting: zone.clone(), ..Zones::default() },
        rules: Some(rules),
        ..Hints::default()
    };
    let entry = said.entry.as_ref().filter(|_| *full_text != FullText::Page);
    let cleaned = clean::page(page, &hints).or_else(|reason| {
        let stand_in = stand_in(page, entry, reason.kind);
        stand_in.map_or(Err(reason), |page| clean::page(&page, &hints))
    });
    if let Ok(Cleaned { record, trace, .. }) = &cleaned
        && let (Some(wanted), Some(lang)) = (only_language, &record.meta.lang)
        && !speaks(lang, wanted)
    {
        let why = format!("its language is {lang}, and only {wanted} is wanted");
        return (CleanedItem::Failed(Reason::new(ReasonKind::Filtered, why)), trace.clone());
    }
    if let Ok(Cleaned { record, trace, .. }) = &cleaned
        && !filters.is_empty()
        && let Some(why) = taken(filters, record, said.entry.as_ref())
    {
        let filtered = CleanedItem::Failed(Reason::new(ReasonKind::Filtered, why));
        return (filtered, trace.clone());
    }
    item(cleaned)
}

fn taken(filters: &Filters, record: &Record, entry: Option<&Entry>) -> Option<String> {
    let own = record.url.as_ref().map(PageUrl::as_str);
    let entry_title = entry.and_then(|entry| entry.title.as_deref());
    let link = entry.and_then(|entry| entry.link.as_deref());
    let titles: Vec<&str> =
        [Some(record.title.as_str()), entry_title].into_iter().flatten().collect();
    let urls: Vec<&str> = [own, link].into_iter().flatten().collect();
    let text = record.body_text();
    filters.taken(Seen { titles: &titles, urls: &urls, text: Some(&text) })
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
        let ((), (), names) = tokio::join!(source, run(input, output, 3, Arc::default()), sink);
        assert_eq!(names, (0..40).map(|n| n.to_string()).collect::<Vec<_>>());
    }

    #[test]
    fn a_panic_is_that_items_outcome_and_the_worker_goes_on() {
        let (to_clean, queue) = sync_channel(2);
        let mut answers = Vec::new();
        for captured in [Captured::Unchanged(None), Captured::Known] {
            let (answer, answered) = oneshot::channel();
            to_clean.send((captured, Timestamp::UNIX_EPOCH, answer)).unwrap();
            answers.push(answered);
        }
        drop(to_clean);
        work(&Mutex::new(queue), |captured, _| match captured {
            Captured::Known => untold(CleanedItem::Known),
            _ => panic!("a page that cleaning does not survive"),
        });
        assert!(answers.remove(0).blocking_recv().is_err());
        assert!(matches!(answers.remove(0).blocking_recv(), Ok((CleanedItem::Known, _))));
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
