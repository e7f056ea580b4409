//! `feed list`: the sources, and how they are in plain words.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{FeedDay, FeedId, FeedInfo, Reader};

use super::named::has_tag;
use crate::cli::FeedListArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, harmless, say};
use crate::source::{SourceSettings, Standing, sentence};

/// The time that is told of.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Lists the sources, two lines each.
pub(super) fn run(context: &Context, args: &FeedListArgs) -> anyhow::Result<Exit> {
    let now = crate::clock::now();
    let reader = Reader::open(&context.database)?;
    let weeks = sums(&reader, now)?;
    let mut shown = 0u64;
    for feed in reader.feeds()? {
        let is_wanted = !args.unwell || !Standing::of(&feed, now).is_well();
        if !is_wanted || !has_tag(&feed, &args.of) {
            continue;
        }
        let week = weeks.get(&feed.feed).copied().unwrap_or_default();
        say(&if context.json { as_json(&feed, &week, now) } else { as_text(&feed, &week, now) })?;
        shown += 1;
    }
    if shown == 0 && !context.json {
        complain(if args.unwell || !args.of.is_empty() {
            "none; 'newsluice feed list' shows all"
        } else {
            "no sources yet; 'newsluice feed add URL|SITE' adds one"
        });
    }
    Ok(Exit::Done)
}

/// What each source brought in the last week.
fn sums(reader: &Reader, now: Timestamp) -> anyhow::Result<HashMap<FeedId, FeedDay>> {
    let since = now.saturating_sub(WEEK).unwrap_or(Timestamp::MIN);
    let mut sums: HashMap<FeedId, FeedDay> = HashMap::new();
    for (feed, _, day) in reader.feed_days(since)? {
        sums.entry(feed).or_default().add(day);
    }
    Ok(sums)
}

fn as_text(feed: &FeedInfo, week: &FeedDay, now: Timestamp) -> String {
    let settings = SourceSettings::stored(feed.settings.as_deref());
    let listed = settings.outline.as_ref().and_then(|outline| outline.title.clone());
    let title = feed.title.clone().or(listed);
    let tags = if settings.tags.is_empty() {
        String::new()
    } else {
        format!("  [{}]", settings.tags.join(", "))
    };
    let head = match title {
        Some(title) => format!("{title}  {}{tags}", feed.url),
        None => format!("{}{tags}", feed.url),
    };
    let (head, tail) = (harmless(&head), harmless(&sentence(feed, week, now)));
    format!("{:>5}  {head}\n       {tail}", feed.feed.number())
}

fn as_json(feed: &FeedInfo, week: &FeedDay, now: Timestamp) -> String {
    let settings = SourceSettings::stored(feed.settings.as_deref());
    let mut line = json!({
        "feed": feed.feed.number(),
        "url": feed.url,
        "state": feed.state,
        "health": Standing::of(feed, now),
        "says": sentence(feed, week, now),
        "failures": feed.failures,
        "items": feed.items,
        "next_poll": feed.due_at.to_string(),
        "tags": settings.tags,
        "settings": settings,
        "week": {
            "polls": week.polls, "failed": week.failed, "new": week.new_items,
            "stored": week.stored, "duplicates": week.duplicates, "filtered": week.filtered,
        },
    });
    let time = |at: Option<Timestamp>| at.map(|at| at.to_string());
    let optional = [
        ("title", feed.title.clone()),
        ("site", feed.site.clone()),
        ("last_poll", time(feed.polled_at)),
        ("last_new", time(feed.changed_at)),
        ("reason", feed.problem.as_ref().map(|(code, _)| code.clone())),
        ("detail", feed.problem.as_ref().map(|(_, detail)| detail.clone())),
    ];
    if let Some(object) = line.as_object_mut() {
        let known = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
        object.extend(known.map(|(name, value)| (name.to_owned(), value.into())));
    }
    line.to_string()
}
