//! The source `crawl`: what is due in the frontier, asked from the web.
//!
//! Entries found in a feed are committed first and claimed from the frontier afterwards: data
//! goes one way, so back-pressure cannot deadlock.

use std::sync::Arc;
use std::time::Duration;

use fetch::Client;
use fetch::schedule::Rules;
use jiff::Timestamp;
use store::{ClaimOptions, Claims, Reader, RunId};
use tokio::task::JoinSet;

use super::Inlet;
use super::fetched::Fetched;
use super::host_notes::HostNotes;
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
    /// After how many 304s of a host one is checked; 0 = never.
    pub(crate) verify_304: u32,
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
        let mut under_way: JoinSet<Fetched> = JoinSet::new();
        let mut hosts = HostNotes::new(self.verify_304);
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
                    drain(under_way, &self.client, &mut hosts, &inlet).await;
                    return Ok(true);
                }
                Some(done) = under_way.join_next(), if !under_way.is_empty() => {
                    // A task that panicked or was cancelled leaves its claim to the next run.
                    let Ok(fetched) = done else { continue };
                    if !send(fetched, &self.client, &mut hosts, &inlet).await {
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
        under_way: &mut JoinSet<Fetched>,
        hosts: &mut HostNotes,
    ) -> anyhow::Result<usize> {
        let mut claimed = 0;
        if self.feeds {
            // Once means once: not again what falls due meanwhile.
            let now = if self.once { self.started_at } else { crate::clock::now() };
            let options = ClaimOptions { now, ..self.room(under_way.len()) };
            for feed in self.claims.feeds(self.run, options)? {
                hosts.meet(&feed.host, &self.client, &self.reader)?;
                let ask = hosts.ask(&feed.host, now);
                let (client, rules) = (Arc::clone(&self.client), self.rules);
                under_way.spawn(async move { feed_task::poll(&client, feed, rules, ask).await });
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

/// Sends what a task brought on, with its share of the memory budget; false when nobody takes it.
async fn send(fetched: Fetched, client: &Client, hosts: &mut HostNotes, inlet: &Inlet) -> bool {
    let Fetched { mut envelope, room, host, told } = fetched;
    envelope.host = hosts.learned(client, &host, told);
    envelope.permit = inlet.budget.take(size(&envelope.body)).await;
    drop(room);
    inlet.output.send(envelope).await.is_ok()
}

/// Gives what is under way a little time, and leaves the rest to the next run.
async fn drain(
    mut under_way: JoinSet<Fetched>,
    client: &Client,
    hosts: &mut HostNotes,
    inlet: &Inlet,
) {
    let finishing = async {
        while let Some(done) = under_way.join_next().await {
            let Ok(fetched) = done else { continue };
            if !send(fetched, client, hosts, inlet).await {
                break;
            }
        }
    };
    // Whatever is not done by then goes back to the frontier.
    if tokio::time::timeout(GRACE, finishing).await.is_err() {
        tracing::info!("requests under way were cut short; the next run makes them again");
    }
}
