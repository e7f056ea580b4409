//! `feed rm`, `feed pause`, `feed resume`.

use fetch::schedule::FeedState;
use serde_json::json;
use store::{FeedInfo, Reader, SourceEdit};

use super::named::named;
use crate::cli::FeedNames;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, harmless, say};

/// Removes sources. What they brought stays.
pub(super) fn remove(context: &Context, names: &FeedNames) -> anyhow::Result<Exit> {
    each(context, names, "removed", |feed| SourceEdit::Remove(feed.feed))
}

/// Lets sources rest.
pub(super) fn pause(context: &Context, names: &FeedNames) -> anyhow::Result<Exit> {
    each(context, names, "paused", |feed| SourceEdit::Pause(feed.feed))
}

/// Wakes sources, with their failures forgotten.
pub(super) fn resume(context: &Context, names: &FeedNames) -> anyhow::Result<Exit> {
    each(context, names, "resumed", |feed| SourceEdit::Resume(feed.feed, revived(feed)))
}

/// What the schedule is to remember of a source that is brought back.
fn revived(feed: &FeedInfo) -> Option<String> {
    let mut memory: serde_json::Value = serde_json::from_str(feed.schedule.as_deref()?).ok()?;
    let state: FeedState = serde_json::from_value(memory.clone()).ok()?;
    let serde_json::Value::Object(revived) = serde_json::to_value(state.revive()).ok()? else {
        return None;
    };
    memory.as_object_mut()?.extend(revived);
    Some(memory.to_string())
}

fn each(
    context: &Context,
    names: &FeedNames,
    done: &str,
    edit: impl Fn(&FeedInfo) -> SourceEdit,
) -> anyhow::Result<Exit> {
    let chosen = named(&Reader::open(&context.database)?, names)?;
    let edits: Vec<_> = chosen.feeds.iter().map(edit).collect();
    let did = super::edits(context)?.sources(&edits, crate::clock::now())?;
    for (feed, did) in chosen.feeds.iter().zip(did) {
        if context.json {
            let (number, url) = (feed.feed.number(), &feed.url);
            say(&json!({ "feed": number, "url": url, done: did }).to_string())?;
        } else if !context.quiet {
            let done = if did { done.to_owned() } else { format!("was {done} already") };
            complain(&harmless(&format!("{done}: {} {}", feed.feed.number(), feed.url)));
        }
    }
    Ok(if chosen.all_found { Exit::Done } else { Exit::NotFound })
}
