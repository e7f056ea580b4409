//! `demo`: a little synthetic news world on loopback, and the daemon reading it.

use std::collections::HashMap;
use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use anyhow::Context as _;
use fetch::HostKey;
use record::{ReasonKind, RecordId};
use store::{DeadLetters, NewFeed, Reader, Selection, StoredRecord};

use crate::cli::Common;
use crate::context::Context;
use crate::demo::NewsWorld;
use crate::exit::{Exit, Usage};
use crate::output::{harmless, say};
use crate::pipeline::{Ended, Manners, Pipeline, Plan, Reloaded};
use crate::source::Passwords;
use crate::source::words::count;

/// Settings of the demo, whatever the user's own are: loopback, no proxy, no pauses, a poll a
/// second.
const SETTINGS: [&str; 9] = [
    "fetch.allow_nets=127.0.0.0/8",
    "fetch.proxy=",
    "fetch.ca_file=",
    "fetch.ca_only=false",
    "fetch.host_delay=0",
    "fetch.per_host=8",
    "fetch.contact=https://demo.invalid/about",
    "schedule.interval=1s",
    "store.batch_wait=20ms",
];

/// How often new lines are looked for while it goes on.
const LOOK: Duration = Duration::from_millis(300);

/// Runs the demo: two polls, and on a terminal it goes on until Ctrl-C.
pub(super) fn run(common: &Common) -> anyhow::Result<Exit> {
    let database = match &common.db {
        Some(path) if path.exists() => {
            let hint = format!("{}: exists; the demo wants a new database", path.display());
            return Err(Usage(hint).into());
        }
        Some(path) => path.clone(),
        None => fresh_folder()?.join("news.db"),
    };
    let context = context(common, &database)?;
    let world = NewsWorld::open(crate::clock::now()).context("loopback")?;
    say("a synthetic news world: three invented outlets on loopback, no network is used")?;
    let mut seen = Seen::default();
    pass(&context, &world)?;
    seen.show_news(&database)?;
    // What is due a second later; the feeds carry a correction by then.
    std::thread::sleep(Duration::from_millis(1100));
    pass(&context, &world)?;
    seen.show_news(&database)?;
    summary(&context)?;
    if std::io::stdout().is_terminal() && !context.quiet {
        say("\nthe daemon goes on reading; Ctrl-C ends it")?;
        go_on(&context, &world, seen)?;
    }
    what_next(&database)?;
    Ok(Exit::Done)
}

fn context(common: &Common, database: &Path) -> anyhow::Result<Context> {
    let mut common = Common { db: Some(database.to_owned()), no_progress: true, ..common.clone() };
    common.config = Some("/dev/null".into());
    common.set.extend(SETTINGS.map(str::to_owned));
    Context::new(&common)
}

/// A new folder for temporary files, named after this process.
fn fresh_folder() -> anyhow::Result<PathBuf> {
    let base = std::env::temp_dir();
    for n in 0..100u32 {
        let folder = base.join(format!("newsluice-demo-{}-{n}", std::process::id()));
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e).with_context(|| folder.display().to_string()),
        }
    }
    anyhow::bail!("{}: too many demos were left here; remove newsluice-demo-*", base.display())
}

fn feeds(world: &NewsWorld) -> Vec<NewFeed> {
    let feed = |url: String| {
        let host = HostKey::of_url(&url)?.as_str().to_owned();
        Some(NewFeed { url, host, settings: None })
    };
    world.feeds().into_iter().filter_map(feed).collect()
}

fn open<'a>(context: &'a Context, world: &NewsWorld) -> anyhow::Result<Pipeline<'a>> {
    let plan = Plan { kind: "run", key: String::new(), ack: None, jobs: context.jobs(None) };
    let mut pipeline = Pipeline::open(context, &plan)?;
    pipeline.add_feeds(&feeds(world), Passwords::default())?;
    Ok(pipeline)
}

fn pass(context: &Context, world: &NewsWorld) -> anyhow::Result<Ended> {
    open(context, world)?.crawl_once()
}

/// The daemon itself, with a second thread that shows what it stores.
fn go_on(context: &Context, world: &NewsWorld, mut seen: Seen) -> anyhow::Result<()> {
    let pipeline = open(context, world)?;
    let (stop, stopped) = sync_channel::<()>(0);
    let database = context.database.clone();
    let showing = std::thread::spawn(move || -> anyhow::Result<()> {
        while stopped.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            seen.show_news(&database)?;
        }
        seen.show_news(&database)
    });
    let reload = || {
        Ok(Reloaded { manners: Manners::new(context, Passwords::default())?, feeds: Vec::new() })
    };
    let ended = pipeline.daemon(&reload);
    drop(stop);
    let shown = showing.join().unwrap_or_else(|_| anyhow::bail!("showing failed: please report"));
    ended?;
    shown
}

/// Which texts were shown by now.
#[derive(Default)]
struct Seen(HashMap<RecordId, u32>);

impl Seen {
    /// One line for each record that is new or has another revision.
    fn show_news(&mut self, database: &Path) -> anyhow::Result<()> {
        let reader = Reader::open(database)?;
        let mut lines = Vec::new();
        reader.export(&Selection::default(), &mut |found| {
            let (id, revision) = (found.stored.id, found.stored.revision);
            if self.0.insert(id, revision) != Some(revision) {
                lines.push(line(&found));
            }
            ControlFlow::Continue(())
        })?;
        for line in lines {
            say(&line)?;
        }
        Ok(())
    }
}

fn line(found: &StoredRecord) -> String {
    let StoredRecord { record, stored, .. } = found;
    let what = match &stored.duplicate {
        _ if stored.revision > 1 => format!("revision {}", stored.revision),
        Some(copy) => format!("copy of {}", copy.of),
        None => "record".to_owned(),
    };
    format!("{}  {what:<24}  {}", stored.id, harmless(&record.title))
}

fn summary(context: &Context) -> anyhow::Result<()> {
    let reader = Reader::open(&context.database)?;
    let counts = reader.counts()?;
    say(&format!(
        "\n{} records from {} feeds: {} copies, {}, {} stories; {} pages failed:",
        counts.records,
        counts.feeds,
        counts.duplicates,
        count(counts.revisions, "revision"),
        counts.stories,
        counts.failed
    ))?;
    let mut failed = Vec::new();
    reader.dead_letters(&DeadLetters::default(), &mut |letter| failed.push(letter))?;
    for letter in failed {
        let sentence = ReasonKind::from_code(&letter.reason).map_or("", ReasonKind::sentence);
        say(&format!("  {}: {sentence}", harmless(&letter.url)))?;
    }
    Ok(())
}

fn what_next(database: &Path) -> anyhow::Result<()> {
    let db = format!("--db {}", database.display());
    say("\nall of this was synthetic; the database stays for you to look around:")?;
    for command in ["search ferry", "stories", "status", "export --duplicates"] {
        say(&format!("  newsluice {db} {command}"))?;
    }
    say("then your own: newsluice feed add https://example.org/   and   newsluice run --once")?;
    Ok(())
}
