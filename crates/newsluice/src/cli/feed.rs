//! The verbs of `feed` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::config::Duration;
use crate::source::{Credential, FullText, Kind, Reference, Rule, Way, Zone, language};

#[derive(Debug, Subcommand)]
pub(crate) enum FeedVerb {
    /// Add a feed, or the feed of a site: looks, shows what is there, adds the best
    Add(FeedAddArgs),
    /// List the sources: how they are, when they were and will be polled, what they bring
    List(FeedListArgs),
    /// Change what is decided about sources
    Set(FeedSetArgs),
    /// Remove sources; their articles stay
    Rm(FeedNames),
    /// Poll sources no more until 'resume'
    Pause(FeedNames),
    /// Poll paused sources again, and those that were given up
    Resume(FeedNames),
    /// Show the feeds of a site, and add nothing
    Discover(FeedDiscoverArgs),
    /// Add the sources of a list: OPML, newsboat's urls, or a URL a line
    Import(FeedImportArgs),
    /// Write all sources as a list
    Export(FeedExportArgs),
    /// Make the sources equal to a list, which may be kept in git
    Sync(FeedSyncArgs),
    /// Try out which articles filters take
    #[command(subcommand)]
    Filter(FilterVerb),
    /// One stage alone: parse files as feeds, one JSON line each
    Parse(FeedParseArgs),
}

/// What a user decides about a source.
#[derive(Debug, Args)]
pub(crate) struct SourceOptions {
    /// A word to find it by (repeatable); OPML shows tags as folders
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// What the address leads to [default: feed]
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<Kind>,
    /// Poll at this interval, such as 30m, in place of the feed's own rhythm
    #[arg(long, value_name = "DURATION")]
    pub(crate) interval: Option<Duration>,
    /// The language of its articles (BCP 47)
    #[arg(long, value_name = "TAG", value_parser = language)]
    pub(crate) lang: Option<String>,
    /// The zone of its times without an offset: Europe/Berlin, or +02:00
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<Zone>,
    /// Where the text is taken from [default: auto]
    #[arg(long, value_name = "WHERE")]
    pub(crate) full_text: Option<FullText>,
    /// A header for its origin and where the value is: NAME=env:VARIABLE, =file:/path or
    /// =credential:name (repeatable)
    #[arg(long = "header-ref", value_name = "NAME=REFERENCE", value_parser = header)]
    pub(crate) headers: Vec<(String, Reference)>,
    /// What opens it: basic:USER:REFERENCE, bearer:REFERENCE or cookie:REFERENCE
    #[arg(long, value_name = "KIND:REFERENCE")]
    pub(crate) credential: Option<Credential>,
    /// The way to it: direct, a proxy's URL, or a reference to one with a password
    #[arg(long, value_name = "PROXY")]
    pub(crate) proxy: Option<Way>,
    /// Only articles that fit: title:word, url:word, text:word or title:/pattern/ (repeatable)
    #[arg(long, value_name = "RULE")]
    pub(crate) keep: Vec<Rule>,
    /// No articles that fit (repeatable; wins over --keep)
    #[arg(long, value_name = "RULE")]
    pub(crate) drop: Vec<Rule>,
}

fn header(text: &str) -> Result<(String, Reference), String> {
    let (name, reference) = text.split_once('=').ok_or("write NAME=REFERENCE")?;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !is_name {
        return Err("a header's name is letters, digits and -".to_owned());
    }
    Ok((name.to_owned(), reference.parse().map_err(|e| format!("{e}"))?))
}

#[derive(Debug, Args)]
pub(crate) struct FeedAddArgs {
    /// A feed, or any page of the site whose feed is wanted
    #[arg(value_name = "URL|SITE")]
    pub(crate) url: String,
    /// Of several feeds, add every one
    #[arg(long, conflicts_with = "pick")]
    pub(crate) all: bool,
    /// Of several feeds, add the one with this number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) pick: Option<u16>,
    /// Add the URL as it is and ask nobody (offline, or for a feed that is down today)
    #[arg(long, conflicts_with_all = ["all", "pick"])]
    pub(crate) unchecked: bool,
    #[command(flatten)]
    pub(crate) options: SourceOptions,
}

#[derive(Debug, Args)]
pub(crate) struct FeedDiscoverArgs {
    /// Any page of the site, or a feed
    #[arg(value_name = "URL|SITE")]
    pub(crate) url: String,
}

/// Which sources are meant.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct FeedNames {
    /// Sources: their number or URL, as 'feed list' shows them
    #[arg(value_name = "FEED")]
    pub(crate) feeds: Vec<String>,
    /// All with this tag (repeatable)
    #[arg(long = "of", value_name = "TAG")]
    pub(crate) of: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct FeedSetArgs {
    #[command(flatten)]
    pub(crate) names: FeedNames,
    #[command(flatten)]
    pub(crate) options: SourceOptions,
    /// Forget what was decided, before anything else given here (repeatable)
    #[arg(long, value_name = "WHAT")]
    pub(crate) clear: Vec<Clear>,
}

/// What `feed set --clear` forgets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Clear {
    /// All tags
    Tags,
    /// The interval
    Interval,
    /// The language
    Lang,
    /// The zone
    Zone,
    /// Headers
    Headers,
    /// The credential
    Credential,
    /// The proxy
    Proxy,
    /// All filters
    Filters,
}

#[derive(Debug, Args)]
pub(crate) struct FeedListArgs {
    /// Only those with this tag (repeatable)
    #[arg(long = "of", value_name = "TAG")]
    pub(crate) of: Vec<String>,
    /// Only those that are not well
    #[arg(long)]
    pub(crate) unwell: bool,
}

#[derive(Debug, Args)]
#[group(id = "list", required = true)]
pub(crate) struct ListFile {
    /// The list; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The built-in list: some 60 news feeds of many countries and languages
    #[arg(long)]
    pub(crate) starter: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FeedImportArgs {
    #[command(flatten)]
    pub(crate) list: ListFile,
    /// Add this tag to each (repeatable)
    #[arg(long = "tag", value_name = "TAG")]
    pub(crate) tags: Vec<String>,
    /// Also take headers, credentials and proxies from the list: only if it is your own
    #[arg(long)]
    pub(crate) with_secrets: bool,
    /// Only tell what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FeedSyncArgs {
    /// The list that is right: OPML, newsboat's urls, or a URL a line; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Remove what is not in the list
    #[arg(long)]
    pub(crate) prune: bool,
    /// Also take headers, credentials and proxies from the list: only if it is your own
    #[arg(long)]
    pub(crate) with_secrets: bool,
    /// Only tell what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct FeedExportArgs {
    /// How to write the list
    #[arg(long, value_enum, default_value = "opml")]
    pub(crate) format: ListFormat,
    /// A file; - is standard output
    #[arg(short, long, value_name = "FILE|-", default_value = "-")]
    pub(crate) output: PathBuf,
    /// Only those with this tag (repeatable)
    #[arg(long = "of", value_name = "TAG")]
    pub(crate) of: Vec<String>,
}

/// The formats of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// OPML with tags as folders and all settings
    Opml,
    /// A URL a line
    Plain,
    /// newsboat's urls file, with tags
    Newsboat,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FilterVerb {
    /// Show which articles of the last 7 days the filters of a source take
    Test(FilterTestArgs),
}

#[derive(Debug, Args)]
pub(crate) struct FilterTestArgs {
    /// The source: its number or URL
    #[arg(value_name = "FEED")]
    pub(crate) feed: String,
    /// Try this rule in place of the source's own (repeatable)
    #[arg(long, value_name = "RULE")]
    pub(crate) keep: Vec<Rule>,
    /// Try this rule in place of the source's own (repeatable)
    #[arg(long, value_name = "RULE")]
    pub(crate) drop: Vec<Rule>,
}

#[derive(Debug, Args)]
pub(crate) struct FeedParseArgs {
    /// Files; - is standard input
    #[arg(required_unless_present_any = ["list", "dates"], value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// JSON lines {file, path, url, content_type}; paths are relative to the list
    #[arg(long, value_name = "FILE", conflicts_with = "paths")]
    pub(crate) list: Option<PathBuf>,
    /// JSON lines {s}: print what each of these dates means
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "list"])]
    pub(crate) dates: Option<PathBuf>,
    /// Also what had to be repaired
    #[arg(long)]
    pub(crate) problems: bool,
}
