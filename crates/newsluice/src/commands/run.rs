//! `run`: feeds polled, pages fetched, records stored.

use std::path::Path;

use anyhow::Context as _;
use fetch::{Credentials, HostKey};
use record::PageUrl;
use store::NewFeed;

use crate::cli::RunArgs;
use crate::context::Context;
use crate::exit::{Exit, Usage};
use crate::output::complain;
use crate::pipeline::{Manners, Pipeline, Plan, Reloaded};
use crate::source::Passwords;

/// Polls what is due; with `--once` until nothing is left, else until a signal.
pub(super) fn run(context: &Context, args: &RunArgs) -> anyhow::Result<Exit> {
    let context = &context.recording_in(args.archive.as_deref());
    let (feeds, passwords) = args.feeds.as_deref().map(read_list).transpose()?.unwrap_or_default();
    let plan = Plan {
        kind: "run",
        key: String::new(),
        ack: args.ack.as_deref(),
        jobs: context.jobs(args.jobs.jobs),
    };
    let mut pipeline = Pipeline::open(context, &plan)?;
    pipeline.add_feeds(&feeds, passwords)?;
    if !pipeline.has_feeds()? {
        for line in FIRST_STEPS {
            complain(line);
        }
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
    let (feeds, passwords) = list.map(read_list).transpose()?.unwrap_or_default();
    Ok(Reloaded { manners: Manners::new(&context.reloaded()?, passwords)?, feeds })
}

/// What a user without feeds is told.
const FIRST_STEPS: [&str; 4] = [
    "no feeds yet, and nobody was contacted; next:",
    "  newsluice feed add https://example.org/     find and follow the feeds of a site",
    "  newsluice feed import FILE                  take over a list: OPML, newsboat's urls, plain",
    "  newsluice demo                              see it at work without a network",
];

/// The URLs of a list: one a line, `#` starts a comment line. A password in one stays apart.
fn read_list(path: &Path) -> anyhow::Result<(Vec<NewFeed>, Passwords)> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.with_context(|| path.display().to_string())?;
    let (mut feeds, mut secrets) = (Vec::new(), Vec::new());
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (url, secret) = Credentials::from_url(line);
        match (PageUrl::parse(&url), HostKey::of_url(&url)) {
            (Ok(_), Some(host)) => {
                secrets.extend(secret.map(|secret| (url.clone(), secret)));
                feeds.push(NewFeed { url, host: host.as_str().to_owned(), settings: None });
            }
            (Err(e), _) => complain(&format!("{}: {url}: {e}; skipped", path.display())),
            (Ok(_), None) => complain(&format!("{}: {url}: no host; skipped", path.display())),
        }
    }
    Ok((feeds, secrets.into_iter().collect()))
}
