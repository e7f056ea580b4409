//! The log: lines on standard error that can be read alone.

use std::io::IsTerminal;

use tracing_subscriber::filter::LevelFilter;

use crate::cli::Common;
use crate::config::LogFormat;

/// Starts the log at the level that `-q` and `-v` ask for. Colours only on a terminal, and
/// not against NO_COLOR (no-color.org).
pub(crate) fn start(common: &Common, format: LogFormat) {
    let level = match (common.quiet, common.verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, _) => LevelFilter::DEBUG,
    };
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(level)
        .with_target(false)
        // It would tell of a standard error that is closed on that standard error, and panic.
        .log_internal_errors(false)
        .with_ansi(std::io::stderr().is_terminal() && !no_color)
        .with_writer(std::io::stderr);
    // Fails only when a log was started before, as a second test in one process does.
    match format {
        LogFormat::Text => subscriber.try_init().ok(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init().ok(),
    };
}
