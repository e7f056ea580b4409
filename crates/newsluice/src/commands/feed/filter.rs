//! `feed filter test`: what filters take, shown on what the source listed lately.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use store::{ListedItem, Reader};

use super::named::one;
use crate::cli::FilterTestArgs;
use crate::context::Context;
use crate::exit::{Exit, Usage};
use crate::output::{complain, harmless, say};
use crate::pipeline;
use crate::source::{Filters, Seen, SourceSettings};

/// The time that is looked at.
const DAYS: i64 = 7;

/// Tells of each article of the last days whether the filters take it.
pub(super) fn test(context: &Context, args: &FilterTestArgs) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    let Some(feed) = one(&reader, &args.feed)? else { return Ok(Exit::NotFound) };
    let own = SourceSettings::stored(feed.settings.as_deref());
    let filters = if args.keep.is_empty() && args.drop.is_empty() {
        Filters::new(&own.keep, &own.drop)
    } else {
        Filters::new(&args.keep, &args.drop)
    };
    if filters.is_empty() {
        let remedy = "try one with --drop title:word, or --keep";
        return Err(Usage(format!("feed {}: it has no filters; {remedy}", args.feed)).into());
    }
    let since = crate::clock::now().saturating_sub(SignedDuration::from_hours(DAYS * 24));
    let mut tally = Tally { json: context.json, ..Tally::default() };
    reader.listed_since(feed.feed, since.unwrap_or(Timestamp::MIN), &mut |item| {
        tally.count(&filters, &item);
    })?;
    if let Some(error) = tally.gone {
        return Err(error.into());
    }
    if !context.json && !context.quiet {
        let Tally { taken, kept, unknown, .. } = tally;
        let mut line = format!("of the last {DAYS} days: {taken} taken, {kept} kept");
        if unknown > 0 {
            line = format!("{line} ({unknown} of them without a look at their text)");
        }
        complain(&line);
    }
    Ok(Exit::Done)
}

#[derive(Default)]
struct Tally {
    json: bool,
    taken: u64,
    kept: u64,
    /// Kept as far as is known: there is no text to look at.
    unknown: u64,
    /// Nobody reads any more.
    gone: Option<std::io::Error>,
}

impl Tally {
    fn count(&mut self, filters: &Filters, item: &ListedItem) {
        let said = item.payload.as_deref().and_then(pipeline::title_of);
        let titles: Vec<&str> = item.title.as_deref().into_iter().chain(said.as_deref()).collect();
        let urls: Vec<&str> =
            [Some(item.url.as_str()), item.record_url.as_deref()].into_iter().flatten().collect();
        let seen = Seen { titles: &titles, urls: &urls, text: item.body.as_deref() };
        let why = filters.taken(seen);
        self.taken += u64::from(why.is_some());
        self.kept += u64::from(why.is_none());
        self.unknown += u64::from(why.is_none() && item.body.is_none());
        if self.gone.is_none() {
            let title = titles.first().copied().unwrap_or("(no title)");
            self.gone = self.show(title, &item.url, why.as_deref()).err();
        }
    }

    fn show(&self, title: &str, url: &str, why: Option<&str>) -> std::io::Result<()> {
        if self.json {
            let mut line = json!({ "title": title, "url": url, "taken": why.is_some() });
            if let (Some(object), Some(why)) = (line.as_object_mut(), why) {
                object.insert("rule".to_owned(), why.into());
            }
            return say(&line.to_string());
        }
        let verdict = why.map_or_else(|| "keeps".to_owned(), |why| format!("takes ({why})"));
        say(&harmless(&format!("{verdict}: {title}  {url}")))
    }
}
