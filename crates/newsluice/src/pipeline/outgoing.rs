//! What a crawl brought, on its way to the first channel.

use fetch::Client;
use store::PollResult;

use super::envelope::{Captured, Envelope, JudgedItem};
use super::fetched::Fetched;
use super::host_notes::HostNotes;
use super::inlet::Inlet;
use super::replay::size;

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
        let Fetched { mut envelope, room, host, told, answers } = fetched;
        inlet.live.ended(&host);
        envelope.host = self.hosts.learned(client, &host, told);
        let mut envelope = match envelope.split() {
            // There is nothing to clean, to judge or to record. What was learned of a host keeps
            // its place behind earlier answers.
            (rest, Captured::Polled(poll))
                if rest.host.is_none() && poll.result == PollResult::NotModified =>
            {
                self.unchanged.push(rest.with(JudgedItem::Polled(poll)));
                return Ok(true);
            }
            (rest, body) => rest.with(body),
        };
        envelope.permit = inlet.budget.take(size(&envelope.body)).await;
        if let Some(recorder) = inlet.recorder.clone() {
            // In the order in which it is sent, which is the order in which it is judged.
            envelope = tokio::task::spawn_blocking(move || {
                recorder.record(&mut envelope, answers.as_ref())?;
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
