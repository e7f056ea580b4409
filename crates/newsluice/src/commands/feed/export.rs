//! `feed export`: the sources as a list.

use std::path::Path;

use anyhow::Context as _;
use store::{FeedInfo, Reader};

use super::named::has_tag;
use crate::cli::{FeedExportArgs, ListFormat};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::say;
use crate::source::listing;

/// Writes the list.
pub(super) fn run(context: &Context, args: &FeedExportArgs) -> anyhow::Result<Exit> {
    let feeds = Reader::open(&context.database)?.feeds()?;
    let feeds: Vec<FeedInfo> = feeds.into_iter().filter(|feed| has_tag(feed, &args.of)).collect();
    let list = match args.format {
        ListFormat::Opml => listing::opml(&feeds),
        ListFormat::Plain => listing::plain(&feeds),
        ListFormat::Newsboat => listing::newsboat(&feeds),
    };
    if args.output == Path::new("-") {
        say(list.trim_end_matches('\n'))?;
    } else {
        std::fs::write(&args.output, list).with_context(|| args.output.display().to_string())?;
    }
    Ok(Exit::Done)
}
