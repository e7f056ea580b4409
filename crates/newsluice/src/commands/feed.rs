//! `feed`: the verbs for sources. All of them work beside a running daemon, which sees what
//! changed within moments.

mod add;
mod discover;
mod export;
mod filter;
mod import;
mod list;
pub(super) mod named;
mod options;
mod rest;
mod set;
mod shown;

use store::Edits;

use crate::cli::{FeedVerb, FilterVerb};
use crate::context::Context;
use crate::exit::Exit;

/// Runs the verb.
pub(super) fn run(context: &Context, verb: &FeedVerb) -> anyhow::Result<Exit> {
    match verb {
        FeedVerb::Add(args) => add::run(context, args),
        FeedVerb::List(args) => list::run(context, args),
        FeedVerb::Set(args) => set::run(context, args),
        FeedVerb::Rm(names) => rest::remove(context, names),
        FeedVerb::Pause(names) => rest::pause(context, names),
        FeedVerb::Resume(names) => rest::resume(context, names),
        FeedVerb::Discover(args) => discover::run(context, args),
        FeedVerb::Parse(args) => super::feed_parse::run(args),
        FeedVerb::Import(args) => import::import(context, args),
        FeedVerb::Sync(args) => import::sync(context, args),
        FeedVerb::Export(args) => export::run(context, args),
        FeedVerb::Filter(FilterVerb::Test(args)) => filter::test(context, args),
    }
}

/// The write connection for edits, on a database that may not be there yet.
fn edits(context: &Context) -> anyhow::Result<Edits> {
    let patience = context.config.store.busy_timeout.0;
    Ok(Edits::open_or_create(&context.database, patience)?)
}
