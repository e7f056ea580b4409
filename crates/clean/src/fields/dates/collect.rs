//! The statements of dates on a page.

use record::Zones;
use record::date::{self, Stated};

use super::{About, Vote, in_data, meta_names, seen};
use crate::fields::heads::Heads;
use crate::fields::spoken_date::{self, Habit};
use crate::fields::{Case, Fields};

/// All votes, strongest kinds first.
pub(super) fn votes(case: &Case<'_>, fields: &Fields) -> Vec<Vote> {
    let habit = habit(case, fields);
    let mut votes = Vec::new();
    structured(case, habit, &mut votes);
    metas(case, habit, &mut votes);
    feed(case, &mut votes);
    in_url(case, &mut votes);
    let heads = Heads::of(case, fields);
    seen::times(case, habit, heads, &mut votes);
    seen::lines(case, habit, heads, &mut votes);
    let has = |least: f32| move |v: &Vote| v.about == About::Published && v.weight >= least;
    // What was published after the page's last change is something else on it.
    let updates = votes.iter().filter(|v| v.about == About::Updated);
    let changed = updates.max_by(|a, b| a.weight.total_cmp(&b.weight)).map(Vote::day);
    let date_in = |text: &str| {
        let found = read(text, habit)?;
        let day = found.0.published(&Zones::default()).0.day();
        changed.is_none_or(|changed| day <= changed).then_some(found)
    };
    if !votes.iter().any(has(0.6)) {
        push(&mut votes, "script", About::Published, 0.5, in_data::scripts(case, date_in));
    }
    if !votes.iter().any(has(0.3)) {
        push(&mut votes, "attribute", About::Published, 0.45, in_data::attributes(case, date_in));
    }
    votes
}

/// How the page reads `3/4/2024`: by its language and country.
fn habit<'f>(case: &Case<'_>, fields: &'f Fields) -> Habit<'f> {
    let declared = fields.declared_languages.first().map_or("", |(tag, _)| tag.as_str());
    let language = declared.split('-').next().unwrap_or_default();
    let regions = fields.declared_languages.iter().filter_map(|(tag, _)| tag.split_once('-'));
    let american = regions.clone().any(|(_, region)| matches!(region, "US" | "PH"));
    let elsewhere = regions.clone().next().is_some() && !american;
    let host = fields.url.as_ref().map(|u| u.host().to_owned()).unwrap_or_default();
    let wide = [".com", ".org", ".net", ".us", ".gov", ".edu", ".ph"];
    let at_home = host.is_empty() || wide.iter().any(|end| host.ends_with(end));
    let english = language == "en" || language.is_empty();
    let slashes = case.context.hints.zones.setting.is_none();
    Habit { language, month_first: english && !elsewhere && (american || (at_home && slashes)) }
}

pub(super) fn read(text: &str, habit: Habit<'_>) -> Option<(Stated, bool)> {
    if let Some(stated) = date::parse(text) {
        return Some((stated, false));
    }
    if text.len() > 100 {
        return None;
    }
    let found = spoken_date::find(text, habit).into_iter().next()?;
    Some((found.stated, found.ambiguous))
}

pub(super) fn push(
    votes: &mut Vec<Vote>,
    source: &'static str,
    about: About,
    weight: f32,
    read: Option<(Stated, bool)>,
) {
    if let Some((stated, ambiguous)) = read {
        votes.push(Vote { source, about, stated, weight, ambiguous });
    }
}

fn structured(case: &Case<'_>, habit: Habit<'_>, votes: &mut Vec<Vote>) {
    let read_in = |text: &Option<String>| text.as_deref().and_then(|t| read(t, habit));
    let article = &case.article;
    let weight = if article.declared { 1.0 } else { 0.75 };
    push(votes, "json-ld", About::Published, weight, read_in(&article.published));
    push(votes, "json-ld", About::Published, 0.6, read_in(&article.created));
    push(votes, "json-ld", About::Updated, 0.9, read_in(&article.modified));
    for item in &case.evidence.items {
        let own = !item.piece.place.other && !is_foreign(item.owner);
        let (about, weight) = match item.name {
            "datePublished" if own => (About::Published, 0.9),
            "dateCreated" if own => (About::Published, 0.7),
            "datePublished" => (About::Published, 0.2),
            "dateModified" if own => (About::Updated, 0.85),
            _ => continue,
        };
        let text = item.value.unwrap_or(&item.piece.text);
        push(votes, "microdata", about, weight, read(text, habit));
    }
}

/// Is the item a picture, a video or a comment?
fn is_foreign(kind: &str) -> bool {
    ["ImageObject", "VideoObject", "Comment", "Review", "Event", "MediaObject", "UserComments"]
        .iter()
        .any(|other| kind.ends_with(other))
}

fn metas(case: &Case<'_>, habit: Habit<'_>, votes: &mut Vec<Vote>) {
    let dated = |content: &str| content.bytes().any(|b| b.is_ascii_digit()) || !content.is_ascii();
    for (name, content) in case.evidence.metas.iter().filter(|(_, content)| dated(content)) {
        if let Some((about, weight)) = meta_names::about(name) {
            push(votes, "meta", about, weight, read(content, habit));
        }
    }
}

fn feed(case: &Case<'_>, votes: &mut Vec<Vote>) {
    let Some(entry) = case.context.hints.entry else { return };
    let stated = |date: &Option<record::DateText>| Some((date.as_ref()?.stated?, false));
    push(votes, "feed", About::Published, 0.8, stated(&entry.published));
    push(votes, "feed", About::Updated, 0.6, stated(&entry.updated));
}

fn in_url(case: &Case<'_>, votes: &mut Vec<Vote>) {
    let urls = [case.context.url, case.context.requested_url, case.link("canonical")];
    let day = urls.into_iter().flatten().find_map(|url| {
        let path = url.split_once("://").map_or(url, |(_, rest)| rest);
        spoken_date::in_path(path.split(['?', '#']).next()?)
    });
    push(votes, "url", About::Published, 0.65, day.map(|d| (Stated::Day(d), false)));
}
