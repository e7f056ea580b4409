//! `backfill`: the articles of a list of URLs, once.

use record::{ContentHash, PageUrl};
use store::{Edits, FoundEntry, NewFeed};

use super::run::read_list;
use crate::cli::BackfillArgs;
use crate::context::Context;
use crate::exit::{Exit, TryAgain, is_in_use};
use crate::output;
use crate::pipeline::{ENTRIES_AT_ONCE, Pipeline, Plan, handover};

/// Puts the URLs to the frontier and fetches what waits there, to the end.
pub(super) fn run(context: &Context, args: &BackfillArgs) -> anyhow::Result<Exit> {
    let now = crate::clock::now();
    let mut found = Vec::new();
    for source in &args.sources {
        let list = source.display().to_string();
        for NewFeed { url, host, .. } in read_list(source)? {
            let Ok(page) = PageUrl::parse(&url) else { continue };
            found.push(FoundEntry {
                guid: url.clone(),
                name: page.identity(),
                fingerprint: ContentHash::of_bytes(list.as_bytes()),
                url: Some(url),
                host,
                payload: None,
                is_foreign: false,
                due_at: now,
            });
        }
    }
    let key: Vec<String> = args.sources.iter().map(|p| p.display().to_string()).collect();
    let plan = Plan {
        kind: "backfill",
        key: key.join("\n"),
        ack: args.ack.as_deref(),
        jobs: context.jobs(args.jobs.jobs),
    };
    let mut pipeline = match Pipeline::open(context, &plan) {
        Err(error) if is_in_use(&error) => return hand_over(context, &found),
        pipeline => pipeline?,
    };
    pipeline.add_entries(&found, now)?;
    pipeline.fetch_waiting()?.report(context)
}

/// Beside a daemon the pages are its to fetch: they wait in the frontier, which it looks at all
/// the time.
fn hand_over(context: &Context, found: &[FoundEntry]) -> anyhow::Result<Exit> {
    if !handover::is_daemon(&context.database) {
        return Err(TryAgain(format!(
            "database {}: in use by another process that fetches nothing for others; try again \
             when it is done",
            context.database.display()
        ))
        .into());
    }
    let mut edits = Edits::open(&context.database, context.config.store.busy_timeout.0)?;
    let mut new = 0;
    for chunk in found.chunks(ENTRIES_AT_ONCE) {
        new += edits.add_entries(chunk, crate::clock::now())?;
    }
    if context.json {
        output::say(&serde_json::json!({ "handed_over": new }).to_string())?;
    } else if !context.quiet {
        let known = found.len() - new;
        output::complain(&format!(
            "a daemon has this database: {new} pages handed over to it ({known} were known); it \
             fetches them now, 'newsluice status' shows what waits"
        ));
    }
    Ok(Exit::Done)
}
