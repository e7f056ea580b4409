//! The command line as typed. Lowered once, in [`crate::commands`], into what the program
//! needs; nobody else sees these types.

mod feed;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use feed::*;

/// Every article once, whole and clean, in a database that you can open with sqlite3.
#[derive(Debug, Parser)]
#[command(name = "newsluice", version, max_term_width = 100)]
#[command(after_help = "Try it: newsluice demo\n\
    Settings: every --set section.key=value is described by 'newsluice man settings'.\n\
    Exit codes: 0 done, 1 some items failed, 2 usage, 65 no input could be read, 69 no feed \
    answered,\n74 I/O, 75 another process has the database, 78 settings.")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Common {
    /// Settings file [default: $XDG_CONFIG_HOME/newsluice/newsluice.toml if it exists]
    #[arg(short, long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Database file [default: $XDG_DATA_HOME/newsluice/news.db]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
    /// Any setting, for this time (repeatable)
    #[arg(long, global = true, value_name = "SECTION.KEY=VALUE")]
    pub(crate) set: Vec<String>,
    /// Machine-readable output: JSON on stdout
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Say less: errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more (-v: decisions, -vv: everything)
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// No progress bar, even on a terminal
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Poll feeds, fetch the articles behind them, store each once
    #[command(after_help = "Without --once it runs until SIGINT or SIGTERM: the first ends it \
        after the work in hand,\nthe second at once. SIGHUP has settings and feed list read \
        again. systemd: Type=notify-reload,\nWatchdogSec= as you like. One run at a time for a \
        database; feed and retry work beside it.")]
    Run(RunArgs),
    /// Bring in the past: sitemaps, paged feeds, archives, lists of URLs
    #[command(
        after_help = "Stopped by Ctrl-C or a crash, the same command goes on where it was.\n\
        Beside a daemon the pages are handed over to it.\n\
        Examples:\n  newsluice backfill --plan --since 30d https://example.org/\n  \
        newsluice backfill https://example.org/feed/\n  newsluice backfill CC-NEWS-2024.warc.gz"
    )]
    Backfill(BackfillArgs),
    /// Run files or folders through the same stages, offline
    #[command(after_help = "\
        A recording ('run --archive FOLDER') brings its sources along, and what became of their \
        entries. Sources that are new here rest until 'newsluice feed resume'; pages that they \
        still had to fetch are asked for by the next 'newsluice run'.")]
    Replay(ReplayArgs),
    /// Clean what was recorded anew: ids stay, better texts become revisions of ours
    #[command(after_help = "Reads the recordings of 'run --archive' (or of archives that were \
        replayed here): every capture that\nled to a record is cleaned by the program, the \
        tracking list and the feed's settings of today. Where\nthat gives another text, it \
        becomes a revision marked as ours; everything else stays. Doing it again\nchanges \
        nothing; stopped, the same command goes on. Beside a daemon it hands over to it.\n\
        Examples:\n  newsluice reprocess --dry-run archive/\n  \
        newsluice reprocess --where host=example.org --where since=30d archive/")]
    Reprocess(ReprocessArgs),
    /// Fetch pages again that were given up, chosen by reason, host, feed or URL
    #[command(after_help = "Works beside a running daemon, which fetches them at once.\n\
        Inputs of 'replay' that failed are not meant: the same replay tries those again.\n\
        Example: newsluice retry --reason timeout --host example.org --dry-run")]
    Retry(RetryArgs),
    /// One stage alone: ask for one page and tell all about the answer, as JSON
    Fetch(FetchArgs),
    /// One stage alone: clean files or pages, one JSON line each
    Clean(CleanArgs),
    /// Sources: add, list, pause, import, export, try out
    #[command(subcommand)]
    Feed(Box<FeedVerb>),
    /// One stage alone: find copies and revisions among JSON lines
    Dedup(DedupArgs),
    /// Write records as text files, JSON lines or CSV
    Export(ExportArgs),
    /// Show one record
    Show(ShowArgs),
    /// Every decision about an article on one screen, stored or not: why is it here, or missing?
    #[command(after_help = "For how it was found, each request and answer, the evidence for \
        each field and what lost,\nblocks left out, copies, story, revisions; for what is \
        missing the reason and the remedy.\nExample: newsluice explain https://example.org/news/rain")]
    Explain(ExplainArgs),
    /// What each revision of a record changed, as a diff of its paragraphs
    History(HistoryArgs),
    /// Stories: the reports of one event, newest first, biggest first or with some words
    Stories(StoriesArgs),
    /// Put stories right: what is decided here holds for everything that comes
    #[command(subcommand)]
    Story(StoryVerb),
    /// Full-text search, best matches first
    Search(SearchArgs),
    /// See it at work: a synthetic news world on this machine, read into a new database
    #[command(after_help = "Needs no network and no settings. On a terminal it goes on until \
        Ctrl-C, elsewhere it ends by\nitself after two polls. The database stays: its path is \
        printed, or choose it with --db FILE.")]
    Demo,
    /// What the database holds, what failed, how it grows, and what a running daemon is doing
    #[command(after_help = "With --watch it is redrawn on a terminal; elsewhere a line (with \
        --json an object) comes each time.\nCtrl-C ends it.\nExample: newsluice status --watch 5s")]
    Status(StatusArgs),
    /// The health of each source, with advice: dead, silent, walled, wasteful, a new layout
    #[command(after_help = "Tells of each source: is it alive, as fresh as its own rhythm, \
        complete; what it brings, copies,\nrefuses and costs; and what to do, ending in the \
        command that does it. It asks nobody: all is known\nfrom the polls so far. Exit code: 0 \
        nothing to do, 1 advice for at least one source (or a name that\nno source has), else as \
        everywhere.\nExample: newsluice doctor --unwell --json | jq -r '.advice[].command'")]
    Doctor(DoctorArgs),
    /// Check the settings and the database; exit 78 if the settings are wrong
    Check(CheckArgs),
    /// Print a hash of all content: equal digests, equal records
    Digest(DigestArgs),
    /// Keep the database well: backup, restore, integrity, vacuum, rebuild
    #[command(subcommand)]
    Maintain(MaintainVerb),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or the reference of all settings
    Man(ManArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Poll what is due, fetch what is new, then end
    #[arg(long)]
    pub(crate) once: bool,
    /// File with one feed URL a line (lines starting with # are skipped)
    #[arg(long, value_name = "FILE")]
    pub(crate) feeds: Option<PathBuf>,
    /// Keep every page and feed that is fetched in this folder, as WARC: replaying it gives the
    /// same records again [default: setting archive.dir]
    #[arg(long, value_name = "DIR")]
    pub(crate) archive: Option<PathBuf>,
    /// Append `ACK <url>` to this file once that article is on disk
    #[arg(long, value_name = "FILE")]
    pub(crate) ack: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
}

#[derive(Debug, Args)]
pub(crate) struct BackfillArgs {
    /// Sitemaps, feeds or sites (URLs); WARC files or folders; files with a URL or a line of a
    /// CDX a line; - is standard input
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<String>,
    /// Only pages changed or published then or later: a day, a time, or a span back (30d)
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<crate::commands::When>,
    /// Only pages published before then
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<crate::commands::When>,
    /// Only pages of this host or below it
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// Only pages with this in their URL; * and ? stand for anything
    #[arg(long, value_name = "PATTERN")]
    pub(crate) url: Option<String>,
    /// Only pages in this language; where the list does not say which, their text does once they
    /// are fetched
    #[arg(long, value_name = "TAG")]
    pub(crate) lang: Option<String>,
    /// Say what would be asked and what it would cost; lists are read, pages are not
    #[arg(long)]
    pub(crate) plan: bool,
    /// Read at most so many lists
    #[arg(long, default_value = "10000", value_name = "N")]
    pub(crate) max_lists: u64,
    /// Take at most so many pages
    #[arg(long, default_value = "1000000", value_name = "N")]
    pub(crate) max_pages: u64,
    /// Keep every page that is fetched in this folder, as WARC: replaying it gives the same
    /// records again [default: setting archive.dir]
    #[arg(long, value_name = "DIR", conflicts_with = "plan")]
    pub(crate) archive: Option<PathBuf>,
    /// Append `ACK <url>` to this file once that article is on disk
    #[arg(long, value_name = "FILE")]
    pub(crate) ack: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
}

#[derive(Debug, Args)]
pub(crate) struct ReplayArgs {
    /// Files or folders: raw text, records, HTML, JSON lines, each also as .gz; WARC archives
    /// as they are; - is stdin
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Append `ACK <id or URL>` to this file once that record is on disk
    #[arg(long, value_name = "FILE")]
    pub(crate) ack: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
}

#[derive(Debug, Args)]
pub(crate) struct ReprocessArgs {
    /// Folders or files of recordings [default: setting archive.dir]
    #[arg(value_name = "ARCHIVE")]
    pub(crate) archives: Vec<PathBuf>,
    /// Only these, all conditions together: host=NAME, url=PATTERN, id=ID, feed=URL, since=WHEN
    /// and until=WHEN (of the capture), cleaner=VERSION (whose text it is; 'unknown': noted
    /// nowhere)
    #[arg(long = "where", value_name = "KEY=VALUE")]
    pub(crate) only: Vec<String>,
    /// Only say how many would change, and show some
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
}

#[derive(Debug, Args)]
pub(crate) struct Jobs {
    /// Workers that clean pages [default: setting pipeline.jobs, one a processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true, id = "which",
    args = ["reason", "host", "feed", "url", "all"])]
pub(crate) struct RetryArgs {
    /// Those with this reason: a code that 'status' shows, such as timeout
    #[arg(long, value_name = "CODE")]
    pub(crate) reason: Option<String>,
    /// Those of this host: a name, with or without a port
    #[arg(long, value_name = "HOST")]
    pub(crate) host: Option<String>,
    /// Those that this feed listed
    #[arg(long, value_name = "URL")]
    pub(crate) feed: Option<String>,
    /// Those with this in their URL; * and ? stand for anything
    #[arg(long, value_name = "PATTERN")]
    pub(crate) url: Option<String>,
    /// All there are
    #[arg(long)]
    pub(crate) all: bool,
    /// Only show them
    #[arg(short = 'n', long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FetchArgs {
    /// The page
    pub(crate) url: String,
    /// Save the decoded body here
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Also clean it: the record, or why there is none
    #[arg(long)]
    pub(crate) clean: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CleanArgs {
    /// Files or folders, or http(s) URLs to fetch; - is standard input
    #[arg(required_unless_present = "list", value_name = "PATH|URL")]
    pub(crate) inputs: Vec<String>,
    /// JSON lines {id, path, url, content_type}; paths are relative to the list
    #[arg(long, value_name = "FILE", conflicts_with = "inputs")]
    pub(crate) list: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DedupArgs {
    /// JSON lines {id, url, title, date, source, lang, body}; - is standard input
    #[arg(value_name = "FILE.jsonl")]
    pub(crate) file: PathBuf,
    /// Print each line as soon as it is judged; stories that grow together later then keep
    /// the names that were printed
    #[arg(long)]
    pub(crate) stream: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One file a record, in the text form
    Text,
    /// One JSON object a line
    Jsonl,
    /// A table for spreadsheets
    Csv,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// How to write records
    #[arg(long, value_enum, default_value = "jsonl")]
    pub(crate) format: Format,
    /// A folder for text, a file or - (standard output) for jsonl and csv
    #[arg(short, long, value_name = "DIR|FILE|-", default_value = "-")]
    pub(crate) output: PathBuf,
    /// Only records of this day or later (YYYY-MM-DD)
    #[arg(long, value_name = "DAY", value_parser = crate::commands::day)]
    pub(crate) since: Option<jiff::civil::Date>,
    /// Only records of this day or earlier (YYYY-MM-DD)
    #[arg(long, value_name = "DAY", value_parser = crate::commands::day)]
    pub(crate) until: Option<jiff::civil::Date>,
    /// Only records that this feed led to
    #[arg(long, value_name = "URL")]
    pub(crate) feed: Option<String>,
    /// Only records in this language (BCP 47; en also takes en-GB)
    #[arg(long, value_name = "TAG")]
    pub(crate) lang: Option<String>,
    /// Only records with these words
    #[arg(long, value_name = "WORDS")]
    pub(crate) query: Option<String>,
    /// Also copies of other records
    #[arg(long)]
    pub(crate) duplicates: bool,
    /// One line for each revision, not only the newest
    #[arg(long)]
    pub(crate) revisions: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// A record's id, its URL, or a story's name
    #[arg(value_name = "ID|URL|STORY")]
    pub(crate) name: String,
    /// The whole story that it belongs to, with why each record is there
    #[arg(long)]
    pub(crate) story: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// A record's id or its URL
    #[arg(value_name = "ID|URL")]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A record's id, an article's URL as a feed listed it or as it is stored, or a file's path
    #[arg(value_name = "ID|URL|PATH")]
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Words that all must occur; "quoted words" must stand together
    #[arg(required = true, value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    /// How many to show
    #[arg(short = 'n', long, default_value = "20", value_name = "N")]
    pub(crate) limit: usize,
    /// Every record, not only the best of each story; copies too
    #[arg(long)]
    pub(crate) duplicates: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StoriesArgs {
    /// Only stories with a record that has these words, as for search
    #[arg(value_name = "QUERY")]
    pub(crate) query: Vec<String>,
    /// Most records first, not the latest report first
    #[arg(long)]
    pub(crate) biggest: bool,
    /// Only stories with at least so many records
    #[arg(long, default_value = "2", value_name = "N")]
    pub(crate) at_least: u64,
    /// How many to show
    #[arg(short = 'n', long, default_value = "20", value_name = "N")]
    pub(crate) limit: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum StoryVerb {
    /// Make a story of its own out of records of a story
    Split(StorySplitArgs),
    /// Make two stories one, under the older one's name
    Merge(StoryMergeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct StorySplitArgs {
    /// The story: its name, or the id or URL of any of its records
    pub(crate) story: String,
    /// The records that leave it, by id or URL
    #[arg(required = true)]
    pub(crate) records: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct StoryMergeArgs {
    /// A story: its name, or the id or URL of any of its records
    pub(crate) one: String,
    /// The other one
    pub(crate) other: String,
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// Again and again, with this pause
    #[arg(short, long, value_name = "PAUSE", num_args = 0..=1, default_missing_value = "2s",
        value_parser = pause)]
    pub(crate) watch: Option<crate::config::Duration>,
}

/// A pause between two looks: so short a one would keep the database busy.
fn pause(text: &str) -> Result<crate::config::Duration, String> {
    let pause: crate::config::Duration = text.parse().map_err(|e| format!("{e}"))?;
    if pause.0 < std::time::Duration::from_millis(100) {
        return Err("at least 100ms".to_owned());
    }
    Ok(pause)
}

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Sources: their number or URL, as 'feed list' shows them [default: all]
    #[arg(value_name = "SOURCE")]
    pub(crate) feeds: Vec<String>,
    /// All with this tag (repeatable)
    #[arg(long = "of", value_name = "TAG")]
    pub(crate) of: Vec<String>,
    /// Only those for which there is advice
    #[arg(long)]
    pub(crate) unwell: bool,
    /// Tell of so many days; 60 are kept
    #[arg(long, default_value = "28", value_name = "N",
        value_parser = clap::value_parser!(u16).range(1..=60))]
    pub(crate) days: u16,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Print the settings in force
    #[arg(long)]
    pub(crate) print: bool,
    /// Print the JSON schema of the settings file, for editors
    #[arg(long, conflicts_with = "print")]
    pub(crate) schema: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DigestArgs {
    /// Of the set of texts alone, whatever order and way they came in
    #[arg(long)]
    pub(crate) texts: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MaintainVerb {
    /// Write a verified copy of the database, beside a running daemon too
    Backup {
        /// The copy; must not exist yet
        #[arg(value_name = "FILE")]
        to: PathBuf,
    },
    /// Put a backup in the place of the database; what was there is kept beside it
    Restore {
        /// The backup
        #[arg(value_name = "FILE")]
        from: PathBuf,
    },
    /// Look at every page and every rule; exit 74 if the database is damaged
    Integrity,
    /// Give room that deleted rows left back to the disk (takes as much free disk meanwhile)
    Vacuum,
    /// Build the full-text index anew
    Rebuild,
    /// Bring a database of an older version up to date; a copy of it is kept
    Upgrade,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// What to print
    #[arg(value_enum, default_value = "page")]
    pub(crate) what: Manual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Manual {
    /// The manual page, for man(1)
    Page,
    /// Every setting: what it means, its default, its variable
    Settings,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}
