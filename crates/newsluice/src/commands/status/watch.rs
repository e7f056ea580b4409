//! The status again and again: redrawn on a terminal, a line each time elsewhere.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use store::Reader;
use tokio::signal::unix::{SignalKind, signal};

use super::{Status, screen};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::say;

/// To the upper left, and away with what is below.
const CLEAR: &str = "\x1b[H\x1b[J";

/// Shows it every `interval`, until a signal ends it.
pub(super) fn run(context: &Context, reader: &Reader, interval: Duration) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        loop {
            show(context, &Status::of(context, reader)?)?;
            tokio::select! {
                _ = interrupt.recv() => return Ok(Exit::Done),
                _ = terminate.recv() => return Ok(Exit::Done),
                () = tokio::time::sleep(interval) => {}
            }
        }
    })
}

fn show(context: &Context, status: &Status) -> std::io::Result<()> {
    if context.json {
        return say(&status.as_json().to_string());
    }
    let mut out = std::io::stdout().lock();
    if out.is_terminal() {
        // In one piece: a screen that is drawn in parts flickers.
        let hint = "Ctrl-C ends this; what runs goes on";
        out.write_all(format!("{CLEAR}{}\n\n{hint}\n", screen::of(status)).as_bytes())?;
    } else {
        out.write_all(format!("{}\n", screen::line(status)).as_bytes())?;
    }
    out.flush()
}
