//! `run`: feeds polled, pages fetched, records stored.

use std::path::Path;

use anyhow::Context as _;
use fetch::HostKey;
use record::PageUrl;
use store::NewFeed;

use crate::cli::RunArgs;
use crate::context::Context;
use crate::exit::{Exit, Usage};
use crate::output::complain;
use crate::pipeline::{Manners, Pipeline, Plan, Reloaded};

/// Polls what is due; with `--once` until nothing is left, else until a signal.
pub(super) fn run(context: &Context, args: &RunArgs) -> anyhow::Result<Exit> {
    let mut context = context.clone();
    if let Some(folder) = &args.archive {
        context.config.archive.dir = folder.display().to_string();
    }
    let context = &context;
    let feeds = args.feeds.as_deref().map(read_list).transpose()?.unwrap_or_default();
    let plan = Plan {
        kind: "run",
        key: String::new(),
        ack: args.ack.as_deref(),
        jobs: context.jobs(args.jobs.jobs),
    };
    let mut pipeline = Pipeline::open(context, &plan)?;
    pipeline.add_feeds(&feeds)?;
    if !pipeline.has_feeds()? {
        complain("no feeds yet: name a file with one feed URL a line with --feeds FILE");
        return Err(Usage("nothing to do: there are no feeds".to_owned()).into());
    }
    if args.once {
        return pipeline.crawl_once()?.report(context);
    }
    pipeline.daemon(&|| reloaded(context, args))?.report(context)?;
    // A daemon meets failures all the time; that it ended as asked is its success.
    Ok(Exit::Done)
}

/// Settings and feed list as they are by now. Standard input was read to its end before.
fn reloaded(context: &Context, args: &RunArgs) -> anyhow::Result<Reloaded> {
    let list = args.feeds.as_deref().filter(|list| *list != Path::new("-"));
    let feeds = list.map(read_list).transpose()?.unwrap_or_default();
    Ok(Reloaded { manners: Manners::new(&context.reloaded()?)?, feeds })
}

/// The URLs of a list: one a line, `#` starts a comment line.
pub(super) fn read_list(path: &Path) -> anyhow::Result<Vec<NewFeed>> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.with_context(|| path.display().to_string())?;
    let mut urls = Vec::new();
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        match (PageUrl::parse(line), HostKey::of_url(line)) {
            (Ok(_), Some(host)) => urls.push(NewFeed {
                url: line.to_owned(),
                host: host.as_str().to_owned(),
                settings: None,
            }),
            (Err(e), _) => complain(&format!("{}: {line}: {e}; skipped", path.display())),
            (Ok(_), None) => complain(&format!("{}: {line}: no host; skipped", path.display())),
        }
    }
    Ok(urls)
}
