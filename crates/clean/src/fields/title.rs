//! The headline: candidates from everywhere, chosen by agreement.
//!
//! What readers see above the article (`h1`) is the headline, if the page's other titles
//! speak of the same; `og:title` and the feed come next; structured data often holds a form
//! made for search engines. Names of sites are found by comparing the candidates.

use record::{Line, fold};

use super::describe::decoded;
use super::evidence::Piece;
use super::roles::Roles;
use super::text_of::BOUND;
use super::{Case, Fields, active_markup, function_words};

mod suffix;

/// Shared words, as a share of the shorter title, from which two titles speak of the same.
const SAME: f32 = 0.5;
/// The same for an `h1`, which readers see: less is asked of it.
const SAME_H1: f32 = 0.34;
/// Longest headline taken, in characters.
const MAX_CHARS: usize = 400;

/// A title with where it came from.
#[derive(Debug, Clone)]
struct Candidate {
    source: &'static str,
    line: Line,
    folded: String,
}

/// Judges the title.
pub(super) fn judge(case: &Case<'_>, fields: &mut Fields) {
    let stated = stated(case);
    let headings = headings(case, &stated);
    let Some(chosen) = choose(case, &stated, &headings) else { return };
    fields.note("title", chosen.source);
    for lost in headings.iter().chain(&stated).filter(|c| c.folded != chosen.folded) {
        fields.lose("title", &lost.line, lost.source);
    }
    fields.title = Some(chosen.line);
}

fn candidate(source: &'static str, text: &str) -> Option<Candidate> {
    let line = Line::new(&active_markup::without(&decoded(text)).replace(BOUND, " "))?;
    let folded = fold(&line);
    (!folded.is_empty() && line.chars().count() <= MAX_CHARS).then_some(Candidate {
        source,
        line,
        folded,
    })
}

/// Titles that are stated, not shown; strongest first, without the site's name.
fn stated(case: &Case<'_>) -> Vec<Candidate> {
    let entry = case.context.hints.entry.and_then(|e| e.title.as_deref());
    let graph = case.article.headline.as_deref().filter(|_| case.article.declared);
    let item = case.evidence.items.iter().find(|i| i.name == "headline" && !i.piece.place.other);
    let item = item.map(|i| i.value.unwrap_or(&i.piece.text));
    let texts = [
        ("opengraph", case.meta(&["og:title"])),
        ("feed", entry),
        ("json-ld", graph),
        ("microdata", item),
        ("meta", case.meta(&["twitter:title", "twitter:text:title"])),
        ("meta", case.meta(&["sailthru.title", "parsely-title", "citation_title", "hdl"])),
        ("meta", case.meta(&["dc.title", "dcterms.title", "headline", "title"])),
        ("title", case.evidence.title.as_deref()),
    ];
    let mut raw: Vec<(&str, Candidate)> = Vec::new();
    for (source, text) in texts {
        let Some(text) = text.filter(|t| !is_template(t)) else { continue };
        // Most are the same text again.
        let known = raw.iter().find(|(other, _)| *other == text).map(|(_, c)| c.clone());
        let found = known.map(|c| Candidate { source, ..c }).or_else(|| candidate(source, text));
        raw.extend(found.map(|found| (text, found)));
    }
    let shown = case.evidence.headings.iter().filter(|(level, _)| *level <= 2);
    let mut others: Vec<String> = shown.take(20).map(|(_, p)| fold(&p.text)).collect();
    others.extend(raw.iter().map(|(_, c)| c.folded.clone()));
    let mut stripped: Vec<Candidate> = Vec::new();
    for (at, (text, full)) in raw.iter().enumerate() {
        let first = raw.iter().take(at).position(|(other, _)| other == text);
        let known = first.and_then(|at| stripped.get(at)).cloned();
        let known = known.map(|c| Candidate { source: full.source, ..c });
        stripped.push(known.unwrap_or_else(|| without_site(full, case, &others)));
    }
    stripped.retain(|c| !case.site_names.contains(&c.folded));
    stripped
}

fn without_site(full: &Candidate, case: &Case<'_>, others: &[String]) -> Candidate {
    let text = suffix::without_site(&full.line, &case.site_names, others);
    if text == full.line.as_str() && !text.contains('&') {
        return full.clone(); // nothing was escaped twice
    }
    candidate(full.source, &text).unwrap_or_else(|| full.clone())
}

fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("%%") || text.trim().eq_ignore_ascii_case("undefined")
}

/// Headings that may be the headline, the most likely first.
fn headings(case: &Case<'_>, stated: &[Candidate]) -> Vec<Candidate> {
    let mut ranked: Vec<(i32, Candidate)> = Vec::new();
    for (order, (level, piece)) in case.evidence.headings.iter().enumerate().take(60) {
        let Some(found) = candidate(if *level == 1 { "h1" } else { "heading" }, &piece.text) else {
            continue;
        };
        if case.site_names.contains(&found.folded) || is_frame(&found.folded, stated) {
            continue;
        }
        let agreement = agreement(&found, stated);
        let rank = rank(*level, piece, agreement, order);
        if let Some(rank) = rank {
            ranked.push((rank, found));
        }
    }
    ranked.sort_by_key(|(rank, _)| -rank);
    ranked.into_iter().take(6).map(|(_, c)| c).collect()
}

/// Is the heading what one stated title has around another: a site's name, a section?
fn is_frame(heading: &str, stated: &[Candidate]) -> bool {
    let around = |long: &str, short: &str| {
        let words = long.strip_suffix(short).or_else(|| long.strip_prefix(short));
        words.is_some_and(|w| w.trim() == heading) && short.contains(' ')
    };
    let framed = |long: &Candidate| stated.iter().any(|short| around(&long.folded, &short.folded));
    stated.iter().any(framed)
}

/// How likely a heading is the headline; `None` when it cannot be.
fn rank(level: u8, piece: &Piece, agreement: f32, order: usize) -> Option<i32> {
    let needed = match level {
        1 => SAME_H1,
        2 | 3 => 0.8,
        _ => 0.9,
    };
    let alone = level == 1 && !piece.place.aside && !piece.roles.has(Roles::MASTHEAD);
    if agreement < needed && !(alone && agreement < 0.0) {
        return None;
    }
    let by_level = match level {
        1 => 40,
        2 => 10,
        _ => 0,
    };
    let exact = 40 * i32::from(level == 1 && agreement >= 1.0);
    let mut rank =
        by_level + exact + (agreement * 60.0) as i32 - i32::try_from(order.min(20)).unwrap_or(20);
    rank += 8 * i32::from(piece.roles.has(Roles::HEADLINE)) + 5 * i32::from(piece.place.inside);
    rank -= 15 * i32::from(piece.place.aside) + 10 * i32::from(piece.place.linked);
    rank -= 20 * i32::from(piece.place.other) + 20 * i32::from(piece.roles.has(Roles::MASTHEAD));
    Some(rank)
}

/// The best share of words that a heading has in common with a stated title; -1 when nothing
/// is stated.
fn agreement(found: &Candidate, stated: &[Candidate]) -> f32 {
    stated.iter().map(|c| overlap(&found.folded, &c.folded)).fold(-1.0, f32::max)
}

/// Words of the shorter that are in the longer; by pairs of characters where words are not
/// set apart.
fn overlap(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let words: Vec<&str> = long.split(' ').collect();
    let all = short.split(' ').count();
    let unspaced = all <= 3 && !short.is_ascii() && short.chars().count() > 8;
    if unspaced {
        let pairs = |s: &str| -> Vec<(char, char)> { s.chars().zip(s.chars().skip(1)).collect() };
        let long = pairs(long);
        let short = pairs(short);
        let shared = short.iter().filter(|p| long.contains(p)).count();
        return shared as f32 / short.len().max(1) as f32;
    }
    let shared = short.split(' ').filter(|w| words.contains(w)).count();
    // One word in common with a long title says little.
    let share = shared as f32 / all as f32;
    if all < 3 && words.len() > 2 * all { share * 0.7 } else { share }
}

fn choose(case: &Case<'_>, stated: &[Candidate], headings: &[Candidate]) -> Option<Candidate> {
    let first = stated.first();
    let Some(heading) = headings.first() else {
        return first.map(|first| best_stated(first, stated));
    };
    let votes = |folded: &str| stated.iter().filter(|s| s.folded == folded).count();
    // A kicker inside the h1: the rest is stated, or shown as a headline of its own.
    let full = votes(&heading.folded);
    let shown = |folded: &str| 2 * usize::from(headings.iter().any(|h| h.folded == folded));
    let is_rest = |s: &&Candidate| kicker(&heading.folded, &s.folded).is_some();
    let rest = stated.iter().chain(headings).find(is_rest);
    let og_is_full = first.is_some_and(|f| f.source == "opengraph" && f.folded == heading.folded);
    // Of equals the one that is shown on its own.
    let kicked = |r: &&Candidate| {
        let (said, shown) = (votes(&r.folded), shown(&r.folded));
        said + shown > full || (shown > 0 && said + shown == full)
    };
    if let Some(rest) = rest.filter(|r| !og_is_full && kicked(r)) {
        return Some(rest.clone());
    }
    // Another headline beside the h1 that is what the page gives to be shared.
    if let Some(first) = first.filter(|f| f.folded != heading.folded && shown(&f.folded) > 0)
        && first.source == "opengraph"
        && heading.source == "h1"
        && kicker(&heading.folded, &first.folded).is_none()
        && votes(&first.folded) + 2 >= full
    {
        return Some(first.clone());
    }
    let Some(first) = first.filter(|f| full == 0 && votes(&f.folded) >= 2) else {
        return Some(heading.clone());
    };
    // Stated titles agree among each other against the heading: they win where it is only a
    // part of theirs, says hardly anything, or speaks of something else.
    let before = kicker(&first.folded, &heading.folded).filter(|k| !is_sites(k, case));
    let part = votes(&first.folded) >= 3 && before.is_some();
    let words = |c: &Candidate| c.folded.split(' ').count();
    let bare = words(heading) <= 3 && (words(first) >= 5 || agreement(heading, stated) < 0.8);
    let foreign = agreement(heading, stated) < SAME && !is_only_h1(case);
    // Newsrooms write their titles by hand; elsewhere what writes the structured data writes
    // all stated titles, for search engines.
    let all = votes(&first.folded) >= 3 && votes(&first.folded) == stated.len();
    let unanimous = all && (is_news(case) || !case.article.declared);
    // The heading has more in it than the headline: a section, a count, a standfirst.
    let longer = heading.folded.strip_prefix(&first.folded).is_some_and(|r| r.starts_with(' '));
    let stated_wins = part || bare || foreign || unanimous || longer;
    Some(if stated_wins { first } else { heading }.clone())
}

/// Is structured data of a news article there?
fn is_news(case: &Case<'_>) -> bool {
    case.graph.kinds().iter().any(|kind| kind.ends_with("NewsArticle"))
}

/// The first stated title, or another when two others agree against it.
fn best_stated(first: &Candidate, stated: &[Candidate]) -> Candidate {
    let votes = |c: &Candidate| stated.iter().filter(|s| s.folded == c.folded).count();
    let other = stated.iter().find(|c| votes(c) > votes(first) + 1);
    other.unwrap_or(first).clone()
}

/// What short kicker stands before `title` in `heading`, if that is what `heading` is: "The" and
/// "7" begin a headline.
fn kicker<'h>(heading: &'h str, title: &str) -> Option<&'h str> {
    let kicker = heading.strip_suffix(title)?.strip_suffix(' ')?;
    let short = !kicker.is_empty() && kicker.split(' ').count() <= 6;
    let says = short && !function_words::are_all(kicker);
    (says && title.split(' ').count() >= 3).then_some(kicker)
}

/// Does a name of the site begin with these words, or they with one?
fn is_sites(words: &str, case: &Case<'_>) -> bool {
    case.site_names.iter().any(|name| name.starts_with(words) || words.starts_with(name.as_str()))
}

fn is_only_h1(case: &Case<'_>) -> bool {
    let shown = |(level, p): &&(u8, Piece)| *level == 1 && !p.place.aside;
    case.evidence.headings.iter().filter(shown).count() == 1
}
