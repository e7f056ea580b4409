//! `feed discover`: the feeds of a site, and nothing added.

use super::add::{look, refused};
use super::shown::{address, as_json, show};
use crate::cli::FeedDiscoverArgs;
use crate::context::Context;
use crate::exit::{Exit, Usage};
use crate::output::say;
use crate::source::{Access, Kind};

/// Shows what is found, the surest first.
pub(super) fn run(context: &Context, args: &FeedDiscoverArgs) -> anyhow::Result<Exit> {
    let url = address(&args.url).map_err(Usage)?;
    let found = match look(context, &url, (Kind::Feed, &Access::default()))? {
        Ok(found) => found,
        Err(reason) => return Ok(refused(&url, &reason)),
    };
    for (n, feed) in found.iter().enumerate() {
        if context.json {
            say(&as_json(feed).to_string())?;
        } else {
            show(feed, (found.len() > 1).then_some(n + 1))?;
        }
    }
    Ok(Exit::Done)
}
