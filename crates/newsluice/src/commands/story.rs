//! `story split` and `story merge`: a user's word, which no likeness overrules.

use record::{RecordId, StoryId};
use serde_json::json;
use store::{Reader, StoryEditor};

use crate::cli::{StoryMergeArgs, StorySplitArgs};
use crate::clock;
use crate::context::Context;
use crate::exit::Exit;
use crate::output::{complain, harmless, say};

/// Makes a story of its own out of records of a story.
pub(super) fn split(context: &Context, args: &StorySplitArgs) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    let Some(story) = named(&reader, &args.story)? else { return Ok(Exit::NotFound) };
    let mut records: Vec<RecordId> = Vec::new();
    for name in &args.records {
        let Some(id) = reader.find(name)? else {
            complain(&format!("{}: no record by this id or URL", harmless(name)));
            return Ok(Exit::NotFound);
        };
        records.push(id);
    }
    drop(reader);
    let new = StoryEditor::open(&context.database)?.split(story, &records, clock::now())?;
    let Some(new) = new else {
        complain(&format!(
            "story {story}: none of these records can leave it; the record that it is named \
             after stays: split off the others"
        ));
        return Ok(Exit::NotFound);
    };
    told(context, new, &format!("story {new}, apart from {story}"))
}

/// Makes two stories one.
pub(super) fn merge(context: &Context, args: &StoryMergeArgs) -> anyhow::Result<Exit> {
    let reader = Reader::open(&context.database)?;
    let (one, other) = (named(&reader, &args.one)?, named(&reader, &args.other)?);
    let (Some(one), Some(other)) = (one, other) else { return Ok(Exit::NotFound) };
    drop(reader);
    let kept = StoryEditor::open(&context.database)?.merge(one, other, clock::now())?;
    told(context, kept, &format!("story {kept}"))
}

fn named(reader: &Reader, name: &str) -> anyhow::Result<Option<StoryId>> {
    let found = reader.find_story(name)?;
    if found.is_none() {
        let name = harmless(name);
        complain(&format!("{name}: no story by this name or record; try 'newsluice stories'"));
    }
    Ok(found)
}

fn told(context: &Context, story: StoryId, text: &str) -> anyhow::Result<Exit> {
    let json = || json!({ "story_id": story.to_string() }).to_string();
    say(&if context.json { json() } else { text.to_owned() })?;
    Ok(Exit::Done)
}
