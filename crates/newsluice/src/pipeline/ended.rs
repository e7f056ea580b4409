//! What is left of a run that came to its end: its summary and its exit code.

use std::time::Duration;

use record::ReasonKind;

use super::sample::Sample;
use super::tally::{Summary, Tally};
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// A run that came to its end.
pub(crate) struct Ended {
    pub(super) tally: Tally,
    pub(super) sample: Sample,
    pub(super) stopped: bool,
    pub(super) elapsed: Duration,
    /// Records of archives that hold no page.
    pub(super) passed_over: u64,
}

impl Ended {
    /// Was nothing of the input worth a task?
    pub(crate) fn is_empty(&self) -> bool {
        self.tally.seen == 0
    }

    /// Prints the summary and says how the command ended.
    ///
    /// # Errors
    /// When standard output is gone.
    pub(crate) fn report(&self, context: &Context) -> anyhow::Result<Exit> {
        use std::io::IsTerminal;
        if context.json {
            output::say(&serde_json::to_string(&self.tally)?)?;
        } else if !context.quiet {
            if std::io::stdout().is_terminal()
                && let Some(table) = self.sample.table()
            {
                output::say(&table)?;
            }
            let summary = Summary { tally: &self.tally, elapsed: self.elapsed };
            output::complain(&summary.to_string());
            if self.passed_over > 0 {
                output::complain(&format!(
                    "{} archive records passed over: they hold no page (requests, redirects, \
                     errors, images), or none that is wanted",
                    self.passed_over
                ));
            }
            if self.stopped {
                output::complain("stopped before the end; the same command goes on from here");
            }
        }
        Ok(self.exit())
    }

    fn exit(&self) -> Exit {
        let tally = &self.tally;
        let unreadable = tally.failed.get(&ReasonKind::Unreadable).copied().unwrap_or(0);
        if tally.seen > 0 && unreadable == tally.seen {
            Exit::NoInput
        } else if tally.polls_failed > 0 && tally.polled == 0 {
            Exit::Unavailable
        } else if tally.failures() + tally.polls_failed > 0 {
            Exit::SomeFailed
        } else {
            Exit::Done
        }
    }
}
