//! The program: channels, tasks, configuration, command line.
//!
//! This crate knows all the others and wires them; the logic is theirs. As a library it has
//! one entry, for the binary and for the tests that start it:
//!
//! ```no_run
//! std::process::exit(if newsluice::main() == std::process::ExitCode::SUCCESS { 0 } else { 1 });
//! ```

mod cli;
mod clock;
mod commands;
mod config;
mod context;
mod demo;
mod disk;
mod exit;
mod http;
mod logging;
mod output;
mod paths;
mod pipeline;
mod progress;
mod shutdown;
mod site_rules;
mod source;
mod supervisor;

use std::process::ExitCode;

use clap::Parser;

/// glibc keeps the memory that many threads once needed for large answers: a crawl of hostile
/// origins peaked at three times what was ever in use.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Puts the clock of this process forward by so many milliseconds, or back: for tests of what a
/// jump does, which must not touch the machine's clock.
#[doc(hidden)]
pub fn shift_clock(milliseconds: i64) {
    clock::shift(milliseconds);
}

/// Takes this process for one of an older version, whose cleaning leaves `paragraph` in every
/// text: for tests of what a newer version makes of the past.
#[doc(hidden)]
pub fn clean_as_older(version: String, paragraph: String) {
    pipeline::cleaner::be_older(version, paragraph);
}

/// Runs the program with the arguments and environment of this process, to its exit code.
pub fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            let code = if e.use_stderr() { 2 } else { 0 };
            // Printing help into a closed pipe is no failure.
            e.print().ok();
            return ExitCode::from(code);
        }
    };
    // Settings that are wrong are told of by the verb.
    let settings = config::load(&context::sources(&cli.common));
    logging::start(&cli.common, settings.map(|s| s.log.format).unwrap_or_default());
    match commands::dispatch(cli) {
        Ok(exit) => exit.into(),
        Err(e) if exit::is_broken_pipe(&e) => ExitCode::SUCCESS,
        Err(e) => {
            output::complain(&format!("newsluice: {}", output::harmless(&format!("{e:#}"))));
            ExitCode::from(exit::code_of(&e))
        }
    }
}
