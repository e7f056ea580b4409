//! `backfill`: the articles of a list of URLs, once.

use record::{ContentHash, PageUrl};
use store::{FoundEntry, NewFeed};

use super::run::read_list;
use crate::cli::BackfillArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::pipeline::{Pipeline, Plan};

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
    let mut pipeline = Pipeline::open(context, &plan)?;
    pipeline.add_entries(&found, now)?;
    pipeline.fetch_waiting()?.report(context)
}
