//! The source `crawl`: what is due in the frontier, asked from the web.
//!
//! Entries found in a feed are committed first and claimed from the frontier afterwards: data
//! goes one way, so back-pressure cannot deadlock.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use fetch::schedule::Rules;
use fetch::{Client, HostKey};
use jiff::Timestamp;
use store::{ClaimOptions, Claims, HostState, Reader, RunId};
use tokio::task::JoinSet;

use super::Inlet;
use super::envelope::{Captured, Envelope};
use super::page_task::{self, BackOff};
use super::{feed_task, size};

/// What a crawl works with.
pub(crate) struct Crawl {
    /// Claims from the frontier, on a connection of its own.
    pub(crate) claims: Claims,
    /// Whose claims they are.
    pub(crate) run: RunId,
    /// Asks the web.
    pub(crate) client: Arc<Client>,
    /// When feeds are polled again.
    pub(crate) rules: Rules,
    /// When failed pages are tried again.
    pub(crate) back_off: BackOff,
    /// Requests under way at once, in all and to one host.
    pub(crate) concurrency: usize,
    /// See above.
    pub(crate) per_host: usize,
    /// What was remembered of hosts by earlier runs.
    pub(crate) reader: Reader,
    /// When this run began.
    pub(crate) started_at: Timestamp,
    /// End when nothing is due and nothing is under way.
    pub(crate) once: bool,
    /// Poll feeds, beside fetching pages.
    pub(crate) feeds: bool,
}

/// How often the frontier is asked for what fell due meanwhile.
const TICK: Duration = Duration::from_millis(250);

/// How long a claim is meant to hold: shown to people; the rule is the death of the run.
const LEASE: Duration = Duration::from_mins(10);

/// How long requests under way may take after a stop was asked for.
const GRACE: Duration = Duration::from_secs(3);

impl Crawl {
    /// Claims, fetches and sends until a stop is asked for or, with `once`, nothing is left.
    /// Tells whether it was stopped.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn run(mut self, mut inlet: Inlet) -> anyhow::Result<bool> {
        let mut under_way: JoinSet<Envelope<Captured>> = JoinSet::new();
        let mut hosts = Hosts::default();
        let mut sent = 0u64;
        loop {
            let idle = self.claim(&mut under_way, &mut hosts)? == 0 && under_way.is_empty();
            let all_committed = *inlet.committed.borrow_and_update() >= sent;
            if self.once && idle && all_committed && self.claim(&mut under_way, &mut hosts)? == 0 {
                return Ok(false);
            }
            tokio::select! {
                biased;
                () = inlet.shutdown.requested() => {
                    drain(under_way, &inlet).await;
                    return Ok(true);
                }
                Some(done) = under_way.join_next(), if !under_way.is_empty() => {
                    // A task that panicked or was cancelled leaves its claim to the next run.
                    let Ok(mut envelope) = done else { continue };
                    envelope.host = hosts.learned(&self.client, &envelope.name);
                    if !send(envelope, &inlet).await {
                        return Ok(false);
                    }
                    sent += 1;
                }
                changed = inlet.committed.changed() => if changed.is_err() {
                    return Ok(false);
                },
                () = tokio::time::sleep(TICK) => {}
            }
        }
    }

    /// Takes as much in hand as there is room for; how many tasks that were.
    fn claim(
        &mut self,
        under_way: &mut JoinSet<Envelope<Captured>>,
        hosts: &mut Hosts,
    ) -> anyhow::Result<usize> {
        let mut claimed = 0;
        if self.feeds {
            // Once means once: not again what falls due meanwhile.
            let now = if self.once { self.started_at } else { crate::clock::now() };
            let options = ClaimOptions { now, ..self.room(under_way.len()) };
            for feed in self.claims.feeds(self.run, options)? {
                hosts.meet(&feed.host, &self.client, &self.reader)?;
                let (client, rules) = (Arc::clone(&self.client), self.rules);
                under_way.spawn(async move { feed_task::poll(&client, feed, rules).await });
                claimed += 1;
            }
        }
        let options = self.room(under_way.len());
        for entry in self.claims.entries(self.run, options)? {
            hosts.meet(&entry.host, &self.client, &self.reader)?;
            let (client, back_off) = (Arc::clone(&self.client), self.back_off);
            under_way.spawn(async move { page_task::fetch(&client, entry, back_off).await });
            claimed += 1;
        }
        Ok(claimed)
    }

    fn room(&self, taken: usize) -> ClaimOptions {
        ClaimOptions {
            count: self.concurrency.saturating_sub(taken),
            per_host: self.per_host,
            now: crate::clock::now(),
            lease: LEASE,
        }
    }
}

/// What passes between the client's memory of hosts and the database's.
#[derive(Default)]
struct Hosts {
    /// Hosts whose stored memory the client has.
    met: HashSet<String>,
    /// What the client learned, until an envelope of that host takes it to the database.
    learned: HashMap<String, HostState>,
}

impl Hosts {
    /// Gives the client what earlier runs remembered of the host, once.
    fn meet(&mut self, host: &str, client: &Client, reader: &Reader) -> anyhow::Result<()> {
        if !self.met.insert(host.to_owned()) {
            return Ok(());
        }
        let Some(stored) = reader.host(host)? else { return Ok(()) };
        let key = HostKey::from_stored(host);
        // A memory that cannot be read any more is learned anew.
        if let Some(Ok(memory)) = stored.state.as_deref().map(serde_json::from_str) {
            client.remember(&key, memory);
        }
        if let Some(until) = stored.hold_until {
            client.hold(&key, until);
        }
        Ok(())
    }

    /// What is to be stored of the host of `url`.
    fn learned(&mut self, client: &Client, url: &str) -> Option<HostState> {
        for (key, memory) in client.learned() {
            let state = HostState {
                host: key.as_str().to_owned(),
                hold_until: client.held_until(&key),
                state: serde_json::to_string(&memory).ok(),
            };
            self.learned.insert(state.host.clone(), state);
        }
        self.learned.remove(HostKey::of_url(url)?.as_str())
    }
}

/// Sends one envelope on, with its share of the memory budget; false when nobody takes it.
async fn send(mut envelope: Envelope<Captured>, inlet: &Inlet) -> bool {
    envelope.permit = inlet.budget.take(size(&envelope.body)).await;
    inlet.output.send(envelope).await.is_ok()
}

/// Gives what is under way a little time, and leaves the rest to the next run.
async fn drain(mut under_way: JoinSet<Envelope<Captured>>, inlet: &Inlet) {
    let finishing = async {
        while let Some(done) = under_way.join_next().await {
            let Ok(envelope) = done else { continue };
            if !send(envelope, inlet).await {
                break;
            }
        }
    };
    // Whatever is not done by then keeps its claim, which the next run releases.
    if tokio::time::timeout(GRACE, finishing).await.is_err() {
        tracing::info!("requests under way were cut short; the next run makes them again");
    }
}
