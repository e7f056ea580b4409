//! Which sources the user means.

use store::{FeedInfo, Reader};

use crate::cli::FeedNames;
use crate::output::complain;
use crate::source::SourceSettings;

/// The sources with these names or tags, each once, and whether every name led to one.
pub(in crate::commands) struct Named {
    pub(in crate::commands) feeds: Vec<FeedInfo>,
    pub(in crate::commands) all_found: bool,
}

/// Finds what was named by number, URL (an earlier one too) or tag; says what is not there.
///
/// # Errors
/// What the database says.
pub(in crate::commands) fn named(reader: &Reader, names: &FeedNames) -> anyhow::Result<Named> {
    let all = reader.feeds()?;
    let mut wanted = vec![false; all.len()];
    let mut all_found = true;
    for name in &names.feeds {
        let found = find(reader, &all, name)?;
        if let Some(wanted) = found.and_then(|place| wanted.get_mut(place)) {
            *wanted = true;
        } else {
            all_found = false;
            complain(&missing(&all, name));
        }
    }
    for tag in &names.of {
        let mut any = false;
        for (feed, wanted) in all.iter().zip(&mut wanted) {
            if has_tag(feed, std::slice::from_ref(tag)) {
                (*wanted, any) = (true, true);
            }
        }
        if !any {
            all_found = false;
            complain(&format!("tag {tag}: no source has it; 'newsluice feed list' shows the tags"));
        }
    }
    let feeds = all.into_iter().zip(wanted).filter(|(_, wanted)| *wanted).map(|(feed, _)| feed);
    Ok(Named { feeds: feeds.collect(), all_found })
}

/// The one source with this name; says so where there is none.
///
/// # Errors
/// What the database says.
pub(super) fn one(reader: &Reader, name: &str) -> anyhow::Result<Option<FeedInfo>> {
    let names = FeedNames { feeds: vec![name.to_owned()], of: Vec::new() };
    Ok(named(reader, &names)?.feeds.pop())
}

/// Has the source any of these tags? No tags asked for: yes.
pub(super) fn has_tag(feed: &FeedInfo, tags: &[String]) -> bool {
    tags.is_empty() || {
        let settings = SourceSettings::stored(feed.settings.as_deref());
        settings.tags.iter().any(|tag| tags.contains(tag))
    }
}

fn find(reader: &Reader, all: &[FeedInfo], name: &str) -> anyhow::Result<Option<usize>> {
    if let Ok(number) = name.parse::<u64>() {
        return Ok(all.iter().position(|feed| feed.feed.number() == number));
    }
    let with_scheme = [name.to_owned(), format!("https://{name}"), format!("http://{name}")];
    for url in with_scheme {
        if let Some(known) = reader.feed(&url)? {
            return Ok(all.iter().position(|feed| feed.feed == known.feed));
        }
    }
    Ok(None)
}

fn missing(all: &[FeedInfo], name: &str) -> String {
    let likeness = |feed: &FeedInfo| strsim::jaro_winkler(&feed.url, name);
    let nearest = all.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let hint = match nearest.filter(|feed| likeness(feed) > 0.8 && name.parse::<u64>().is_err()) {
        Some(feed) => format!("did you mean {}?", feed.url),
        None => "'newsluice feed list' shows all".to_owned(),
    };
    crate::output::harmless(&format!("feed {name}: not among the sources; {hint}"))
}
