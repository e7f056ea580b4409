//! Progress for people: a bar when a terminal watches, nothing otherwise.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Tally;

/// A live line on standard error, or nothing.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar if standard error is a terminal and `wanted`. `total` is the number of items if
    /// it is known.
    pub(crate) fn new(wanted: bool, total: Option<u64>) -> Self {
        if !(wanted && std::io::stderr().is_terminal()) {
            return Self { bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()) };
        }
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let template = if total.is_some() {
            "{bar:30} {pos}/{len}  {per_sec}  {eta}  {msg}"
        } else {
            "{spinner} {pos} seen  {elapsed}  {per_sec}  {msg}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        Self { bar }
    }

    /// Shows the counts.
    pub(crate) fn show(&self, tally: &Tally) {
        if !self.bar.is_hidden() {
            self.bar.set_position(tally.seen);
            self.bar.set_message(tally.brief());
        }
    }

    /// Prints a line on standard error, above the bar where there is one.
    pub(crate) fn say(&self, line: &str) {
        self.bar.suspend(|| crate::output::complain(line));
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
