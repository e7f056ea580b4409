//! `feed set`: other decisions about sources.

use serde_json::json;
use store::{FeedInfo, Reader, SourceEdit};

use super::named::named;
use super::options::{clear, take_over};
use crate::cli::FeedSetArgs;
use crate::context::Context;
use crate::exit::{Exit, Usage};
use crate::output::{complain, harmless, say};
use crate::source::{Source, SourceSettings};

/// Changes what was given and leaves the rest as it is.
pub(super) fn run(context: &Context, args: &FeedSetArgs) -> anyhow::Result<Exit> {
    let named = named(&Reader::open(&context.database)?, &args.names)?;
    let changed: Vec<_> = named.feeds.iter().map(|feed| settings(feed, args)).collect();
    let mut edits = Vec::new();
    for (feed, settings) in named.feeds.iter().zip(&changed) {
        let json = settings.to_json();
        let wrong = |e| Usage(format!("{}: {e}", feed.url));
        Source::of(json.as_deref(), &feed.url).map_err(wrong)?;
        edits.push(SourceEdit::Set(feed.feed, json));
    }
    let did = super::edits(context)?.sources(&edits, crate::clock::now())?;
    for ((feed, settings), did) in named.feeds.iter().zip(&changed).zip(did) {
        let number = feed.feed.number();
        if context.json {
            let line = json!({ "feed": number, "url": feed.url, "set": did, "settings": settings });
            say(&line.to_string())?;
        } else if !context.quiet {
            let done = if did { "set" } else { "as it was" };
            complain(&harmless(&format!("{done}: {number} {}", feed.url)));
        }
    }
    Ok(if named.all_found { Exit::Done } else { Exit::NotFound })
}

fn settings(feed: &FeedInfo, args: &FeedSetArgs) -> SourceSettings {
    let mut settings = SourceSettings::stored(feed.settings.as_deref());
    for what in &args.clear {
        clear(*what, &mut settings);
    }
    take_over(&args.options, &mut settings);
    settings
}
