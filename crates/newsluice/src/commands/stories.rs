//! `stories`: what was reported most, or last, or with these words; `show --story`: one of them.

mod json;

use record::StoryId;
use record::story::{Basis, Near};
use store::{Reader, Story, StoryList, StoryMember, StoryOrder};

use self::json::StoryJson;
use crate::cli::StoriesArgs;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, harmless, say};

/// Most stories listed at once.
const MAX_STORIES: usize = 10_000;

/// Most records of one story shown at once.
const MAX_MEMBERS: usize = 10_000;

/// Sources and languages named in a list; the rest is counted.
const NAMED: usize = 3;

/// Lists stories.
pub(super) fn run(context: &Context, args: &StoriesArgs) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    let query = args.query.join(" ");
    let stories = reader.stories(StoryList {
        order: if args.biggest { StoryOrder::Biggest } else { StoryOrder::Newest },
        query: (!query.is_empty()).then_some(query.as_str()),
        at_least: args.at_least,
        limit: args.limit.min(MAX_STORIES),
    })?;
    for story in &stories {
        let json = || serde_json::to_string(&StoryJson::of(story, None));
        say(&if context.json { json()? } else { as_text(story) })?;
    }
    if stories.is_empty() {
        let least = args.at_least;
        complain(&format!("no story with at least {least} records; try '--at-least 1'"));
        return Ok(Exit::NotFound);
    }
    Ok(Exit::Done)
}

/// Shows one story with its records and why each is there.
pub(super) fn show(context: &Context, reader: &Reader, id: StoryId) -> anyhow::Result<Exit> {
    let Some(story) = reader.story(id)? else { return Ok(Exit::NotFound) };
    let members = reader.story_members(story.id, MAX_MEMBERS)?;
    if context.json {
        say(&serde_json::to_string(&StoryJson::of(&story, Some(&members)))?)?;
        return Ok(Exit::Done);
    }
    say(&as_text(&story))?;
    for member in &members {
        say(&member_text(member))?;
    }
    Ok(Exit::Done)
}

fn as_text(story: &Story) -> String {
    let (first, last) = (day(story.first), day(story.last));
    let span = if first == last { first } else { format!("{first}–{last}") };
    let title = harmless(&story.title);
    let langs = shares(&story.langs);
    let facts = [
        format!("{} records", story.records),
        format!("{} sources: {}", story.sources.len(), shares(&story.sources)),
        if langs.is_empty() { String::new() } else { format!("in {langs}") },
    ];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    format!("{}  {span}  {title}\n    {}", story.id, harmless(&facts.join(", ")))
}

fn day(time: jiff::Timestamp) -> String {
    time.strftime("%Y%m%d").to_string()
}

fn shares(all: &[(String, u64)]) -> String {
    let names = all.iter().take(NAMED).map(|(name, count)| format!("{name} ({count})"));
    let mut names: Vec<String> = names.collect();
    if all.len() > NAMED {
        names.push(format!("{} more", all.len() - NAMED));
    }
    names.join(", ")
}

fn member_text(member: &StoryMember) -> String {
    let time = member.time.strftime("%Y-%m-%d %H:%M");
    let why = member.basis.as_ref().map_or_else(String::new, reason);
    let copy = member.duplicate_of.map_or_else(String::new, |of| format!("copy of {of}; "));
    let place = member.url.as_deref().unwrap_or_default();
    let lines = format!("{place}\n      {copy}{why}");
    format!("  {}  {time}  {}\n      {}", member.id, harmless(&member.title), lines.trim())
}

/// Why a record is in its story, in a sentence.
pub(crate) fn reason(basis: &Basis) -> String {
    match basis {
        Basis::First { nearest: None } => "began the story: nothing was near".to_owned(),
        Basis::First { nearest: Some(near) } => {
            format!(
                "began the story: the nearest, {}, was not near enough: {}",
                near.story,
                how(near)
            )
        }
        Basis::Alike(near) => format!("like the story: {}", how(near)),
        Basis::Decided(with) => format!("a user put it together with {with}"),
    }
}

fn how(near: &Near) -> String {
    let terms: Vec<&str> = near.shared.iter().map(|shared| shared.term.as_str()).collect();
    let terms = harmless(&terms.join(", "));
    format!("{:.2} of the {:.2} needed, by {terms}", near.score, near.threshold)
}
