//! The verbs, one a file, and the lowering of what was typed into what they need.

mod backfill;
mod check;
mod clean;
mod dedup;
mod demo;
mod digest;
mod doctor;
mod explain;
mod export;
mod feed;
mod feed_parse;
mod fetch;
mod generate;
mod history;
mod maintain;
mod replay;
mod reprocess;
mod retry;
mod run;
mod search;
mod show;
mod status;
mod stories;
mod story;

use jiff::civil::Date;

use crate::cli::{Cli, FeedVerb, StoryVerb, Verb};
use crate::context::{self, Context};
use crate::exit::Exit;

/// Runs the verb.
pub(crate) fn dispatch(cli: Cli) -> anyhow::Result<Exit> {
    match cli.verb {
        Verb::Completions(args) => return generate::completions(args.shell),
        Verb::Man(args) => return generate::manual(args.what),
        Verb::Demo => return demo::run(&cli.common),
        Verb::Check(args) => return check::run(&context::sources(&cli.common), &cli.common, &args),
        _ => {}
    }
    if let Verb::Feed(verb) = &cli.verb
        && let FeedVerb::Parse(args) = verb.as_ref()
    {
        return feed_parse::run(args);
    }
    let context = Context::new(&cli.common)?;
    match cli.verb {
        Verb::Run(args) => run::run(&context, &args),
        Verb::Backfill(args) => backfill::run(&context, &args),
        Verb::Replay(args) => replay::run(&context, &args),
        Verb::Reprocess(args) => reprocess::run(&context, &args),
        Verb::Feed(verb) => feed::run(&context, &verb),
        Verb::Fetch(args) => fetch::run(&context, &args),
        Verb::Clean(args) => clean::run(&context, &args),
        Verb::Dedup(args) => dedup::run(&context, &args),
        Verb::Export(args) => export::run(&context, &args),
        Verb::History(args) => history::run(&context, &args),
        Verb::Explain(args) => explain::run(&context, &args),
        Verb::Show(args) => show::run(&context, &args),
        Verb::Stories(args) => stories::run(&context, &args),
        Verb::Story(StoryVerb::Split(args)) => story::split(&context, &args),
        Verb::Story(StoryVerb::Merge(args)) => story::merge(&context, &args),
        Verb::Search(args) => search::run(&context, &args),
        Verb::Retry(args) => retry::run(&context, &args),
        Verb::Status(args) => status::run(&context, &args),
        Verb::Doctor(args) => doctor::run(&context, &args),
        Verb::Digest(args) => digest::run(&context, &args),
        Verb::Maintain(verb) => maintain::run(&context, &verb),
        Verb::Check(_) | Verb::Completions(_) | Verb::Demo | Verb::Man(_) => Ok(Exit::Done),
    }
}

pub(crate) use backfill::When;

/// A day as people type it: YYYY-MM-DD or YYYYMMDD.
pub(crate) fn day(text: &str) -> Result<Date, String> {
    let compact = record::date::parse_compact(text);
    compact.or_else(|| text.parse().ok()).ok_or_else(|| format!("'{text}' is not YYYY-MM-DD"))
}
