//! The statements of dates on a page.

use record::date::{self, Stated};
use record::fold;

use super::{About, Vote};
use crate::fields::evidence::{Piece, Place};
use crate::fields::roles::Roles;
use crate::fields::spoken_date::{self, Found, Habit, Label};
use crate::fields::{Case, Fields, lenient_json};

/// Names of meta elements that state the publication, and how much they are worth.
const PUBLISHED: [(&str, f32); 46] = [
    ("article:published_time", 0.95),
    ("og:article:published_time", 0.95),
    ("og:published_time", 0.9),
    ("article:published", 0.9),
    ("article.published", 0.9),
    ("datepublished", 0.9),
    ("parsely-pub-date", 0.9),
    ("cxenseparse:recs:publishtime", 0.9),
    ("cxenseparse:publishtime", 0.9),
    ("pubdate", 0.85),
    ("publishdate", 0.85),
    ("publish_date", 0.85),
    ("publish-date", 0.85),
    ("publisheddate", 0.85),
    ("published_date", 0.85),
    ("published_time", 0.85),
    ("published_at", 0.85),
    ("publish_time", 0.85),
    ("og:publish_date", 0.85),
    ("og:pubdate", 0.85),
    ("article_date_original", 0.85),
    ("originalpublicationdate", 0.85),
    ("rnews:datepublished", 0.85),
    ("mediator_published_time", 0.85),
    ("article:first_published_time", 0.85),
    ("shareaholic:article_published_time", 0.85),
    ("citation_publication_date", 0.8),
    ("citation_online_date", 0.8),
    ("citation_date", 0.8),
    ("dc.date.issued", 0.85),
    ("dcterms.issued", 0.85),
    ("dc.issued", 0.85),
    ("prism.publicationdate", 0.8),
    ("sailthru.date", 0.75),
    ("ptime", 0.7),
    ("pdate", 0.7),
    ("published", 0.7),
    ("release_date", 0.7),
    ("date-pub", 0.7),
    ("dcterms.created", 0.65),
    ("dc.date.created", 0.65),
    ("article.created", 0.6),
    ("date", 0.6),
    ("dc.date", 0.6),
    ("dcterms.date", 0.6),
    ("created", 0.5),
];

/// Names of meta elements that state the last change.
const UPDATED: [&str; 16] = [
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "article:updated_time",
    "article.updated",
    "datemodified",
    "last-modified",
    "lastmod",
    "dcterms.modified",
    "dc.date.modified",
    "article_date_updated",
    "lastmodifieddate",
    "updated",
    "modified",
    "shareaholic:article_modified_time",
    "revision_date",
];

/// Properties in scripts' data that state the publication.
const IN_SCRIPTS: [&str; 5] =
    ["datePublished", "publishedAt", "published_at", "publishDate", "firstPublished"];

/// Most visible lines judged.
const MAX_LINES: usize = 40;

/// All votes, strongest kinds first.
pub(super) fn votes(case: &Case<'_>, fields: &Fields) -> Vec<Vote> {
    let habit = habit(case, fields);
    let mut votes = Vec::new();
    structured(case, habit, &mut votes);
    metas(case, habit, &mut votes);
    feed(case, &mut votes);
    in_url(case, &mut votes);
    let headline = headline(case, fields);
    times(case, habit, headline, &mut votes);
    lines(case, habit, headline, &mut votes);
    if !votes.iter().any(|v| v.about == About::Published && v.weight >= 0.6) {
        scripts(case, &mut votes);
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

fn read(text: &str, habit: Habit<'_>) -> Option<(Stated, bool)> {
    if let Some(stated) = date::parse(text) {
        return Some((stated, false));
    }
    if text.len() > 100 {
        return None;
    }
    let found = spoken_date::find(text, habit).into_iter().next()?;
    Some((found.stated, found.ambiguous))
}

fn push(
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
    for (name, content) in &case.evidence.metas {
        if let Some((_, weight)) = PUBLISHED.iter().find(|(n, _)| n == name) {
            push(votes, "meta", About::Published, *weight, read(content, habit));
        } else if UPDATED.contains(&name.as_str()) {
            push(votes, "meta", About::Updated, 0.8, read(content, habit));
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

/// The headline's place: dates near it are the article's.
fn headline(case: &Case<'_>, fields: &Fields) -> Option<Place> {
    let headings = || case.evidence.headings.iter().filter(|(level, _)| *level <= 3);
    let title = fields.title.as_deref().map(fold);
    let chosen = title.and_then(|t| headings().find(|(_, p)| fold(&p.text) == t));
    let own = || headings().find(|(level, p)| *level == 1 && !p.place.aside && !p.place.other);
    chosen.or_else(own).or_else(|| headings().find(|(level, _)| *level == 1)).map(|(_, p)| p.place)
}

/// How much nearer the headline a place is than others: -0.4 to 0.25. What stands under the
/// headline is the article's; above it, behind a menu, stands today's date.
fn nearness(place: Place, headline: Option<Place>) -> f32 {
    let mut worth = 0.0;
    if place.aside {
        worth -= 0.2;
    }
    if place.other {
        worth -= 0.25;
    }
    let Some(headline) = headline else { return worth };
    let after = i64::from(place.text_before) - i64::from(headline.text_before);
    worth
        + match after {
            0..=400 => 0.25,
            -60..=-1 => 0.22,
            401..=900 => 0.2,
            -300..=-61 => 0.12,
            -800..=2000 => 0.05,
            _ => -0.05,
        }
}

fn times(case: &Case<'_>, habit: Habit<'_>, headline: Option<Place>, votes: &mut Vec<Vote>) {
    for tag in case.evidence.times.iter().take(MAX_LINES) {
        let stamp = tag.stamp.and_then(|s| read(s, habit));
        let shown = spoken_date::find(&tag.piece.text, habit).into_iter().next();
        let label = shown.as_ref().and_then(|f| f.label);
        let about = about(tag.piece.roles, label);
        let mut weight = 0.5 + nearness(tag.piece.place, headline);
        weight += 0.1 * f32::from(u8::from(tag.pubdate || label == Some(Label::Published)));
        if tag.piece.place.linked {
            weight -= 0.15;
        }
        let seen = shown.map(|f| (f.stated, f.ambiguous));
        push(votes, "time", about, weight, stamp.or(seen));
        // What is shown beside the machine's form tells the paper's own clock.
        if stamp.is_some() {
            push(votes, "time", about, weight - 0.05, seen.filter(|(s, _)| is_local(*s)));
        }
    }
}

fn is_local(stated: Stated) -> bool {
    matches!(stated, Stated::Local(_))
}

fn about(roles: Roles, label: Option<Label>) -> About {
    match label {
        Some(Label::Updated) => About::Updated,
        None if roles.has(Roles::UPDATED) => About::Updated,
        _ => About::Published,
    }
}

fn lines(case: &Case<'_>, habit: Habit<'_>, headline: Option<Place>, votes: &mut Vec<Vote>) {
    let stamps = &case.evidence.stamps;
    let last = stamps.len().saturating_sub(8);
    let mut judged = 0;
    for (at, piece) in stamps.iter().enumerate() {
        let near = headline.is_none_or(|h| {
            (-1500..=4000)
                .contains(&(i64::from(piece.place.text_before) - i64::from(h.text_before)))
        });
        let dated = piece.roles.has(Roles::DATE.with(Roles::UPDATED));
        if judged >= MAX_LINES || !(near || dated || at < 10 || at >= last) {
            continue;
        }
        judged += 1;
        let nearness = nearness(piece.place, headline);
        for found in spoken_date::find(&piece.text, habit) {
            let weight = worth_of_line(piece, &found) + nearness;
            let about = about(piece.roles, found.label);
            push(votes, "text", about, weight, Some((found.stated, found.ambiguous)));
        }
    }
}

fn worth_of_line(piece: &Piece, found: &Found) -> f32 {
    let words = found.letters_around;
    let by_words = match words {
        0..=12 => 0.4,
        13..=40 => 0.3,
        41..=80 => 0.15,
        _ => 0.02,
    };
    let by_class = if piece.roles.has(Roles::DATE) {
        0.5
    } else if piece.roles.has(Roles::META.with(Roles::AUTHOR)) && words < 90 {
        0.42
    } else {
        0.0
    };
    let timed = if matches!(found.stated, Stated::Day(_)) { 0.0 } else { 0.05 };
    let worth = f32::max(by_words, by_class) + timed;
    match found.label {
        Some(Label::Published) if words < 120 => f32::max(worth, 0.5) + 0.1,
        Some(Label::Other) => 0.02,
        _ => worth,
    }
}

fn scripts(case: &Case<'_>, votes: &mut Vec<Vote>) {
    // All the names share this part: most scripts are read through once, not five times.
    for script in case.evidence.scripts.iter().filter(|s| s.contains("ublish")) {
        for name in IN_SCRIPTS {
            let Some(text) = lenient_json::property(script, name) else { continue };
            let read = date::parse(&text).map(|stated| (stated, false));
            let found = read.is_some();
            push(votes, "script", About::Published, 0.5, read);
            if found {
                return;
            }
        }
    }
}
