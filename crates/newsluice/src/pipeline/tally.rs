//! What became of every task: the counts behind progress, summaries and exit codes.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use record::{Novelty, Reason, ReasonKind, Verdict};
use serde::Serialize;

/// Counts of outcomes. Each task ends in exactly one of `stored`, `revisions`, `unchanged`,
/// `filtered` and `failed`; `duplicates` are among the stored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Tally {
    /// Tasks that ended.
    pub(crate) seen: u64,
    /// New records.
    pub(crate) stored: u64,
    /// New records that copy another.
    pub(crate) duplicates: u64,
    /// New texts of known records.
    pub(crate) revisions: u64,
    /// Texts that were there already.
    pub(crate) unchanged: u64,
    /// Articles that filters of the user's took.
    pub(crate) filtered: u64,
    /// Tasks without a record, by reason.
    #[serde(serialize_with = "by_code")]
    pub(crate) failed: BTreeMap<ReasonKind, u64>,
    /// Feeds that answered (polls are tasks of their own, not among `seen`).
    pub(crate) polled: u64,
    /// Feeds that failed.
    pub(crate) polls_failed: u64,
}

fn by_code<S: serde::Serializer>(
    failed: &BTreeMap<ReasonKind, u64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(failed.iter().map(|(kind, n)| (kind.code(), n)))
}

impl Tally {
    /// Counts a judged record.
    pub(crate) fn count(&mut self, verdict: &Verdict) {
        self.seen += 1;
        match verdict.novelty {
            Novelty::New => {
                self.stored += 1;
                self.duplicates += u64::from(verdict.duplicate.is_some());
            }
            Novelty::Revision => self.revisions += 1,
            Novelty::Unchanged => self.unchanged += 1,
        }
    }

    /// Counts a capture that was committed before.
    pub(crate) fn count_known(&mut self) {
        self.seen += 1;
        self.unchanged += 1;
    }

    /// Counts what another process judged: a new record, or a revision of one.
    pub(crate) fn count_stored(&mut self, is_revision: bool, is_duplicate: bool) {
        self.seen += 1;
        self.revisions += u64::from(is_revision);
        self.stored += u64::from(!is_revision);
        self.duplicates += u64::from(is_duplicate && !is_revision);
    }

    /// Counts a failure.
    pub(crate) fn count_failure(&mut self, reason: &Reason) {
        self.seen += 1;
        if reason.kind == ReasonKind::Filtered {
            self.filtered += 1;
            return;
        }
        *self.failed.entry(reason.kind).or_default() += 1;
    }

    /// Counts the poll of a feed.
    pub(crate) fn count_poll(&mut self, failed: Option<&Reason>) {
        match failed {
            None => self.polled += 1,
            Some(_) => self.polls_failed += 1,
        }
    }

    /// All failures.
    pub(crate) fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Does every task have exactly one outcome? The conservation law.
    pub(crate) fn is_conserved(&self) -> bool {
        self.seen == self.stored + self.revisions + self.unchanged + self.filtered + self.failures()
            && self.duplicates <= self.stored
    }

    /// The counts in a line, for the progress bar.
    pub(crate) fn brief(&self) -> String {
        let mut line = format!("{} stored", self.stored);
        let more = [
            (self.duplicates, "duplicates"),
            (self.revisions, "revisions"),
            (self.unchanged, "unchanged"),
            (self.filtered, "filtered"),
            (self.failures(), "failed"),
        ];
        for (count, what) in more.iter().filter(|(count, _)| *count > 0) {
            line.extend([", ", &count.to_string(), " ", what]);
        }
        line
    }
}

/// A tally after its run: the summary that people read.
pub(crate) struct Summary<'a> {
    /// The counts.
    pub(crate) tally: &'a Tally,
    /// How long it took.
    pub(crate) elapsed: Duration,
}

impl fmt::Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tally = self.tally;
        let seconds = self.elapsed.as_secs_f64();
        let rate = tally.seen as f64 / seconds.max(0.001);
        if tally.polled + tally.polls_failed > 0 {
            writeln!(f, "{} feeds answered, {} failed", tally.polled, tally.polls_failed)?;
        }
        write!(
            f,
            "{} seen: {} stored ({} of them duplicates), {} revisions, {} unchanged, {} failed; \
             {seconds:.1} s, {rate:.0} records/s",
            tally.seen,
            tally.stored,
            tally.duplicates,
            tally.revisions,
            tally.unchanged,
            tally.failures(),
        )?;
        if tally.filtered > 0 {
            write!(
                f,
                "\n  filtered: {} × by language or the filters of their source",
                tally.filtered
            )?;
        }
        for (kind, count) in &tally.failed {
            write!(f, "\n  failed: {count} × {} ({})", kind.sentence(), kind.code())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_has_one_outcome() {
        let mut tally = Tally::default();
        tally.count_known();
        tally.count_failure(&Reason::of(ReasonKind::Empty));
        assert!(tally.is_conserved());
        assert_eq!(tally.brief(), "0 stored, 1 unchanged, 1 failed");
        let summary = Summary { tally: &tally, elapsed: Duration::from_secs(2) }.to_string();
        assert_eq!(
            summary,
            "2 seen: 0 stored (0 of them duplicates), 0 revisions, 1 unchanged, 1 failed; \
             2.0 s, 1 records/s\n  failed: 1 × empty input (empty)"
        );
        tally.stored += 1;
        assert!(!tally.is_conserved());
    }
}
