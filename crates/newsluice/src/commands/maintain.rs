//! `maintain`: backups, and the database in good order.

use std::path::Path;

use store::{ErrorKind, OpenOptions, Reader, Store};

use crate::cli::MaintainVerb;
use crate::context::Context;
use crate::exit::Exit;
use crate::output;

/// Does what was asked for and says what it did.
pub(super) fn run(context: &Context, verb: &MaintainVerb) -> anyhow::Result<Exit> {
    let path = context.database.as_path();
    match verb {
        MaintainVerb::Backup { to } => {
            Reader::open(path)?.backup(to)?;
            say(context, &format!("{}: a whole copy of {}", to.display(), path.display()))
        }
        MaintainVerb::Restore { from } => {
            let replaced = store::restore(from, path)?;
            let kept = replaced.map(|name| format!("; what was there is now {}", name.display()));
            let kept = kept.unwrap_or_default();
            say(context, &format!("{}: restored from {}{kept}", path.display(), from.display()))
        }
        MaintainVerb::Integrity => integrity(context, path),
        MaintainVerb::Vacuum => {
            let before = size(path);
            let mut store = write(context)?;
            store.vacuum()?;
            store.close()?;
            say(context, &format!("{}: {before} bytes before, {} now", path.display(), size(path)))
        }
        MaintainVerb::Rebuild => {
            let mut store = write(context)?;
            store.rebuild_search()?;
            store.close()?;
            say(context, &format!("{}: full-text index rebuilt", path.display()))
        }
        MaintainVerb::Upgrade => {
            write(context)?.close()?;
            say(context, &format!("{}: up to date", path.display()))
        }
    }
}

/// The database, open for work that no run may be beside.
fn write(context: &Context) -> Result<Store, store::StoreError> {
    let busy_timeout = context.config.store.busy_timeout.0;
    Store::open(
        &context.database,
        OpenOptions { create: false, busy_timeout, ..OpenOptions::default() },
    )
}

fn integrity(context: &Context, path: &Path) -> anyhow::Result<Exit> {
    let problems = Reader::open(path)?.check()?;
    let Some(first) = problems.first() else {
        return say(context, &format!("{}: whole", path.display()));
    };
    for problem in problems.iter().skip(1) {
        output::complain(&format!("{}: {problem}", path.display()));
    }
    let (path, detail) = (path.to_owned(), first.clone());
    Err(store::StoreError { kind: ErrorKind::Corrupt, path, detail }.into())
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

fn say(context: &Context, line: &str) -> anyhow::Result<Exit> {
    if !context.quiet {
        output::say(line)?;
    }
    Ok(Exit::Done)
}
