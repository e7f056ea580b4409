//! `feed import` and `feed sync`: lists into sources.

use std::collections::{HashMap, HashSet};
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use fetch::HostKey;
use serde_json::json;
use store::{FeedId, FeedInfo, NewFeed, Reader, SourceEdit};

use crate::cli::{FeedImportArgs, FeedSyncArgs};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, harmless, say};
use crate::source::listing::{self, Decides, Listed, Listing};
use crate::source::{Outline, SourceSettings};

/// The list that is built in.
const STARTER: &[u8] = include_bytes!("../../../../../config/feeds.opml");

/// Largest list taken, in bytes.
const LARGEST: u64 = 64 << 20;

/// Adds what the list has; what is there already stays as it is.
pub(super) fn import(context: &Context, args: &FeedImportArgs) -> anyhow::Result<Exit> {
    let (name, bytes) = match &args.list.file {
        Some(path) => (path.display().to_string(), read(path)?),
        None => ("the starter list".to_owned(), STARTER.to_vec()),
    };
    let Some(mut listing) = listing(&name, &bytes) else { return Ok(Exit::NoInput) };
    for listed in &mut listing.sources {
        for tag in &args.tags {
            if !listed.settings.tags.contains(tag) {
                listed.settings.tags.push(tag.clone());
            }
        }
    }
    let with_secrets = args.with_secrets;
    let wishes = Wishes { change: false, prune: false, with_secrets, dry_run: args.dry_run };
    carry_out(context, listing, wishes)
}

/// Makes the sources equal to the list.
pub(super) fn sync(context: &Context, args: &FeedSyncArgs) -> anyhow::Result<Exit> {
    let name = args.file.display().to_string();
    let Some(listing) = listing(&name, &read(&args.file)?) else { return Ok(Exit::NoInput) };
    let FeedSyncArgs { prune, with_secrets, dry_run, .. } = *args;
    carry_out(context, listing, Wishes { change: true, prune, with_secrets, dry_run })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let done = if path == Path::new("-") {
        std::io::stdin().lock().take(LARGEST).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LARGEST).read_to_end(&mut bytes))
    };
    done.with_context(|| path.display().to_string())?;
    Ok(bytes)
}

/// The list; nothing, and said why, where it holds no source.
fn listing(name: &str, bytes: &[u8]) -> Option<Listing> {
    let why = match Listing::read(bytes) {
        Ok(listing) => {
            for problem in &listing.problems {
                complain(&harmless(problem));
            }
            if !listing.sources.is_empty() {
                return Some(listing);
            }
            "it names no feed; nothing was changed".to_owned()
        }
        Err(why) => why,
    };
    complain(&harmless(&format!("{name}: {why}")));
    None
}

/// What is to be done with a list.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "four flags, as they were typed")]
struct Wishes {
    /// Sources that are there get what the list says of them.
    change: bool,
    /// Sources that are not in the list go.
    prune: bool,
    /// References to secrets are taken from the list.
    with_secrets: bool,
    /// Nothing is done, only told.
    dry_run: bool,
}

/// What is to be done, step by step: the mark and the URL that people see, and the edit.
type Step = (char, String, SourceEdit);

fn carry_out(context: &Context, listing: Listing, wishes: Wishes) -> anyhow::Result<Exit> {
    let (feeds, names) = known(context)?;
    let problems = listing.problems.len();
    let listed: HashSet<FeedId> =
        listing.sources.iter().filter_map(|listed| names.get(&listed.url).copied()).collect();
    let in_list = listed.len();
    let mut held_back = 0;
    let mut steps = Vec::new();
    for listed in listing.sources {
        let known = names.get(&listed.url).and_then(|feed| feeds.get(feed));
        let listed = if wishes.with_secrets {
            listed
        } else {
            held_back += usize::from(has_secrets(&listed.settings));
            without_secrets(listed, known)
        };
        steps.extend(match known {
            None => added(listed),
            Some(known) if wishes.change => changed(listed, known, listing.decides),
            Some(_) => None,
        });
    }
    let mut others: Vec<_> = feeds.values().filter(|feed| !listed.contains(&feed.feed)).collect();
    others.sort_by_key(|feed| feed.feed);
    if wishes.prune {
        let step = |feed: &&FeedInfo| ('-', feed.url.clone(), SourceEdit::Remove(feed.feed));
        steps.extend(others.iter().map(step));
    }
    if held_back > 0 {
        let what = "say where secrets are or which proxy to take: left out";
        complain(&format!("{held_back} sources {what}; --with-secrets takes them, if it is yours"));
    }
    let rest = if wishes.prune { 0 } else { others.len() };
    tell(context, &steps, in_list, rest, wishes)?;
    if !wishes.dry_run {
        let edits: Vec<_> = steps.into_iter().map(|(_, _, edit)| edit).collect();
        super::edits(context)?.sources(&edits, crate::clock::now())?;
    }
    Ok(if problems == 0 { Exit::Done } else { Exit::SomeFailed })
}

/// The sources there are, and every URL that they go by. None, where there is no database yet.
fn known(
    context: &Context,
) -> anyhow::Result<(HashMap<FeedId, FeedInfo>, HashMap<String, FeedId>)> {
    let reader = match Reader::open(&context.database) {
        Ok(reader) => reader,
        Err(e) if e.kind == store::ErrorKind::Missing => return Ok(Default::default()),
        Err(e) => return Err(e.into()),
    };
    let feeds = reader.feeds()?.into_iter().map(|feed| (feed.feed, feed)).collect();
    Ok((feeds, reader.feed_names()?.into_iter().collect()))
}

fn has_secrets(settings: &SourceSettings) -> bool {
    !settings.headers.is_empty() || settings.credential.is_some() || settings.proxy.is_some()
}

/// A list of somebody else's could send what opens other doors to a host of its own: what is
/// there already stays, and nothing is added.
fn without_secrets(mut listed: Listed, known: Option<&FeedInfo>) -> Listed {
    let own = SourceSettings::stored(known.and_then(|feed| feed.settings.as_deref()));
    listed.settings.headers = own.headers;
    listed.settings.credential = own.credential;
    listed.settings.proxy = own.proxy;
    listed
}

fn added(listed: Listed) -> Option<Step> {
    let host = HostKey::of_url(&listed.url)?.as_str().to_owned();
    let settings = listed.settings.to_json();
    let feed = NewFeed { url: listed.url.clone(), host, settings };
    Some(('+', listed.url, SourceEdit::Add(feed)))
}

/// What the list decides differently.
fn changed(listed: Listed, known: &FeedInfo, decides: Decides) -> Option<Step> {
    let mut settings = SourceSettings::stored(known.settings.as_deref());
    match decides {
        Decides::Nothing => return None,
        Decides::Tags => {
            settings.tags = listed.settings.tags;
            if let Some(title) = listed.settings.outline.and_then(|outline| outline.title) {
                settings.outline.get_or_insert_default().title = Some(title);
            }
        }
        Decides::All => settings = said_anew(listed.settings, known),
    }
    let old = SourceSettings::stored(known.settings.as_deref());
    let edit = SourceEdit::Set(known.feed, settings.to_json());
    (comparable(settings) != comparable(old)).then(|| ('~', known.url.clone(), edit))
}

/// The list's settings without what the feed says of itself.
fn said_anew(mut settings: SourceSettings, known: &FeedInfo) -> SourceSettings {
    if let Some(outline) = &mut settings.outline {
        outline.title = outline.title.take().filter(|title| known.title.as_ref() != Some(title));
        outline.site = outline.site.take().filter(|site| known.site.as_ref() != Some(site));
    }
    settings.outline = settings.outline.filter(|outline| *outline != Outline::default());
    settings
}

/// The same for settings that differ only in the order of tags and folders.
fn comparable(mut settings: SourceSettings) -> SourceSettings {
    settings.tags.sort();
    let mut outline = settings.outline.take().unwrap_or_default();
    outline.places = listing::all_places(outline.places, settings.tags.clone());
    outline.places.sort();
    settings.outline = Some(outline);
    settings
}

fn tell(
    context: &Context,
    steps: &[Step],
    known: usize,
    rest: usize,
    wishes: Wishes,
) -> anyhow::Result<()> {
    let count = |mark: char| steps.iter().filter(|(m, _, _)| *m == mark).count();
    let (added, changed, removed) = (count('+'), count('~'), count('-'));
    if context.json {
        let line = json!({
            "added": added, "changed": changed, "removed": removed, "known": known,
            "not_listed": rest, "dry_run": wishes.dry_run,
        });
        return Ok(say(&line.to_string())?);
    }
    if wishes.dry_run {
        for (mark, url, _) in steps {
            say(&harmless(&format!("{mark} {url}")))?;
        }
    }
    if context.quiet {
        return Ok(());
    }
    let would = if wishes.dry_run { "would be " } else { "" };
    let mut line = format!("{added} {would}added, {known} known already");
    if wishes.change {
        line = format!("{line}, {changed} {would}changed, {removed} {would}removed");
    }
    if rest > 0 && wishes.change {
        line = format!("{line}; {rest} that the list does not name stay: --prune removes them");
    }
    complain(&line);
    Ok(())
}
