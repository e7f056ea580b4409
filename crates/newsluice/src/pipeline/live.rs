//! What a run is doing at this moment: counted as it happens, told to whoever asks by the
//! socket beside the database. Nothing decides by it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{Sender, WeakSender};

use super::tally::Tally;

/// The time that rates are told by.
const RATE: Duration = Duration::from_mins(1);
/// Samples of that time: a batch within the same second replaces the one before.
const SAMPLES: usize = 64;
/// Errors told of.
const ERRORS: usize = 10;
/// Hosts told of, the slowest first.
const HOSTS: usize = 5;
/// Hosts remembered: those without a task in hand are forgotten beyond.
const MOST_HOSTS: usize = 2048;
/// A host whose tasks take no longer is not slow.
const SLOW: Duration = Duration::from_secs(2);

/// The numbers of a run, shared by its stages.
#[derive(Clone)]
pub(crate) struct Live(Arc<Shared>);

struct Shared {
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    queues: Vec<Box<dyn Queue>>,
    tally: Tally,
    has_no_network: bool,
    /// When, tasks ended by then, feeds answered by then.
    samples: VecDeque<(Instant, u64, u64)>,
    errors: VecDeque<LastError>,
    hosts: HashMap<String, Host>,
}

/// What is remembered of a host.
#[derive(Debug, Default)]
struct Host {
    /// When each task in hand began, the oldest first.
    in_hand: VecDeque<Instant>,
    /// The mean time of its tasks, the last ones counting most.
    mean: Duration,
}

/// The depth of a channel; asking does not hold it open.
trait Queue: Send {
    fn depth(&self) -> Depth;
}

struct Channel<T>(&'static str, WeakSender<T>);

impl<T: Send> Queue for Channel<T> {
    fn depth(&self) -> Depth {
        let (waiting, room) = self.1.upgrade().map_or((0, 0), |sender| {
            (sender.max_capacity() - sender.capacity(), sender.max_capacity())
        });
        Depth { stage: self.0.to_owned(), waiting, room }
    }
}

/// How many envelopes wait for a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Depth {
    /// The stage.
    pub(crate) stage: String,
    /// Envelopes before it.
    pub(crate) waiting: usize,
    /// Most that there can be.
    pub(crate) room: usize,
}

/// A host that takes long.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SlowHost {
    /// Its name and port.
    pub(crate) host: String,
    /// Its tasks in hand.
    pub(crate) in_hand: usize,
    /// From being taken in hand to the answer, its turn at the host included.
    pub(crate) seconds: f64,
}

/// Something that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastError {
    /// When.
    pub(crate) at: String,
    /// What, and why.
    pub(crate) says: String,
}

/// The numbers of one moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moment {
    /// How long the run goes on already.
    pub(crate) up_seconds: u64,
    /// Nobody could be reached of late.
    pub(crate) has_no_network: bool,
    /// What waits for each stage.
    pub(crate) queues: Vec<Depth>,
    /// Requests under way.
    pub(crate) under_way: usize,
    /// Tasks ended a minute, of late.
    pub(crate) tasks_a_minute: f64,
    /// Feeds polled a minute, of late.
    pub(crate) polls_a_minute: f64,
    /// Tasks ended since the start.
    pub(crate) tasks: u64,
    /// New records since the start.
    pub(crate) stored: u64,
    /// Failures of pages since the start.
    pub(crate) failed: u64,
    /// Feeds polled since the start, and those of them that failed.
    pub(crate) polls: u64,
    /// See above.
    pub(crate) polls_failed: u64,
    /// Hosts that take long, the slowest first.
    pub(crate) slow_hosts: Vec<SlowHost>,
    /// What failed last, the latest first.
    pub(crate) last_errors: Vec<LastError>,
}

impl Live {
    /// A run that starts now.
    pub(super) fn new() -> Self {
        let state = Mutex::default();
        Self(Arc::new(Shared { started: Instant::now(), state }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches the channel before a stage.
    pub(super) fn watch<T: Send + 'static>(&self, stage: &'static str, queue: &Sender<T>) {
        self.state().queues.push(Box::new(Channel(stage, queue.downgrade())));
    }

    /// A batch is committed, with these counts; could nobody be reached of late?
    pub(super) fn committed(&self, tally: &Tally, has_no_network: bool) {
        self.committed_at(tally, Instant::now());
        self.state().has_no_network = has_no_network;
    }

    fn committed_at(&self, tally: &Tally, now: Instant) {
        let mut state = self.state();
        state.tally.clone_from(tally);
        let sample = (now, tally.seen, tally.polled + tally.polls_failed);
        let in_last_second = |(at, ..): &(Instant, u64, u64)| now.duration_since(*at) < RATE / 60;
        if state.samples.len() > 1 && state.samples.back().is_some_and(in_last_second) {
            state.samples.pop_back();
        }
        state.samples.push_back(sample);
        while state.samples.len() > SAMPLES {
            state.samples.pop_front();
        }
    }

    /// Something failed.
    pub(super) fn failed(&self, says: String) {
        let mut state = self.state();
        state.errors.push_front(LastError { at: crate::clock::now().to_string(), says });
        state.errors.truncate(ERRORS);
    }

    /// A task of this host is taken in hand.
    pub(super) fn began(&self, host: &str) {
        let mut state = self.state();
        if state.hosts.len() >= MOST_HOSTS && !state.hosts.contains_key(host) {
            state.hosts.retain(|_, host| !host.in_hand.is_empty());
        }
        state.hosts.entry(host.to_owned()).or_default().in_hand.push_back(Instant::now());
    }

    /// A task of this host has its answer. Tasks of one host are taken for first come, first
    /// served.
    pub(super) fn ended(&self, host: &str) {
        let mut state = self.state();
        let Some(host) = state.hosts.get_mut(host) else { return };
        let Some(began) = host.in_hand.pop_front() else { return };
        host.mean = (host.mean * 3 + began.elapsed()) / 4;
    }

    /// The numbers now.
    pub(super) fn moment(&self) -> Moment {
        self.moment_at(Instant::now())
    }

    fn moment_at(&self, now: Instant) -> Moment {
        let state = self.state();
        let (tasks_a_minute, polls_a_minute) = rates(&state.samples, self.0.started, now);
        Moment {
            up_seconds: now.duration_since(self.0.started).as_secs(),
            has_no_network: state.has_no_network,
            queues: state.queues.iter().map(|queue| queue.depth()).collect(),
            under_way: state.hosts.values().map(|host| host.in_hand.len()).sum(),
            tasks_a_minute,
            polls_a_minute,
            tasks: state.tally.seen,
            stored: state.tally.stored,
            failed: state.tally.failures(),
            polls: state.tally.polled + state.tally.polls_failed,
            polls_failed: state.tally.polls_failed,
            slow_hosts: slow(&state.hosts, now),
            last_errors: state.errors.iter().cloned().collect(),
        }
    }
}

/// Tasks and polls a minute, from the newest sample that is older than the time told by, or
/// from the start.
fn rates(samples: &VecDeque<(Instant, u64, u64)>, started: Instant, now: Instant) -> (f64, f64) {
    let is_old = |(at, ..): &&(Instant, u64, u64)| now.duration_since(*at) >= RATE;
    let before = samples.iter().rfind(is_old).copied();
    let (at, tasks, polls) = before.unwrap_or((started, 0, 0));
    let Some((_, all_tasks, all_polls)) = samples.back().copied() else { return (0.0, 0.0) };
    // A sample from long ago: what came after it came within the time told by.
    let since = if before.is_some() { RATE } else { now.duration_since(at) };
    let minutes = since.as_secs_f64().max(1.0) / 60.0;
    ((all_tasks - tasks) as f64 / minutes, (all_polls - polls) as f64 / minutes)
}

/// By the oldest task in hand, else by the mean of those that are done.
fn slow(hosts: &HashMap<String, Host>, now: Instant) -> Vec<SlowHost> {
    let mut slow: Vec<SlowHost> = Vec::new();
    for (name, host) in hosts {
        let waits = host.in_hand.front().map_or(Duration::ZERO, |at| now.duration_since(*at));
        let takes = waits.max(host.mean);
        if takes > SLOW {
            let (in_hand, seconds) = (host.in_hand.len(), takes.as_secs_f64());
            slow.push(SlowHost { host: name.clone(), in_hand, seconds });
        }
    }
    slow.sort_by(|a, b| b.seconds.total_cmp(&a.seconds).then_with(|| a.host.cmp(&b.host)));
    slow.truncate(HOSTS);
    slow
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(seen: u64, polled: u64) -> Tally {
        Tally { seen, polled, ..Tally::default() }
    }

    #[test]
    fn rates_are_those_of_the_last_minute() {
        let live = Live::new();
        let at = |seconds: u64| live.0.started + Duration::from_secs(seconds);
        live.committed_at(&tally(10, 2), at(30));
        let now = live.moment_at(at(30));
        assert_eq!((now.tasks_a_minute, now.polls_a_minute, now.tasks), (20.0, 4.0, 10));
        live.committed_at(&tally(100, 8), at(100));
        let now = live.moment_at(at(120));
        assert_eq!((now.tasks_a_minute, now.polls_a_minute), (90.0, 6.0));
        assert_eq!(live.moment_at(at(500)).tasks_a_minute, 0.0, "long over");
        for n in 0..1_000 {
            live.committed_at(&tally(100 + n, 8), at(600 + n / 10));
        }
        assert!(live.state().samples.len() <= SAMPLES);
    }

    #[test]
    fn a_queue_shows_what_waits_and_is_not_held_open() {
        let live = Live::new();
        let (sender, mut receiver) = tokio::sync::mpsc::channel::<u8>(4);
        live.watch("clean", &sender);
        sender.try_send(1).unwrap();
        let depth = |waiting, room| [Depth { stage: "clean".into(), waiting, room }];
        assert_eq!(live.moment().queues, depth(1, 4));
        drop(sender);
        assert_eq!(receiver.try_recv(), Ok(1));
        assert!(receiver.is_closed() || receiver.try_recv().is_err());
        assert_eq!(live.moment().queues, depth(0, 0));
    }

    #[test]
    fn slow_hosts_come_first_and_memory_stays_bounded() {
        let live = Live::new();
        live.began("slow.example:443");
        live.began("slow.example:443");
        live.began("quick.example:443");
        live.ended("quick.example:443");
        let later = live.moment_at(Instant::now() + Duration::from_secs(30));
        assert_eq!((later.under_way, later.slow_hosts.len()), (2, 1));
        assert_eq!(
            (&*later.slow_hosts[0].host, later.slow_hosts[0].in_hand),
            ("slow.example:443", 2)
        );
        for n in 0..5_000 {
            live.began(&format!("{n}.example:443"));
            live.ended(&format!("{n}.example:443"));
        }
        assert!(live.state().hosts.len() <= MOST_HOSTS);
        (0..50).for_each(|n| live.failed(n.to_string()));
        let said: Vec<_> = live.moment().last_errors.iter().map(|e| e.says.clone()).collect();
        assert_eq!((said.len(), &*said[0]), (ERRORS, "49"));
    }
}
