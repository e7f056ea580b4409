//! `backfill`: the past, from lists of pages (sitemaps, paged feeds, plain lists) and from
//! archives.

mod capture_list;
mod instant;
mod sources;

use std::time::Duration;

use archive::Limits as ArchiveLimits;
use store::{Edits, FoundEntry};
use tokio::runtime::Runtime;

use crate::cli::BackfillArgs;
use crate::context::Context;
use crate::exit::{Exit, TryAgain, Usage, is_in_use};
use crate::output;
use crate::pipeline::only_in;
use crate::pipeline::survey::{Book, Cost, Filter, Found, Limits, Survey};
use crate::pipeline::{Pipeline, Plan, Replay, handover, web_client};
use crate::progress::bytes_of;
use crate::shutdown::Shutdown;
use crate::source::words;
pub(crate) use instant::When;
use sources::Sources;

/// Entries put to the frontier in one transaction.
const ENTRIES_AT_ONCE: usize = 1000;

/// What `--archive` is worth where a daemon fetches.
const DAEMON_RECORDS: &str = "--archive counts for nothing here: the daemon fetches the pages, \
    and keeps them if its own 'run --archive' or setting archive.dir says so";

/// Brings in the past from all sources, archives first.
pub(super) fn run(context: &Context, args: &BackfillArgs) -> anyhow::Result<Exit> {
    let sources = Sources::of(&args.sources)?;
    if sources.archives.is_empty() && !sources.ask_the_web() {
        return Err(Usage("nothing to bring in: the lists name no URL".to_owned()).into());
    }
    if args.plan {
        return plan(context, args, &sources);
    }
    let mut exit = Exit::Done;
    if !sources.archives.is_empty() {
        exit = archives(context, args, &sources)?;
    }
    if !sources.ask_the_web() {
        return Ok(exit);
    }
    match lists(&context.recording_in(args.archive.as_deref()), args, &sources)? {
        Exit::Done => Ok(exit),
        other => Ok(other),
    }
}

/// The same sources with the same filters are the same backfill, which goes on where it stopped.
fn key(args: &BackfillArgs) -> String {
    let typed = |when: &Option<When>| when.as_ref().map(|w| w.typed.clone()).unwrap_or_default();
    let filters = [
        typed(&args.since),
        typed(&args.until),
        args.host.clone().unwrap_or_default(),
        args.url.clone().unwrap_or_default(),
        args.lang.clone().unwrap_or_default(),
    ];
    let mut key = args.sources.join("\n");
    if filters.iter().any(|filter| !filter.is_empty()) {
        key.extend(["\n--", &filters.join("\n")]);
    }
    key
}

/// What is wanted. Spans are counted back from `now`.
fn filter(args: &BackfillArgs, now: jiff::Timestamp) -> anyhow::Result<Filter> {
    let at = |when: &Option<When>| when.as_ref().map(|when| when.before(now)).transpose();
    let (since, until) = (at(&args.since), at(&args.until));
    let filter = Filter {
        since: since.map_err(Usage)?,
        until: until.map_err(Usage)?,
        host: args.host.as_ref().map(|host| host.to_ascii_lowercase()),
        url: args.url.clone(),
        lang: args.lang.as_ref().map(|lang| lang.to_ascii_lowercase()),
    };
    if let (Some(since), Some(until)) = (filter.since, filter.until)
        && since >= until
    {
        return Err(Usage(format!("--since {since} is not before --until {until}")).into());
    }
    Ok(filter)
}

fn plan_of<'a>(kind: &'static str, context: &Context, args: &'a BackfillArgs) -> Plan<'a> {
    let jobs = context.jobs(args.jobs.jobs);
    Plan { kind, key: key(args), ack: args.ack.as_deref(), jobs }
}

fn archives(context: &Context, args: &BackfillArgs, sources: &Sources) -> anyhow::Result<Exit> {
    let plan = plan_of("backfill-archives", context, args);
    let (file, page) = (context.config.clean.text_limit.0, context.config.fetch.page_limit.0);
    let limits = ArchiveLimits { file, page, ..ArchiveLimits::default() };
    super::replay::through(context, &plan, |run, reader| {
        let (at, reached) = (run.started_at, reader.reached(run.id)?);
        let filter = filter(args, at)?;
        let paths = sources.archives.clone();
        Ok(Replay { paths, limits, at, reader, reached, filter, again: None })
    })?
    .report(context)
}

fn lists(context: &Context, args: &BackfillArgs, sources: &Sources) -> anyhow::Result<Exit> {
    let plan = plan_of("backfill", context, args);
    let open =
        |context: &Context| Edits::open(&context.database, context.config.store.busy_timeout.0);
    match Pipeline::open(context, &plan) {
        Err(error) if is_in_use(&error) => {
            if !handover::is_daemon(&context.database) {
                return Err(TryAgain(format!(
                    "database {}: in use by another process that fetches nothing for others; \
                     try again when it is done",
                    context.database.display()
                ))
                .into());
            }
            let mut edits = open(context)?;
            let run = edits.begin_run(plan.kind, &plan.key, crate::clock::now())?;
            let found = survey(context, args, sources, (run, edits), None)?;
            if !found.stopped {
                open(context)?.end_run(run.id, crate::clock::now())?;
            }
            if args.archive.is_some() && !context.quiet {
                output::complain(DAEMON_RECORDS);
            }
            handed_over(context, &found)
        }
        pipeline => {
            let pipeline = pipeline?;
            pipeline.make_ready_to_record()?;
            let book = (pipeline.run(), open(context)?);
            let found = survey(context, args, sources, book, Some(pipeline.shutdown()))?;
            if found.stopped {
                pipeline.pause()?;
                output::complain("stopped before the end; the same command goes on from here");
                return Ok(Exit::Done);
            }
            let exit = pipeline.fetch_the_rest()?.report(context)?;
            Ok(if exit == Exit::Done && found.failed > 0 { Exit::SomeFailed } else { exit })
        }
    }
}

/// Puts what the sources list to the frontier.
fn survey(
    context: &Context,
    args: &BackfillArgs,
    sources: &Sources,
    (run, mut edits): (store::Run, Edits),
    shutdown: Option<Shutdown>,
) -> anyhow::Result<Found> {
    let filter = filter(args, run.started_at)?;
    let now = crate::clock::now();
    let pages = wanted(sources, &filter, now);
    let mut known = Found::default();
    for chunk in pages.chunks(ENTRIES_AT_ONCE) {
        known.new += edits.add_entries(chunk, now)? as u64;
        known.pages += chunk.len() as u64;
    }
    if sources.seeds.is_empty() {
        return Ok(known);
    }
    let book = Book::Run(edits, run.id);
    let (found, _) = read_lists(context, args, sources, &filter, (book, shutdown))?;
    if !context.quiet && !context.json {
        output::complain(&said(&found));
    }
    Ok(Found { pages: found.pages + known.pages, new: found.new + known.new, ..found })
}

/// The pages that the sources name themselves.
fn wanted(sources: &Sources, filter: &Filter, now: jiff::Timestamp) -> Vec<FoundEntry> {
    let wanted = sources.pages.iter().filter(|page| filter.takes(&page.url, page.at));
    // A plain list tells no language: the texts do.
    let told = |entry| match &filter.lang {
        Some(lang) => only_in(entry, lang),
        None => entry,
    };
    wanted.filter_map(|page| page.entry(now)).map(told).collect()
}

fn read_lists(
    context: &Context,
    args: &BackfillArgs,
    sources: &Sources,
    filter: &Filter,
    (book, shutdown): (Book, Option<Shutdown>),
) -> anyhow::Result<(Found, Cost)> {
    let is_plan = matches!(book, Book::Plan);
    let client = web_client(context)?;
    let limits = Limits { lists: args.max_lists, pages: args.max_pages };
    let mut say = |line: String| output::complain(&output::harmless(&line));
    let runtime = Runtime::new()?;
    let found = runtime.block_on(async {
        let shutdown = shutdown.map_or_else(Shutdown::listen, Ok)?;
        let survey = Survey::new((&client, filter), limits, book, &sources.seeds, &mut say)?;
        anyhow::Ok(survey.run(&shutdown).await?)
    });
    runtime.shutdown_timeout(Duration::from_millis(100));
    let mut found = found?;
    if is_plan {
        for page in wanted(sources, filter, crate::clock::now()) {
            *found.hosts.entry(fetch::HostKey::from_stored(&page.host)).or_default() += 1;
            found.pages += 1;
        }
    }
    let cost = Cost::of(&found, &client, context.config.fetch.host_delay.0);
    Ok((found, cost))
}

fn said(found: &Found) -> String {
    if found.lists + found.failed == 0 && !found.stopped {
        return "going on: the lists were read before".to_owned();
    }
    let (lists, pages) = (words::count(found.lists, "list"), words::count(found.pages, "page"));
    let mut line = format!("{lists} read: {pages}, {} of them new", found.new);
    let more = [
        (found.filtered, "taken by filters"),
        (found.foreign, "refused: of other hosts, whose robots.txt does not name the list"),
        (found.failed, if found.failed == 1 { "list failed" } else { "lists failed" }),
    ];
    for (count, what) in more.iter().filter(|(count, _)| *count > 0) {
        line.extend(["; ", &count.to_string(), " ", what]);
    }
    line
}

fn handed_over(context: &Context, found: &Found) -> anyhow::Result<Exit> {
    if context.json {
        output::say(&serde_json::json!({ "handed_over": found.new }).to_string())?;
    } else if !context.quiet {
        let known = found.pages - found.new;
        output::complain(&format!(
            "a daemon has this database: {} pages handed over to it ({known} were known); it \
             fetches them now, 'newsluice status' shows what waits",
            found.new
        ));
    }
    Ok(Exit::Done)
}

/// Says what a backfill would do: lists are read, pages are not.
fn plan(context: &Context, args: &BackfillArgs, sources: &Sources) -> anyhow::Result<Exit> {
    let now = crate::clock::now();
    let filter = filter(args, now)?;
    let (found, cost) = if sources.ask_the_web() {
        read_lists(context, args, sources, &filter, (Book::Plan, None))?
    } else {
        Default::default()
    };
    let archives = sources.archives.len();
    let packed = bytes_of(&sources.archives);
    if context.json {
        output::say(&serde_json::json!({
            "lists": found.lists, "lists_failed": found.failed, "requests": cost.requests,
            "bytes": cost.bytes, "seconds": cost.duration.as_secs(), "filtered": found.filtered,
            "foreign": found.foreign, "archives": archives, "archive_bytes": packed,
            "hosts": cost.hosts.iter().map(|(host, (pages, time))| {
                serde_json::json!({ "host": host, "requests": pages, "seconds": time.as_secs() })
            }).collect::<Vec<_>>(),
        }).to_string())?;
    } else {
        if !sources.seeds.is_empty() {
            output::say(&said(&found).replace(", 0 of them new", ""))?;
        }
        if sources.ask_the_web() {
            output::say(&cost.to_string())?;
        }
        if archives > 0 {
            let size = packed.map_or_else(
                || "of many files".to_owned(),
                |bytes| format!("{:.1} MB", bytes as f64 / 1e6),
            );
            output::say(&format!(
                "archives or folders to read, without a request: {archives}, {size}"
            ))?;
        }
    }
    Ok(if found.failed > 0 { Exit::SomeFailed } else { Exit::Done })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_is_said_also_when_nothing_was() {
        let found = Found { lists: 1, pages: 2, new: 1, failed: 1, ..Found::default() };
        assert_eq!(said(&found), "1 list read: 2 pages, 1 of them new; 1 list failed");
        assert_eq!(said(&Found::default()), "going on: the lists were read before");
        let stopped = Found { stopped: true, ..Found::default() };
        assert_eq!(said(&stopped), "0 lists read: 0 pages, 0 of them new");
    }
}
