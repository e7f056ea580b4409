//! `dedup`: one stage alone.

use crate::cli::DedupArgs;
use crate::context::Context;
use crate::exit::Exit;

/// Placeholder until wired.
pub(super) fn run(_context: &Context, _args: &DedupArgs) -> anyhow::Result<Exit> {
    Ok(Exit::Done)
}
