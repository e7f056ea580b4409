//! Progress for people: a bar when a terminal watches; else, for work of known size, a line
//! every ten seconds.

mod reading;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::pipeline::Tally;
use reading::Reading;
pub(crate) use reading::bytes_of;

/// Between two lines where no terminal watches.
const PAUSE: Duration = Duration::from_secs(10);

/// A live line on standard error, a line now and then, or nothing.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    lines: Option<Lines>,
    /// Of files: how much of them is read.
    reading: Option<Arc<Mutex<Reading>>>,
}

/// What the size of the work is known by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Size<'a> {
    /// So many items.
    Items(u64),
    /// What is in these files and folders.
    Files(&'a [PathBuf]),
    /// It is not.
    Unknown,
}

#[derive(Debug, Clone)]
struct Lines {
    started: Instant,
    said: Arc<Mutex<Instant>>,
}

impl Lines {
    fn show(&self, line: impl FnOnce(Duration) -> String) {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.elapsed() >= PAUSE {
            *said = Instant::now();
            crate::output::complain(&line(self.started.elapsed()));
        }
    }
}

/// Done, left, rate and time to go.
fn line(seen: u64, total: u64, elapsed: Duration) -> String {
    let left = total.saturating_sub(seen);
    let rate = seen as f64 / elapsed.as_secs_f64().max(0.001);
    let to_go = Duration::try_from_secs_f64(left as f64 / rate).unwrap_or_default();
    format!("{seen} of {total} done, {left} left, {rate:.1}/s, {} to go", in_words(to_go))
}

/// A duration as people say it.
pub(crate) fn in_words(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=5_999 => format!("{} min", seconds.div_ceil(60)),
        6_000..=172_799 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

impl Progress {
    /// A bar if standard error is a terminal and `wanted`; else lines, where the size is known.
    pub(crate) fn new(wanted: bool, size: Size<'_>) -> Self {
        let reading = match size {
            Size::Files(paths) if wanted => Reading::of(paths),
            _ => None,
        };
        let total = match (size, &reading) {
            (Size::Items(total), _) => Some(total),
            (_, reading) => reading.as_ref().map(|reading| reading.total),
        };
        let template = match (total, &reading) {
            (Some(_), None) => "{bar:30} {pos}/{len}  {per_sec}  {eta}  {msg}",
            (_, Some(_)) => "{bar:30} {bytes}/{total_bytes}  {eta}  {msg}",
            (None, None) => "{spinner} {pos} seen  {elapsed}  {per_sec}  {msg}",
        };
        let reading = reading.map(|reading| Arc::new(Mutex::new(reading)));
        if !(wanted && std::io::stderr().is_terminal()) {
            let now = Instant::now();
            let said = Arc::new(Mutex::new(now));
            let lines = total.filter(|_| wanted).map(|_| Lines { started: now, said });
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
            return Self { bar, lines, reading };
        }
        let bar = total.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.enable_steady_tick(std::time::Duration::from_millis(120));
        Self { bar, lines: None, reading }
    }

    /// Takes note of the place in a file that was reached.
    pub(crate) fn reach(&self, source: &str, position: u64) {
        if let Some(reading) = &self.reading {
            reading.lock().unwrap_or_else(PoisonError::into_inner).reach(source, position);
        }
    }

    /// Shows the counts.
    pub(crate) fn show(&self, tally: &Tally) {
        let reading = self.reading.as_ref();
        let reading = reading.map(|r| r.lock().unwrap_or_else(PoisonError::into_inner));
        if !self.bar.is_hidden() {
            self.bar.set_position(reading.as_ref().map_or(tally.seen, |reading| reading.done()));
            self.bar.set_message(tally.brief());
        }
        if let Some(lines) = &self.lines {
            lines.show(|elapsed| match &reading {
                Some(reading) => reading.line(tally.seen, elapsed),
                None => line(tally.seen, self.bar.length().unwrap_or_default(), elapsed),
            });
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_is_left_and_how_long_it_takes() {
        let said = line(1_000, 4_600, Duration::from_secs(100));
        assert_eq!(said, "1000 of 4600 done, 3600 left, 10.0/s, 6 min to go");
        assert_eq!(in_words(Duration::from_secs(7_300)), "2 h 1 min");
    }
}
