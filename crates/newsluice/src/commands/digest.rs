//! `digest`: one hash of all content.

use crate::cli::DigestArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Prints the hash, in hex.
pub(super) fn run(context: &Context, args: &DigestArgs) -> anyhow::Result<Exit> {
    let reader = store::Reader::open(&context.database)?;
    let digest = if args.texts { reader.digest_of_texts()? } else { reader.digest()? };
    output::say(&digest)?;
    Ok(Exit::Done)
}
