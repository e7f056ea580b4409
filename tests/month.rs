//! Thirty days in one test: two hundred sources of all rhythms, the decisions of `fetch::schedule`
//! and the claims of the real database, with time as an argument.
//!
//! No source is polled more often than it allows, none is forgotten, and of what was published
//! and could be had 99.9 % became records. The losses are printed by reason.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use fetch::Freshness;
use fetch::schedule::{FeedState, Polled, Rules, Standing};
use jiff::{SignedDuration, Timestamp};
use record::{
    ContentHash, Line, Novelty, PageUrl, PollHints, Reason, ReasonKind, Record, RecordId, Verdict,
};
use store::{
    ClaimOptions, ClaimedEntry, ClaimedFeed, Commit, Effect, FoundEntry, Judged, NewFeed,
    OpenOptions, Poll, PollResult, ReadFeed, Reader, RunId, Store, Validators,
};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const START: i64 = 1_767_225_600_000; // 2026-01-01
const DAYS: i64 = 30;
const STEP: i64 = 5 * MINUTE;
const SOURCES: usize = 200;

/// xorshift64: the same month on every machine.
struct Random(u64);

impl Random {
    fn unit(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }
}

/// A source: when it publishes, what it asks for, and what befalls it.
struct Source {
    published: Vec<i64>,
    window: usize,
    max_age: Option<i64>,
    ttl_minutes: Option<u64>,
    skip_hours: Vec<u8>,
    has_etag: bool,
    refuses: f64,
    /// Answers nothing, or 404, from … to.
    down: Option<(i64, i64)>,
    gone_at: Option<i64>,
    moved_at: Option<i64>,
    polls: Vec<i64>,
    /// Nothing may be asked before.
    closed_until: i64,
}

impl Source {
    fn of(n: usize, random: &mut Random) -> Self {
        let (a_day, window) = match n {
            0..60 => (random.between(0.1, 1.0), 10),
            60..140 => (random.between(1.0, 10.0), 15 + n % 20),
            140..180 => (random.between(10.0, 25.0), 25 + n % 30),
            180..190 => (random.between(40.0, 80.0), 50 + n % 50),
            // One burst of 25 in fifty minutes every few days.
            _ => (0.3, 50),
        };
        let mut published = Vec::new();
        let mut at = START - 3 * DAY;
        while at < START + DAYS * DAY {
            // Few write at night.
            let hour = at.rem_euclid(DAY) / HOUR;
            let pace = if n.is_multiple_of(3) || (7..22).contains(&hour) { 1.2 } else { 0.3 };
            let wait = -(1.0 - random.unit()).ln() / (a_day * pace) * DAY as f64;
            at += (wait as i64).clamp(1, 6 * HOUR);
            if wait as i64 <= 6 * HOUR {
                published.push(at);
                let is_burst = n >= 190 && random.unit() < 0.7;
                published.extend((1..25).filter(|_| is_burst).map(|k| at + k * 2 * MINUTE));
                at += if is_burst { DAY } else { 0 };
            }
        }
        published.sort_unstable();
        published.retain(|at| *at < START + DAYS * DAY);
        let on = |nth: usize| n % nth == nth - 1;
        let from = START + (random.between(3.0, 18.0) * DAY as f64) as i64;
        let down_for = (random.between(0.2, 6.0) * DAY as f64) as i64;
        Self {
            published,
            window,
            max_age: on(7).then_some(HOUR),
            ttl_minutes: on(11).then_some(90),
            skip_hours: if on(19) { (0..6).collect() } else { Vec::new() },
            has_etag: !on(5),
            refuses: if on(13) { 0.03 } else { 0.0 },
            down: on(9).then_some((from, from + down_for)),
            gone_at: on(67).then_some(START + 15 * DAY),
            moved_at: on(23).then_some(START + 10 * DAY),
            polls: Vec::new(),
            closed_until: 0,
        }
    }

    fn is_up(&self, now: i64) -> bool {
        self.down.is_none_or(|(from, to)| !(from..to).contains(&now))
            && self.gone_at.is_none_or(|at| now < at)
    }

    /// The numbers of what it lists now.
    fn listed(&self, now: i64) -> std::ops::Range<usize> {
        let end = self.published.partition_point(|at| *at <= now);
        end.saturating_sub(self.window)..end
    }

    /// Could a client ever see this one?
    fn could_be_had(&self, n: usize) -> bool {
        let until = self.published.get(n + self.window).copied().unwrap_or(i64::MAX);
        let until = until.min(START + DAYS * DAY);
        let (mut at, step) = (self.published[n].max(START), MINUTE * 15);
        while at < until {
            if self.is_up(at) {
                return true;
            }
            at += step;
        }
        false
    }
}

struct Month {
    _folder: tempfile::TempDir,
    store: Store,
    claims: store::Claims,
    reader: Reader,
    run: RunId,
    rules: Rules,
    sources: Vec<Source>,
    random: Random,
    seen: HashSet<String>,
    stored: HashMap<String, i64>,
    lost: BTreeMap<&'static str, usize>,
    sequence: u64,
    moved: HashSet<usize>,
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap()
}

fn source_of(url: &str) -> usize {
    let start = url.find("//s").unwrap() + 3;
    url[start..].split('.').next().unwrap().parse().unwrap()
}

impl Month {
    fn new() -> Self {
        // In memory where that is possible: nothing here is about disks.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let path = folder.path().join("news.db");
        let mut store = Store::open(&path, OpenOptions::default()).unwrap();
        let run = store.begin_run("run", "", at(START)).unwrap().id;
        let mut random = Random(20_260_101);
        let sources: Vec<_> = (0..SOURCES).map(|n| Source::of(n, &mut random)).collect();
        let feeds: Vec<_> = (0..SOURCES)
            .map(|n| NewFeed {
                url: format!("https://s{n}.example/feed"),
                host: format!("s{n}.example:443"),
                settings: None,
            })
            .collect();
        store.add_feeds(&feeds, at(START)).unwrap();
        let rules = Rules {
            min_interval: Duration::from_mins(15),
            max_interval: Duration::from_hours(24),
            ..Rules::default()
        };
        Self {
            claims: store.claims().unwrap(),
            reader: Reader::open(&path).unwrap(),
            _folder: folder,
            store,
            run,
            rules,
            sources,
            random,
            seen: HashSet::new(),
            stored: HashMap::new(),
            lost: BTreeMap::new(),
            sequence: 1,
            moved: HashSet::new(),
        }
    }

    fn step(&mut self, now: i64) {
        let lease = Duration::from_mins(10);
        let options = ClaimOptions { count: 500, per_host: 100, now: at(now), lease };
        let feeds = self.claims.feeds(self.run, options).unwrap();
        let polls: Vec<_> = feeds.iter().map(|feed| self.poll(feed, now)).collect();
        self.commit(&polls);
        loop {
            let entries = self.claims.entries(self.run, options).unwrap();
            if entries.is_empty() {
                return;
            }
            let pages: Vec<_> = entries.iter().map(|entry| self.page(entry, now)).collect();
            self.commit(&pages);
        }
    }

    fn commit(&mut self, batch: &[Commit]) {
        if !batch.is_empty() {
            self.store.commit(self.run, batch).unwrap();
        }
    }

    fn poll(&mut self, feed: &ClaimedFeed, now: i64) -> Commit {
        let n = source_of(&feed.url);
        let state: FeedState =
            feed.schedule.as_deref().map(|s| serde_json::from_str(s).unwrap()).unwrap_or_default();
        let source = &mut self.sources[n];
        assert!(now >= source.closed_until, "source {n} is asked too early at {}", at(now));
        source.polls.push(now);
        let jitter = self.random.unit();
        let refused = self.random.unit() < source.refuses;
        let moved = source.moved_at.filter(|moved| now >= *moved && !self.moved.contains(&n));
        let new_url = moved.map(|_| format!("https://s{n}.example/new"));
        let moved = new_url.as_deref();
        let fresh = source.max_age.map(|age| Duration::from_millis(age as u64));
        let freshness = Freshness { fresh_for: fresh };
        let failed = |kind, retry_at: Option<i64>| {
            let polled = Polled::Failed { kind, retry_at: retry_at.map(at) };
            (
                state.after(polled, &self.rules, jitter, at(now)),
                PollResult::Failed(Reason::of(kind)),
            )
        };
        let (next, result) = if source.gone_at.is_some_and(|gone| now >= gone) {
            let (state, _) = failed(ReasonKind::Gone, None);
            (state, PollResult::Gone(Reason::of(ReasonKind::Gone)))
        } else if !source.is_up(now) {
            failed(
                if n.is_multiple_of(2) { ReasonKind::Timeout } else { ReasonKind::NotFound },
                None,
            )
        } else if refused {
            source.closed_until = now + 2 * HOUR;
            failed(ReasonKind::HttpStatus, Some(now + 2 * HOUR))
        } else {
            let listed = source.listed(now);
            let tag = format!("\"{}\"", listed.end);
            source.closed_until = now
                + (15 * MINUTE)
                    .max(source.max_age.unwrap_or(0))
                    .max(source.ttl_minutes.unwrap_or(0).cast_signed() * MINUTE);
            let hints = PollHints {
                ttl_minutes: source.ttl_minutes,
                skip_hours: source.skip_hours.clone(),
                ..PollHints::default()
            };
            if source.has_etag && feed.validators.etag.as_deref() == Some(&tag) {
                let polled = Polled::NotModified { freshness, moved };
                (state.after(polled, &self.rules, jitter, at(now)), PollResult::NotModified)
            } else {
                let entries: Vec<_> = listed.map(|k| found(n, k, now)).collect();
                let new = entries.iter().filter(|e| self.seen.insert(e.name.clone())).count();
                let polled = Polled::Read { new, hints: &hints, freshness, moved };
                let etag = source.has_etag.then_some(tag);
                let validators = Validators { etag, last_modified: None };
                let read = ReadFeed { validators, entries, ..ReadFeed::default() };
                let state = state.after(polled, &self.rules, jitter, at(now));
                (state, PollResult::Read(Box::new(read)))
            }
        };
        let moved_to = next
            .moved_to()
            .filter(|_| moved.is_some())
            .map(|url| (url.to_owned(), format!("s{n}.example:443")));
        if moved_to.is_some() {
            self.moved.insert(n);
        }
        assert_eq!(next.standing == Standing::Gone, matches!(result, PollResult::Gone(_)));
        let poll = Poll {
            feed: feed.feed,
            result,
            next_due: next.due.unwrap_or(Timestamp::MAX),
            moved_to,
            schedule: serde_json::to_string(&next).ok(),
        };
        Commit::new(at(now), Effect::Polled(Box::new(poll)))
    }

    /// A page: one in fifty fails at first, one in five thousand for good.
    fn page(&mut self, entry: &ClaimedEntry, now: i64) -> Commit {
        let dice = self.random.unit();
        let mut commit = if dice < 0.0002 {
            *self.lost.entry("page gone").or_default() += 1;
            Commit::new(at(now), Effect::Failed(Reason::of(ReasonKind::Gone)))
        } else if dice < 0.02 && entry.attempts < 3 {
            let again = Commit::new(at(now), Effect::Failed(Reason::of(ReasonKind::Timeout)));
            Commit { again_at: Some(at(now + (5 << entry.attempts) * MINUTE)), ..again }
        } else {
            self.stored.insert(entry.name.clone(), now);
            self.sequence += 1;
            Commit::new(at(now), Effect::Record(Box::new(judged(entry, self.sequence))))
        };
        commit.entry = Some(entry.entry);
        commit
    }
}

fn name(n: usize, k: usize) -> String {
    format!("https://s{n}.example/{k}")
}

fn found(n: usize, k: usize, now: i64) -> FoundEntry {
    FoundEntry {
        guid: k.to_string(),
        name: name(n, k),
        url: Some(name(n, k)),
        host: format!("s{n}.example:443"),
        fingerprint: ContentHash::of_bytes(b""),
        payload: None,
        is_foreign: false,
        due_at: at(now),
    }
}

fn judged(entry: &ClaimedEntry, sequence: u64) -> Judged {
    let line = |text: &str| Line::new(text).unwrap();
    let mut record = Record::new(line(&entry.name), vec![line("It rained.")]);
    record.url = PageUrl::parse(&entry.name).ok();
    let id = RecordId::of(&record);
    let (duplicate, story, sketch) = (None, None, Vec::new());
    let verdict = Verdict { id, novelty: Novelty::New, duplicate, story, sketch };
    let aliases = vec![entry.name.clone()];
    Judged { record, verdict, aliases, sequence, sketch_day: None }
}

#[test]
fn thirty_days_of_two_hundred_sources() {
    let mut month = Month::new();
    let mut now = START;
    while now < START + DAYS * DAY {
        month.step(now);
        let waiting = month.reader.waiting().unwrap();
        let next = waiting.feed_due.into_iter().chain(waiting.entry_due).min().unwrap();
        now = (now + STEP).max(next.as_millisecond());
    }
    let (mut published, mut missed, mut polls) = (0, 0, 0);
    let mut where_missed = BTreeMap::new();
    for (n, source) in month.sources.iter().enumerate() {
        // What was there in the last hours may come with the next poll.
        let due = source.published.iter().filter(|at| **at < START + (DAYS - 1) * DAY).count();
        let first = source.listed(START).start;
        for k in first..due {
            let is_stored = month.stored.contains_key(&name(n, k));
            if !is_stored && !source.could_be_had(k) {
                *month.lost.entry("never to be had: the source was down").or_default() += 1;
                continue;
            }
            published += 1;
            if !is_stored && !month.seen.contains(&name(n, k)) {
                missed += 1;
                *where_missed.entry(n).or_insert(0) += 1;
            }
        }
        polls += source.polls.len();
        forgotten(n, source);
    }
    let gone = month.lost.get("page gone").copied().unwrap_or(0);
    let coverage = 1.0 - (missed + gone) as f64 / f64::from(published);
    println!(
        "{published} published, {} records, {polls} polls; missed between polls {missed} (source: \
         entries {where_missed:?}), other losses {:?}; coverage {:.3} %",
        month.stored.len(),
        month.lost,
        coverage * 100.0
    );
    assert!(coverage >= 0.999, "{coverage}");
    assert!(month.moved.len() >= 5, "{}", month.moved.len());
    for balance in month.reader.balances().unwrap() {
        assert!(balance.holds(), "{balance:?}");
    }
}

/// Every source that can be had is asked again within a day and what it asks for.
fn forgotten(n: usize, source: &Source) {
    let longest = SignedDuration::from_hours(24 + 24 + 7).as_millis() as i64;
    let end = source.gone_at.unwrap_or(START + DAYS * DAY);
    let all: Vec<i64> = source.polls.iter().copied().chain([end]).collect();
    for pair in all.windows(2) {
        assert!(pair[1] - pair[0] <= longest, "source {n} is forgotten at {}", at(pair[0]));
    }
    if let Some(gone) = source.gone_at {
        assert!(source.polls.iter().filter(|at| **at >= gone).count() <= 1, "source {n} is gone");
    }
}
