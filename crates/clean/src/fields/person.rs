//! Names of people in bylines: what stands before, between and after them, in many languages.

mod east_asian;
mod end;
mod lead;
mod name;
mod phrases;
#[cfg(test)]
mod tests;

use record::Line;

use super::text_of::BOUND;
use end::{starts_number, until_end};
pub(crate) use lead::{is_byline_label, starts_as_byline};
use lead::{unwrapped, without_prefix};
use name::{clean, is_degree};
pub(crate) use name::{has_job, is_agency, is_organisation, is_phrase, looks_like_name};
use phrases::TABLE;

/// Longest byline, in bytes: eighty names. Each of its words is asked whether it ends what is
/// before it.
const MAX_BYTES: usize = 2_000;

/// Is this a byline of East Asia, which tells its names by the job?
pub(crate) fn names_the_job(text: &str) -> bool {
    !east_asian::names(text).is_empty()
}

/// The names in a byline, in its order. The texts of its elements may be set off by
/// [`BOUND`]: names come first, and what follows them and names nobody ends the byline. What is
/// beyond [`MAX_BYTES`] is not looked at.
pub(crate) fn names(text: &str) -> Vec<String> {
    let text = text.get(..text.floor_char_boundary(MAX_BYTES)).unwrap_or_default();
    let mut found = east_asian::names(text);
    if !found.is_empty() {
        return found;
    }
    for part in parts(text) {
        let mut named = names_in(&part).into_iter().peekable();
        let ends = !found.is_empty() && !named.peek().is_some_and(|n| looks_like_name(n));
        let joins = part.len() < 5 || is_between(&part);
        // A bar begins the place or the day.
        let is_other = !found.is_empty() && part.starts_with('|');
        if (ends || is_other) && !joins {
            break;
        }
        found.extend(named);
    }
    found.truncate(40);
    found
}

/// Are several names joined in the text, by "and" or its kin?
pub(crate) fn is_joined(text: &str) -> bool {
    let text = text.replace(BOUND, " ");
    text.split_whitespace().any(|w| TABLE.between.contains(&w.to_lowercase().as_str()))
        || text.contains(',')
}

/// The texts of a byline's elements; first and last names in boxes of their own are joined.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in text.split(BOUND).filter_map(|p| Line::new(&super::describe::decoded(p))) {
        let single = |t: &str| {
            !t.contains(' ') && t.starts_with(char::is_uppercase) && !is_between(t) && t.len() > 1
        };
        match parts.last_mut() {
            Some(last) if single(last) && single(&part) && without_prefix(last).is_none() => {
                last.push(' ');
                last.push_str(&part);
            }
            _ => parts.push(part.into_string()),
        }
    }
    parts
}

fn is_between(text: &str) -> bool {
    let text = text.trim().trim_matches(',').trim().to_lowercase();
    text.is_empty() || TABLE.between.contains(&text.as_str())
}

fn names_in(line: &str) -> Vec<String> {
    let wrapped = line.starts_with("http") || line.starts_with("www.") || line.starts_with('@');
    if wrapped || is_between(line) {
        return Vec::new();
    }
    let mut rest = if line.starts_with(['(', '（', '[', '【']) { unwrapped(line) } else { line };
    while let Some(shorter) = without_prefix(rest) {
        rest = shorter;
    }
    if starts_number(rest) {
        // The date before the names.
        let Some((_, after)) = rest.split_once(['|', '·', '•', '–', '—', '/']) else {
            return Vec::new();
        };
        let parts = split(until_end(after.trim_start()));
        let named = rejoin(parts).into_iter().filter_map(|n| clean(&n));
        return named.filter(|n| looks_like_name(n)).collect();
    }
    let names = until_end(rest);
    let parts = split(names);
    if parts.len() > 1 && is_one_organisation(names, &parts) {
        return clean(names).into_iter().collect();
    }
    rejoin(parts).into_iter().filter_map(|n| clean(&n)).collect()
}

/// Is this an organisation with an "and" in its name, and no list of some?
fn is_one_organisation(text: &str, parts: &[String]) -> bool {
    let organisations = parts.iter().filter(|part| is_organisation(part)).count();
    !text.contains([',', ';'])
        && (1..parts.len()).contains(&organisations)
        && !parts.iter().any(|part| looks_like_name(part))
}

fn pieces(text: &str, separator: &str) -> Vec<String> {
    text.split(separator).map(|s| s.trim().to_owned()).collect()
}

fn split(text: &str) -> Vec<String> {
    let shouted = !text.chars().any(char::is_lowercase);
    let mut parts = vec![text.to_owned()];
    for (small, capital) in &TABLE.padded {
        let separator = if shouted { capital } else { small };
        if text.contains(separator.as_str()) {
            parts = parts.iter().flat_map(|p| pieces(p, separator)).collect();
        }
    }
    parts.retain(|p| !p.is_empty());
    parts
}

/// Joins commas' parts: degrees belong to the name before them, and what follows a name and
/// is neither a name nor a degree (a job, a place) goes.
fn rejoin(parts: Vec<String>) -> Vec<String> {
    let mut joined = Vec::new();
    for part in parts {
        let mut pieces = part.split([',', '，', '、']).map(str::trim).filter(|p| !p.is_empty());
        let Some(first) = pieces.next() else { continue };
        let mut name = first.to_owned();
        let rest: Vec<&str> = pieces.collect();
        let several = rest.iter().any(|p| looks_like_name(p)) && looks_like_name(first);
        for piece in rest {
            if is_degree(piece) {
                name.push_str(", ");
                name.push_str(piece);
            } else if several && looks_like_name(piece) {
                joined.push(std::mem::replace(&mut name, piece.to_owned()));
            }
        }
        joined.push(name);
    }
    joined
}
