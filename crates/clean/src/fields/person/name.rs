//! One name: what looks like one, and what it is without what clings to it.

use record::fold;

use super::end::starts_number;
use super::phrases::TABLE;

/// Longest name, in characters and in words.
pub(super) const MAX_CHARS: usize = 90;
const MAX_WORDS: usize = 9;

/// Is the name an organisation's (an agency, a desk, a company)?
pub(crate) fn is_organisation(name: &str) -> bool {
    let folded = fold(name);
    let words: Vec<&str> = folded.split(' ').collect();
    words.iter().any(|w| TABLE.organisation.contains(w))
        || folded.contains("redaktion")
        || name.contains(".com")
}

/// Two to five words that begin with capitals, or a short text of a script without capitals.
pub(crate) fn looks_like_name(text: &str) -> bool {
    if is_organisation(text) || is_degree(text) || has_job(text) {
        return false;
    }
    let name = text.split(',').next().unwrap_or_default();
    if name.contains(|c: char| c.is_ascii_digit()) {
        return false; // degrees after it may have some
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let unspaced = text.chars().any(|c| c as u32 >= 0x2e80);
    if unspaced {
        return text.chars().count() <= 12;
    }
    let capital = |w: &&&str| !w.starts_with(char::is_lowercase);
    (2..=5).contains(&words.len()) && words.iter().filter(capital).count() >= 2
}

/// Is this a news agency, or several unnamed?
pub(crate) fn is_agency(name: &str) -> bool {
    TABLE.agency.contains(fold(name).as_str())
}

/// Is it a piece of a sentence ("of this article") or a number, and no name? What is declared as
/// an author may be called so; what readers see is not.
pub(crate) fn is_phrase(text: &str) -> bool {
    let count = |of: fn(char) -> bool| text.chars().filter(|c| of(*c)).count();
    (text.split(' ').any(|w| TABLE.small.contains(w)) && !is_organisation(text))
        || text.contains('@')
        || count(char::is_numeric) > count(char::is_alphabetic)
}

/// Is a word in it one of a job's?
pub(crate) fn has_job(text: &str) -> bool {
    fold(text).split(' ').any(|w| TABLE.job.contains(w))
}

/// `MD`, `Ph.D.`, `RN`, `CFP®`, `Jr.`: short, mostly capitals.
pub(super) fn is_degree(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    let capitals = bare.chars().filter(|c| c.is_uppercase()).count();
    let plain = matches!(bare.as_str(), "Jr" | "Sr" | "PhD" | "Esq" | "MSc" | "BSc");
    if TABLE.organisation.contains(bare.to_lowercase().as_str()) {
        return false;
    }
    plain || (text.len() <= 14 && capitals >= 2 && capitals * 2 >= bare.chars().count())
}

/// Without the job that stands right behind a name where words are not set apart (`山田太郎記者`).
fn without_title(name: &str) -> &str {
    let mut titles = TABLE.title.iter();
    let bare = titles.find_map(|title| name.strip_suffix(title)).map(str::trim_end);
    bare.filter(|bare| bare.chars().count() >= 2).unwrap_or(name)
}

/// Without whom its bearer writes for (`Jo Doe For Example.com`).
fn without_paper(name: &str) -> &str {
    let paper = [" for ", " For ", " FOR "].into_iter().find_map(|word| name.split_once(word));
    let is_site = |paper: &str| !paper.contains(' ') && paper.trim_end_matches('.').contains('.');
    paper.filter(|(_, paper)| is_site(paper)).map_or(name, |(bearer, _)| bearer)
}

pub(super) fn clean(name: &str) -> Option<String> {
    let trimmed = name.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, ',' | ';' | ':' | '|' | '-' | '–' | '/' | '"' | '*' | '•' | '_')
            || matches!(c, '・' | '／' | '：' | '■' | '◎' | '●')
    });
    let trimmed = without_title(without_paper(trimmed));
    let trimmed =
        trimmed.strip_suffix('.').filter(|t| t.len() > 6 && !t.ends_with("Jr")).unwrap_or(trimmed);
    let folded = fold(trimmed);
    let letters = trimmed.chars().filter(|c| c.is_alphabetic()).count();
    let link = trimmed.contains("://") || trimmed.contains("www.") || trimmed.contains("facebook");
    let words: Vec<&str> = trimmed.split(' ').collect();
    let small = |w: Option<&&str>| w.is_some_and(|w| w.starts_with(char::is_lowercase));
    // Names end in a capital; what begins with one and ends without is a sentence.
    let sentence = words.len() > 1 && small(words.last()) && !small(words.first());
    let bad = letters < 2
        || link
        || (sentence && !is_organisation(trimmed))
        || folded.split(' ').any(|w| TABLE.junk.contains(w))
        || trimmed.chars().count() > MAX_CHARS
        || trimmed.split(' ').count() > MAX_WORDS
        || trimmed.contains(['{', '}', '<', '>', '?', '=', '!', ':'])
        || starts_number(trimmed)
        || TABLE.nobody.iter().any(|n| *n == folded);
    (!bad).then(|| trimmed.to_owned())
}
