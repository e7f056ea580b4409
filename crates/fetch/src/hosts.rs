//! All hosts that were asked lately, and the queue before each.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use crate::origin::HostKey;
use crate::pace::{Ending, Limits, Pace, Turn};

/// Beyond so many hosts, those with nothing to remember are forgotten.
const MANY: usize = 4096;

/// The hosts of one client.
pub(crate) struct Hosts {
    limits: Limits,
    started: (Timestamp, Instant),
    map: Mutex<HashMap<HostKey, Arc<Host>>>,
    /// Hosts with something new to store.
    marked: Mutex<HashSet<HostKey>>,
}

/// One host: its pace, and the line that forms before it.
#[derive(Default)]
pub(crate) struct Host {
    pace: Mutex<Pace>,
    /// Who holds it is the next to start: a fair line.
    door: tokio::sync::Mutex<()>,
    /// Tells the next in line that one of those in flight is done.
    left: Notify,
}

/// A request under way: dropping it frees its place.
pub(crate) struct Place {
    host: Arc<Host>,
}

impl Place {
    /// Frees the place; the host that it was at.
    pub(crate) fn leave(self) -> Arc<Host> {
        Arc::clone(&self.host)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.host.pace().leave();
        self.host.left.notify_one();
    }
}

impl Host {
    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hosts {
    pub(crate) fn new(limits: Limits, now: Timestamp) -> Self {
        Self {
            limits,
            started: (now, Instant::now()),
            map: Mutex::default(),
            marked: Mutex::default(),
        }
    }

    /// The time by a clock that starts with the wall clock and never jumps.
    pub(crate) fn now(&self) -> Timestamp {
        let (start, instant) = self.started;
        start.checked_add(instant.elapsed()).unwrap_or(start)
    }

    /// Waits for a place at the host; `Err` is the time to come back when `patience` would not
    /// do, known at once where a hold or a delay says so.
    pub(crate) async fn enter(
        &self,
        key: &HostKey,
        patience: Duration,
    ) -> Result<Place, Timestamp> {
        let host = self.host(key);
        self.check(&host, patience)?;
        // Nobody in line and a slot free: no timer is needed.
        if host.door.try_lock().is_ok_and(|_door| self.start(&host) == Turn::Now) {
            return Ok(Place { host });
        }
        if let Ok(entered) = timeout(patience, self.queue(&host, patience)).await {
            return entered.map(|()| Place { host });
        }
        let delay = host.pace().delay(self.limits);
        Err(self.now().checked_add(delay.max(patience)).unwrap_or(self.now()))
    }

    async fn queue(&self, host: &Host, patience: Duration) -> Result<(), Timestamp> {
        let _door = host.door.lock().await;
        loop {
            match self.start(host) {
                Turn::Now => return Ok(()),
                Turn::At(at) => {
                    self.check(host, patience)?;
                    let wait = at.duration_since(self.now());
                    sleep(Duration::try_from(wait).unwrap_or_default()).await;
                }
                Turn::Full => host.left.notified().await,
            }
        }
    }

    /// Starts a request if it is its turn.
    fn start(&self, host: &Host) -> Turn {
        let mut pace = host.pace();
        let now = self.now();
        let turn = pace.turn(now, self.limits);
        if turn == Turn::Now {
            pace.start(now);
        }
        turn
    }

    /// Is the next turn within `patience`?
    fn check(&self, host: &Host, patience: Duration) -> Result<(), Timestamp> {
        let now = self.now();
        match host.pace().turn(now, self.limits) {
            Turn::At(at) if at.duration_since(now).unsigned_abs() > patience => Err(at),
            _ => Ok(()),
        }
    }

    /// Tells the host's pace how a request ended; the hold that it is under then.
    pub(crate) fn learn(&self, host: &Host, key: &HostKey, ending: Ending) -> Option<Timestamp> {
        let mut pace = host.pace();
        let now = self.now();
        let before = pace.held(now);
        pace.learn(ending, now, self.limits);
        let held = pace.held(now);
        if held != before {
            self.mark(key);
        }
        held
    }

    /// May a connection to the host have been kept for so long?
    pub(crate) fn may_be_kept(&self, place: &Place, time: Duration) -> bool {
        place.host.pace().answered_within(time, self.now())
    }

    /// Until when the host is held, if it is.
    pub(crate) fn held(&self, key: &HostKey) -> Option<Timestamp> {
        self.host(key).pace().held(self.now())
    }

    /// Holds a host at least until then.
    pub(crate) fn hold(&self, key: &HostKey, until: Timestamp) {
        self.host(key).pace().hold_until(Some(until));
    }

    /// Takes over what the host's robots.txt says about its pace.
    pub(crate) fn set_crawl_delay(&self, key: &HostKey, delay: Option<Duration>) {
        self.host(key).pace().set_crawl_delay(delay);
    }

    /// Notes that there is something new to store about a host.
    pub(crate) fn mark(&self, key: &HostKey) {
        let mut marked = self.marked.lock().unwrap_or_else(PoisonError::into_inner);
        if marked.len() < MANY {
            marked.insert(key.clone());
        }
    }

    /// The hosts that were marked, which they are no longer.
    pub(crate) fn take_marked(&self) -> HashSet<HostKey> {
        std::mem::take(&mut self.marked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn host(&self, key: &HostKey) -> Arc<Host> {
        let mut map = self.map.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = map.get(key) {
            return Arc::clone(host);
        }
        if map.len() >= MANY {
            let now = self.now();
            map.retain(|_, host| {
                Arc::strong_count(host) > 1 || !host.pace().is_idle(now, self.limits)
            });
        }
        Arc::clone(map.entry(key.clone()).or_default())
    }
}
