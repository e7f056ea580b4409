//! `doctor`: the health of each source, and what to do about it.

mod json;
mod screen;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use store::{CopiedFrom, FeedDay, FeedId, FeedInfo, Reader, Refused};

use super::feed::named::{Named, named};
use crate::cli::{DoctorArgs, FeedNames};
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, say};
use crate::source::words::{count, when};
use crate::source::{Advice, Checkup, Known, PAST, advise};

/// A frontier in which nothing was polled for so long, although something is due, has no run.
const NO_RUN: SignedDuration = SignedDuration::from_hours(24);

/// Tells of each source that is meant.
pub(super) fn run(context: &Context, args: &DoctorArgs) -> anyhow::Result<Exit> {
    let now = crate::clock::now();
    let reader = Reader::open(&context.database)?;
    let Named { feeds, all_found } = meant(&reader, args)?;
    let mut past = Past::of(&reader, args.days, now)?;
    let nobody_polls = nobody_polls(&feeds, now);
    let (mut shown, mut advised) = (0u64, 0u64);
    for feed in feeds {
        let checkup = Checkup::of(past.of_feed(feed), args.days, now);
        let advice = advise(&checkup);
        shown += 1;
        advised += u64::from(!advice.is_empty());
        if args.unwell && advice.is_empty() {
            continue;
        }
        say(&told(context, args, &checkup, &advice, now))?;
    }
    if !context.json {
        conclude(shown, advised, nobody_polls.as_deref(), all_found);
    }
    Ok(if advised > 0 || nobody_polls.is_some() || !all_found {
        Exit::SomeFailed
    } else {
        Exit::Done
    })
}

fn told(
    context: &Context,
    args: &DoctorArgs,
    checkup: &Checkup,
    advice: &[Advice],
    now: Timestamp,
) -> String {
    if context.json {
        json::of(checkup, advice, args.days, now).to_string()
    } else {
        screen::of(checkup, advice, now)
    }
}

fn meant(reader: &Reader, args: &DoctorArgs) -> anyhow::Result<Named> {
    if args.feeds.is_empty() && args.of.is_empty() {
        return Ok(Named { feeds: reader.feeds()?, all_found: true });
    }
    named(reader, &FeedNames { feeds: args.feeds.clone(), of: args.of.clone() })
}

/// Whether no run seems to go on: in words, where it is so.
fn nobody_polls(feeds: &[FeedInfo], now: Timestamp) -> Option<String> {
    let is_late =
        |feed: &&FeedInfo| feed.state == "waiting" && now.duration_since(feed.due_at) > NO_RUN;
    feeds.iter().find(is_late)?;
    let last = feeds.iter().filter_map(|feed| feed.polled_at).max();
    let last_in_words = last.map_or_else(|| "never".to_owned(), |last| when(last, now));
    last.is_none_or(|last| now.duration_since(last) > NO_RUN).then(|| {
        format!(
            "sources are due and nobody polls them, the last time {last_in_words}: newsluice run"
        )
    })
}

/// What is to be said in the end, of all of them.
fn conclude(shown: u64, advised: u64, nobody_polls: Option<&str>, all_found: bool) {
    if let Some(words) = nobody_polls {
        complain(words);
    }
    if shown == 0 && all_found {
        complain("no sources yet; 'newsluice feed add URL|SITE' adds one");
    } else if shown > 0 {
        let what = match advised {
            0 => "nothing to do".to_owned(),
            1 => "advice for 1 of them".to_owned(),
            many => format!("advice for {many} of them"),
        };
        complain(&format!("{}: {what}", count(shown, "source")));
    }
}

/// What the database knows of all sources, to be handed out to each.
struct Past {
    days: HashMap<FeedId, Vec<(i64, FeedDay)>>,
    refused: HashMap<FeedId, Vec<Refused>>,
    /// By the URL that the source had then: the most copied one.
    copied: HashMap<String, CopiedFrom>,
    names: HashMap<FeedId, Vec<String>>,
}

impl Past {
    fn of(reader: &Reader, told: u16, now: Timestamp) -> anyhow::Result<Self> {
        let ago = |span: SignedDuration| now.saturating_sub(span).unwrap_or(Timestamp::MIN);
        let since = ago(SignedDuration::from_hours(24 * i64::from(told)));
        let mut days: HashMap<_, Vec<_>> = HashMap::new();
        let mut refused: HashMap<_, Vec<_>> = HashMap::new();
        let mut names: HashMap<_, Vec<_>> = HashMap::new();
        for (feed, day, counts) in reader.feed_days(ago(PAST))? {
            days.entry(feed).or_default().push((day, counts));
        }
        for reason in reader.refused(since)? {
            refused.entry(reason.feed).or_default().push(reason);
        }
        for (url, feed) in reader.feed_names()? {
            names.entry(feed).or_default().push(url);
        }
        let mut copied: HashMap<String, CopiedFrom> = HashMap::new();
        for pair in reader.copied(since)? {
            copied.entry(pair.feed.clone()).or_insert(pair);
        }
        Ok(Self { days, refused, copied, names })
    }

    fn of_feed(&mut self, feed: FeedInfo) -> Known {
        let mut earlier = self.names.remove(&feed.feed).unwrap_or_default();
        earlier.retain(|url| *url != feed.url);
        Known {
            days: self.days.remove(&feed.feed).unwrap_or_default(),
            refused: self.refused.remove(&feed.feed).unwrap_or_default(),
            copied: self.copied.remove(&feed.url),
            earlier,
            feed,
        }
    }
}
