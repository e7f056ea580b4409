//! `digest`: one hash of all content.

use crate::cli::DigestArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Prints the hash, in hex.
pub(super) fn run(context: &Context, args: &DigestArgs) -> anyhow::Result<Exit> {
    let digest = store::Reader::open(&context.database)?.digest()?;
    output::say(if args.texts { &digest.texts } else { &digest.content })?;
    Ok(Exit::Done)
}
