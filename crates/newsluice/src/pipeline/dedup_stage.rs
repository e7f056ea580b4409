//! The dedup stage: one record after the other, in order, on one thread.

use dedup::{Arrival, Index};
use record::{Novelty, PageUrl, Record};
use store::{Judged, StoreError};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::watch;

use super::envelope::{CleanedItem, Envelope, JudgedItem};
use super::past::Past;
use super::storyline::Storyline;

/// What the stage owns.
pub(crate) struct DedupStage {
    /// The memory of what was seen.
    pub(crate) index: Index,
    /// The open stories.
    pub(crate) storyline: Storyline,
    /// The database and what is pending.
    pub(crate) past: Past,
    /// Changes with every batch that is committed.
    pub(crate) committed: watch::Receiver<u64>,
    /// The commit sequence number that the next judged record gets.
    pub(crate) next_sequence: u64,
}

impl DedupStage {
    /// Judges what comes in until the input ends or nobody takes the output any more.
    ///
    /// # Errors
    /// What the database says.
    pub(crate) fn run(
        mut self,
        mut input: Receiver<Envelope<CleanedItem>>,
        output: &Sender<Envelope<JudgedItem>>,
    ) -> Result<(), StoreError> {
        let mut sent = 0;
        while let Some(envelope) = input.blocking_recv() {
            // What has arrived in the database leaves memory; and where nothing is on its way, a
            // user may have decided something in the quiet before.
            if self.committed.has_changed().unwrap_or(false) || *self.committed.borrow() >= sent {
                self.committed.mark_unchanged();
                self.past.0.refresh()?;
                self.heed_decisions(sent)?;
            }
            let (rest, item) = envelope.split();
            let judged = match item {
                CleanedItem::Record(record, removed) => {
                    JudgedItem::Record(Box::new(self.judge(&rest, *record)?), removed)
                }
                CleanedItem::Polled(poll) => JudgedItem::Polled(poll),
                CleanedItem::Known => JudgedItem::Known,
                CleanedItem::Failed(reason) => JudgedItem::Failed(reason),
            };
            if output.blocking_send(rest.with(judged)).is_err() {
                break;
            }
            sent += 1;
        }
        Ok(())
    }

    /// Takes in what a user decided about stories meanwhile. The memory of stories is rebuilt
    /// from the database, so everything sent must be there first; the commit stage needs
    /// nothing more from here to get that done.
    fn heed_decisions(&mut self, sent: u64) -> Result<(), StoreError> {
        if !self.storyline.is_stale()? {
            return Ok(());
        }
        let all = self.committed.wait_for(|done| *done >= sent);
        if Handle::current().block_on(all).is_err() {
            return Ok(()); // the commit stage has ended: nothing more will be stored
        }
        self.storyline.rebuild(self.next_sequence)
    }

    fn judge(&mut self, envelope: &Envelope<()>, record: Record) -> Result<Judged, StoreError> {
        let aliases = aliases(envelope, &record);
        let sequence = self.next_sequence;
        let arrival = Arrival { record: &record, aliases: &aliases, at: envelope.at, sequence };
        let mut verdict = self.index.judge(&arrival, &mut self.past)?;
        if verdict.novelty == Novelty::New {
            let found = self.storyline.assign(verdict.id, &record, envelope.at, sequence);
            verdict.story = Some(found);
        }
        self.next_sequence += 1;
        let sketch_day = dedup::sketch_day(&verdict.sketch);
        let judged = Judged { record, verdict, aliases, sequence, sketch_day };
        self.past.0.push(&judged, envelope.at);
        Ok(judged)
    }
}

/// Every name seen for the record, the place where it was found first: the final URL, else
/// the record's own, else the hash of the raw bytes.
fn aliases(envelope: &Envelope<()>, record: &Record) -> Vec<String> {
    let mut aliases: Vec<String> = Vec::new();
    let found = envelope.urls.iter().filter_map(|url| PageUrl::parse(url).ok());
    for url in found.chain(record.url.clone()) {
        let identity = url.identity();
        if !aliases.contains(&identity) {
            aliases.push(identity);
        }
    }
    if aliases.is_empty() {
        aliases.extend(envelope.alias.clone());
    }
    let raw = envelope.capture.as_ref().and_then(|capture| capture.hash);
    if let (true, Some(hash)) = (aliases.is_empty(), raw) {
        aliases.push(format!("sha256:{hash}"));
    }
    aliases
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use record::{ContentHash, Line};
    use store::CaptureKey;

    #[test]
    fn a_text_without_a_url_is_known_by_its_bytes() {
        let line = |s: &str| Line::new(s).unwrap();
        let mut record = Record::new(line("Rain"), vec![line("It rained.")]);
        let mut envelope = Envelope::new("a".into(), Timestamp::UNIX_EPOCH);
        let hash = Some(ContentHash::of_bytes(b"raw"));
        envelope.capture = Some(CaptureKey { source: "a".into(), position: 0, hash });
        assert!(aliases(&envelope, &record)[0].starts_with("sha256:"));

        record.url = PageUrl::parse("http://example.org/canonical").ok();
        envelope.urls = vec!["https://example.org/final?utm_source=x".into()];
        let expected = ["https://example.org/final", "https://example.org/canonical"];
        assert_eq!(aliases(&envelope, &record), expected);
    }
}
