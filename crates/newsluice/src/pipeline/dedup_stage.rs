//! The dedup stage: one record after the other, in order, on one thread.

use dedup::{Arrival, Index};
use jiff::Timestamp;
use record::{Duplicate, Novelty, PageUrl, Record, RecordId, Verdict};
use store::{Judged, Standing, Stands, StoreError};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::watch;

use super::again::Again;
use super::cleaner;
use super::commit_stage::Done;
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
    pub(crate) committed: watch::Receiver<Done>,
    /// The commit sequence number that the next judged record gets.
    pub(crate) next_sequence: u64,
    /// How many envelopes were handed on, but for the polls of feeds.
    pub(crate) sent: u64,
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
        while let Some(envelope) = input.blocking_recv() {
            let (rest, item) = envelope.split();
            let is_poll = matches!(item, CleanedItem::Polled(_) | CleanedItem::Listed(_));
            if !is_poll {
                self.catch_up()?;
            }
            let judged = match (item, rest.again.as_deref()) {
                (CleanedItem::Record(record, removed), Some(again)) => {
                    self.judge_again(&rest, again, *record, removed)?
                }
                (CleanedItem::Failed(reason), Some(again)) => {
                    JudgedItem::Stays(again.id, Some(reason))
                }
                (CleanedItem::Record(record, removed), None) => {
                    JudgedItem::Record(Box::new(self.judge(&rest, *record)?), removed)
                }
                (CleanedItem::Polled(poll), _) => JudgedItem::Polled(poll),
                (CleanedItem::Listed(poll), _) => JudgedItem::Listed(poll),
                (CleanedItem::Known, _) => JudgedItem::Known,
                (CleanedItem::Unchanged(id), _) => {
                    match id.map_or_else(|| self.named(&rest), |id| Ok(Some(id)))? {
                        Some(id) => JudgedItem::Stays(id, None),
                        None => JudgedItem::Known,
                    }
                }
                (CleanedItem::Failed(reason), None) => JudgedItem::Failed(reason),
            };
            if output.blocking_send(rest.with(judged)).is_err() {
                break;
            }
            self.sent += u64::from(!is_poll);
        }
        Ok(())
    }

    /// The record that one of the envelope's URLs names.
    fn named(&mut self, envelope: &Envelope<()>) -> Result<Option<RecordId>, StoreError> {
        for url in envelope.urls.iter().filter_map(|url| PageUrl::parse(url).ok()) {
            if let Some(id) = self.past.0.id_by_alias(&url.identity())? {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// What has arrived in the database leaves memory; and where nothing is on its way, a user
    /// may have decided something in the quiet before.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        let has_changed = self.committed.has_changed().unwrap_or(false);
        if has_changed || self.committed.borrow().captures >= self.sent {
            self.committed.mark_unchanged();
            self.past.0.refresh()?;
            self.heed_decisions()?;
        }
        Ok(())
    }

    /// Takes in what a user decided about stories meanwhile. The memory of stories is rebuilt
    /// from the database, so everything sent must be there first; the commit stage needs
    /// nothing more from here to get that done.
    fn heed_decisions(&mut self) -> Result<(), StoreError> {
        if !self.storyline.is_stale()? || !self.wait_for_commits() {
            return Ok(());
        }
        self.storyline.rebuild(self.next_sequence)
    }

    /// Waits until everything handed on is in the database; false where nothing more will be
    /// stored, because the commit stage has ended.
    fn wait_for_commits(&mut self) -> bool {
        let sent = self.sent;
        let all = self.committed.wait_for(|done| done.captures >= sent);
        Handle::current().block_on(all).is_ok()
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
        let judged = self.numbered(record, verdict, aliases);
        self.past.0.push(&judged, envelope.at);
        Ok(judged)
    }

    /// The judgement with the next sequence number.
    fn numbered(&mut self, record: Record, verdict: Verdict, aliases: Vec<String>) -> Judged {
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let sketch_day = dedup::sketch_day(&verdict.sketch);
        Judged { record, verdict, aliases, sequence, sketch_day }
    }

    /// Judges what a capture gives that was committed before: see [`again`](super::again) for
    /// the rules.
    fn judge_again(
        &mut self,
        envelope: &Envelope<()>,
        again: &Again,
        record: Record,
        removed: usize,
    ) -> Result<JudgedItem, StoreError> {
        let stays = JudgedItem::Stays(again.id, None);
        let Some(standing) = self.standing(again, envelope.at)? else { return Ok(stays) };
        let name = self.past.0.alias_of(again.id)?;
        let (true, Some(name)) = (again.takes(&standing), name) else { return Ok(stays) };
        // The name that is known comes first: it says which record this is.
        let aliases: Vec<String> =
            std::iter::once(name).chain(aliases(envelope, &record)).collect();
        if store::fingerprint(&record) != standing.fingerprint {
            let verdict = self.revised(again, &record, &aliases, envelope.at, standing)?;
            let judged = self.numbered(record, verdict, aliases);
            self.past.0.push_again(&judged, envelope.at, cleaner::version());
            return Ok(JudgedItem::Again(Box::new(judged), removed));
        }
        for alias in &aliases {
            if self.past.0.id_by_alias(alias)?.is_none() {
                let verdict = verdict(again.id, Novelty::Unchanged, None);
                let judged = self.numbered(record, verdict, aliases);
                self.past.0.push(&judged, envelope.at);
                return Ok(JudgedItem::Record(Box::new(judged), removed));
            }
        }
        Ok(stays)
    }

    /// The text that stands for the capture. Where that is on its way to the database, it is
    /// waited for.
    fn standing(&mut self, again: &Again, at: Timestamp) -> Result<Option<Standing>, StoreError> {
        let mut stands = self.past.0.standing(again.id, at)?;
        if stands == Stands::OnItsWay && self.wait_for_commits() {
            self.past.0.refresh()?;
            stands = self.past.0.standing(again.id, at)?;
        }
        Ok(match stands {
            Stands::Text(standing) => Some(*standing),
            Stands::Nothing | Stands::OnItsWay => None,
        })
    }

    fn revised(
        &mut self,
        again: &Again,
        record: &Record,
        aliases: &[String],
        at: Timestamp,
        standing: Standing,
    ) -> Result<Verdict, StoreError> {
        let arrival = Arrival { record, aliases, at, sequence: self.next_sequence };
        let mut found = self.index.judge(&arrival, &mut self.past)?;
        // The same words in title and body: the link stays as well.
        if found.novelty != Novelty::Revision {
            return Ok(verdict(again.id, Novelty::Revision, standing.duplicate));
        }
        if let Some(copy) = &found.duplicate
            && !self.past.0.is_before(copy.of, again.id)?
        {
            found.duplicate = None;
        }
        Ok(found)
    }
}

fn verdict(id: RecordId, novelty: Novelty, duplicate: Option<Duplicate>) -> Verdict {
    Verdict { id, novelty, duplicate, story: None, sketch: Vec::new() }
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
