//! The source `crawl`: what is due in the frontier, asked from the web.
//!
//! Entries found in a feed are committed first and claimed from the frontier afterwards: data
//! goes one way, so back-pressure cannot deadlock.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fetch::Client;
use jiff::{SignedDuration, Timestamp};
use store::{ClaimOptions, Claims, Edits, Reader, RunId, StoreError};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::fetched::Fetched;
use super::host_notes::HostNotes;
use super::inlet::Inlet;
use super::live::Live;
use super::manners::{Manners, Reload, Reloaded};
use super::outgoing::Outgoing;
use super::{feed_task, page_task};
use crate::clock::Jumps;
use crate::disk::Disk;
use crate::supervisor;

/// What a crawl works with.
pub(crate) struct Crawl {
    /// Claims from the frontier, on a connection of its own.
    pub(crate) claims: Claims,
    /// Whose claims they are.
    pub(crate) run: RunId,
    /// How it behaves.
    pub(crate) manners: Manners,
    /// What was remembered of hosts by earlier runs.
    pub(crate) reader: Reader,
    /// What feeds listed before, for their polls to ask.
    pub(crate) listed: Arc<Mutex<Reader>>,
    /// Whom to tell what is under way.
    pub(crate) live: Live,
    /// Where the database is.
    pub(crate) disk: Disk,
    /// When this run began.
    pub(crate) started_at: Timestamp,
    /// End when nothing is due and nothing is under way.
    pub(crate) once: bool,
    /// Poll feeds, beside fetching pages.
    pub(crate) feeds: bool,
    /// Keep the answers of feeds for the recorder.
    pub(crate) is_recorded: bool,
}

/// Waits for the signal that asks for a reload, and does it.
pub(crate) struct Reloading<'a> {
    signal: Signal,
    reload: Reload<'a>,
    database: PathBuf,
}

/// How long an edit of the frontier waits for a commit.
const PATIENCE: Duration = Duration::from_secs(10);

impl<'a> Reloading<'a> {
    /// Listens for SIGHUP from now on.
    ///
    /// # Errors
    /// When the operating system refuses the handler.
    pub(crate) fn new(reload: Reload<'a>, database: &Path) -> std::io::Result<Self> {
        let signal = signal(SignalKind::hangup())?;
        Ok(Self { signal, reload, database: database.to_owned() })
    }

    /// What to do from now on; feeds that are new in the list are in the frontier by then.
    fn again(&self) -> anyhow::Result<Manners> {
        let Reloaded { manners, feeds } = (self.reload)()?;
        if !feeds.is_empty() {
            Edits::open(&self.database, PATIENCE)?.add_feeds(&feeds, crate::clock::now())?;
        }
        Ok(manners)
    }
}

/// The next signal; never without a listener.
async fn asked(reloading: &mut Option<Reloading<'_>>) {
    if let Some(reloading) = reloading
        && reloading.signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// How often the frontier is asked for what fell due meanwhile.
const TICK: Duration = Duration::from_millis(250);

/// How long claims rest while requests are under way. A claim is a transaction: one for each
/// request that ends would cost more than the requests.
const REST: Duration = Duration::from_millis(20);

/// How long a claim is meant to hold: shown to people; the rule is the death of the run.
const LEASE: Duration = Duration::from_mins(10);

/// How long a daemon's claim waits for a database that another program holds.
const CLAIM_PATIENCE: Duration = Duration::from_millis(500);

/// A last poll that lies further ahead than this shows that the clock went back.
const AHEAD: SignedDuration = SignedDuration::from_secs(20);

/// Trouble with the database that passes by itself.
fn may_pass(error: &anyhow::Error) -> bool {
    error.downcast_ref::<StoreError>().is_some_and(|error| error.kind.may_pass())
}

/// How long requests under way may take after a stop was asked for.
const GRACE: Duration = Duration::from_secs(3);

impl Crawl {
    /// Claims, fetches and sends until a stop is asked for or, with `once`, nothing is left.
    /// Tells whether it was stopped.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) async fn run(
        mut self,
        mut inlet: Inlet,
        mut reloading: Option<Reloading<'_>>,
    ) -> anyhow::Result<bool> {
        let mut under_way: JoinSet<Fetched> = JoinSet::new();
        let mut outgoing = Outgoing::new(HostNotes::new(self.manners.verify_304));
        self.be_patient()?;
        let mut jumps = Jumps::watch();
        let mut claimed_at = None;
        loop {
            let mut rest = rest(claimed_at).filter(|_| !under_way.is_empty());
            if rest.is_none() {
                if let Some(by) = jumps.look() {
                    self.jumped(by)?;
                }
                if !outgoing.flush(&inlet).await {
                    return Ok(false);
                }
                self.claim(&mut under_way, &mut outgoing.hosts)?;
                claimed_at = Some(Instant::now());
                rest = Some(REST).filter(|_| !under_way.is_empty());
            }
            let idle = under_way.is_empty();
            let all_committed = inlet.committed.borrow_and_update().all >= outgoing.sent;
            if self.once
                && idle
                && all_committed
                && self.claim(&mut under_way, &mut outgoing.hosts)? == 0
            {
                return Ok(false);
            }
            tokio::select! {
                biased;
                () = inlet.shutdown.requested() => {
                    supervisor::stopping();
                    drain(under_way, &self.manners.client, outgoing, &inlet).await?;
                    return Ok(true);
                }
                () = asked(&mut reloading) => {
                    self.behave_anew(reloading.as_ref(), &mut outgoing.hosts);
                }
                Some(done) = under_way.join_next(), if !under_way.is_empty() => {
                    let mut next = Some(done);
                    while let Some(done) = next {
                        // A task that panicked or was cancelled leaves its claim to the next run.
                        if let Ok(fetched) = done
                            && !outgoing.take(fetched, &self.manners.client, &inlet).await?
                        {
                            return Ok(false);
                        }
                        next = under_way.try_join_next();
                    }
                }
                changed = inlet.committed.changed() => if changed.is_err() {
                    return Ok(false);
                },
                () = tokio::time::sleep(rest.unwrap_or(TICK)) => {}
            }
        }
    }

    /// Takes up settings that were read again; with wrong ones it goes on as before. What is
    /// under way ends as it began.
    fn behave_anew(&mut self, reloading: Option<&Reloading<'_>>, hosts: &mut HostNotes) {
        let Some(reloading) = reloading else { return };
        supervisor::reloading();
        match reloading.again() {
            Ok(manners) => {
                hosts.move_to(&self.manners.client, &manners.client, manners.verify_304);
                self.manners = manners;
                tracing::warn!("the settings were read again and are in force");
            }
            Err(error) => tracing::error!("the settings stay as they were: {error:#}"),
        }
        supervisor::ready();
    }

    /// A daemon does not stand still for a database that another program holds; and where the
    /// clock went back while it was away, the due times follow.
    fn be_patient(&mut self) -> anyhow::Result<()> {
        if !self.once {
            self.claims.set_patience(CLAIM_PATIENCE)?;
        }
        let ahead = self.claims.ahead_of(crate::clock::now())?;
        if ahead > AHEAD {
            self.jumped(-ahead)?;
        }
        Ok(())
    }

    /// The clock jumped: everything due keeps its distance from now.
    fn jumped(&mut self, by: SignedDuration) -> anyhow::Result<()> {
        tracing::warn!("the clock jumped by {by:#}: due times follow");
        self.started_at = self.started_at.saturating_add(by).unwrap_or(self.started_at);
        Ok(self.claims.shift(by)?)
    }

    /// Takes as much in hand as there is room for; how many tasks that were. While another
    /// program holds the database a daemon takes nothing, and what is under way goes on.
    fn claim(
        &mut self,
        under_way: &mut JoinSet<Fetched>,
        hosts: &mut HostNotes,
    ) -> anyhow::Result<usize> {
        match self.claim_now(under_way, hosts) {
            Err(error) if !self.once && may_pass(&error) => {
                tracing::warn!("{error:#}; trying again");
                Ok(0)
            }
            claimed => claimed,
        }
    }

    fn claim_now(
        &mut self,
        under_way: &mut JoinSet<Fetched>,
        hosts: &mut HostNotes,
    ) -> anyhow::Result<usize> {
        let mut claimed = 0;
        if !self.disk.has_room() {
            // A daemon waits for room; a run that is to end says why it cannot.
            anyhow::ensure!(!self.once || !under_way.is_empty(), self.disk.error());
            return Ok(0);
        }
        if self.feeds {
            // Once means once: not again what falls due meanwhile.
            let now = if self.once { self.started_at } else { crate::clock::now() };
            let options = ClaimOptions { now, ..self.room(under_way.len()) };
            for feed in self.claims.feeds(self.run, options)? {
                hosts.meet(&feed.host, &self.manners.client, &self.reader)?;
                self.live.began(&feed.host);
                let ask = hosts.ask(&feed.host, now);
                let (client, rules) = (Arc::clone(&self.manners.client), self.manners.rules);
                let (listed, is_recorded) = (Arc::clone(&self.listed), self.is_recorded);
                let password = self.manners.passwords.of(&feed.url);
                under_way.spawn(Box::pin(async move {
                    let ask = (ask, password.as_ref());
                    feed_task::poll(&client, feed, rules, ask, (&listed, is_recorded)).await
                }));
                claimed += 1;
            }
        }
        let options = self.room(under_way.len());
        for entry in self.claims.entries(self.run, options)? {
            hosts.meet(&entry.host, &self.manners.client, &self.reader)?;
            self.live.began(&entry.host);
            let (client, back_off) = (Arc::clone(&self.manners.client), self.manners.back_off);
            let password = entry.feed.as_deref().and_then(|feed| self.manners.passwords.of(feed));
            let believes_304 = hosts.believes(&entry.host, options.now);
            under_way.spawn(Box::pin(async move {
                let ask = (password.as_ref(), believes_304);
                page_task::fetch(&client, entry, back_off, ask).await
            }));
            claimed += 1;
        }
        Ok(claimed)
    }

    fn room(&self, taken: usize) -> ClaimOptions {
        ClaimOptions {
            count: self.manners.concurrency.saturating_sub(taken),
            per_host: self.manners.per_host,
            now: crate::clock::now(),
            lease: LEASE,
        }
    }
}

/// What is left of the rest after the last claim.
fn rest(claimed_at: Option<Instant>) -> Option<Duration> {
    REST.checked_sub(claimed_at?.elapsed()).filter(|rest| !rest.is_zero())
}

/// Gives what is under way a little time, and leaves the rest to the next run.
async fn drain(
    mut under_way: JoinSet<Fetched>,
    client: &Client,
    mut outgoing: Outgoing,
    inlet: &Inlet,
) -> anyhow::Result<()> {
    let finishing = async {
        while outgoing.flush(inlet).await {
            let Some(done) = under_way.join_next().await else { break };
            let Ok(fetched) = done else { continue };
            if !outgoing.take(fetched, client, inlet).await? {
                break;
            }
        }
        anyhow::Ok(())
    };
    // Whatever is not done by then goes back to the frontier.
    match tokio::time::timeout(GRACE, finishing).await {
        Ok(ended) => ended?,
        Err(_) => {
            tracing::info!("requests under way were cut short; the next run makes them again");
        }
    }
    Ok(())
}
