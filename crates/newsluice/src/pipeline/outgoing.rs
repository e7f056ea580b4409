//! What a crawl brought, on its way to the first channel.

use fetch::Client;
use store::PollResult;

use super::envelope::{Captured, Envelope, JudgedItem};
use super::fetched::Fetched;
use super::host_notes::HostNotes;
use super::{Inlet, size};

/// Sends what was fetched, and counts it.
pub(super) struct Outgoing {
    /// What is known of hosts, which answers add to.
    pub(super) hosts: HostNotes,
    /// How many envelopes went off.
    pub(super) sent: u64,
    /// Feeds that are as they were. They go off together, straight to the commit: to wake every
    /// stage for each of them would cost more than the poll.
    unchanged: Vec<Envelope<JudgedItem>>,
}

impl Outgoing {
    /// Nothing sent yet.
    pub(super) const fn new(hosts: HostNotes) -> Self {
        Self { hosts, sent: 0, unchanged: Vec::new() }
    }

    /// Takes what a task brought: sent at once, or with the next [`flush`](Self::flush). False
    /// when nobody takes it.
    pub(super) async fn take(
        &mut self,
        fetched: Fetched,
        client: &Client,
        inlet: &Inlet,
    ) -> anyhow::Result<bool> {
        let Fetched { mut envelope, room, host, told, feed } = fetched;
        inlet.live.ended(&host);
        envelope.host = self.hosts.learned(client, &host, told);
        let mut envelope = match unchanged(envelope) {
            Ok(poll) => {
                self.unchanged.push(poll);
                return Ok(true);
            }
            Err(envelope) => envelope,
        };
        envelope.permit = inlet.budget.take(size(&envelope.body)).await;
        if let Some(recorder) = inlet.recorder.clone() {
            // In the order in which it is sent, which is the order in which it is judged.
            envelope = tokio::task::spawn_blocking(move || {
                recorder.record(&mut envelope, feed.as_deref())?;
                anyhow::Ok(envelope)
            })
            .await??;
        }
        drop(room);
        self.sent += 1;
        Ok(inlet.output.send(envelope).await.is_ok())
    }

    /// Sends what waits; false when nobody takes it.
    pub(super) async fn flush(&mut self, inlet: &Inlet) -> bool {
        for envelope in self.unchanged.drain(..) {
            self.sent += 1;
            if inlet.unchanged.send(envelope).await.is_err() {
                return false;
            }
        }
        true
    }
}

/// The poll of a feed that is as it was: there is nothing to clean, to judge or to record. What
/// was learned of its host keeps its place behind earlier answers.
fn unchanged(envelope: Envelope<Captured>) -> Result<Envelope<JudgedItem>, Envelope<Captured>> {
    let is_alone = envelope.host.is_none();
    match &envelope.body {
        Captured::Polled(poll) if is_alone && poll.result == PollResult::NotModified => {}
        _ => return Err(envelope),
    }
    match envelope.split() {
        (rest, Captured::Polled(poll)) => Ok(rest.with(JudgedItem::Polled(poll))),
        (rest, body) => Err(rest.with(body)),
    }
}
