//! Lists with a URL a line, and newsboat's `urls`
//! (<https://newsboat.org/releases/2.40/docs/newsboat.html#_adding_feeds>): after the URL come
//! tags, in quotes where they have spaces; one that begins with `~` is the title.

use std::collections::HashMap;

use store::FeedInfo;

use super::{Decides, Listed, Listing, titled};
use crate::source::SourceSettings;

/// Reads such a list. A line that begins with `#` is a comment.
pub(super) fn read(text: &str) -> Listing {
    let mut listing = Listing::default();
    let mut places = HashMap::new();
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut words = words(line).into_iter();
        let Some(url) = words.next() else { continue };
        let made_up = ["query:", "exec:", "filter:"].into_iter().find(|kind| url.starts_with(kind));
        if let Some(kind) = made_up {
            listing.problems.push(format!("{kind}… is made by newsboat itself; skipped"));
            continue;
        }
        let (titles, tags): (Vec<_>, Vec<_>) = words.partition(|word| word.starts_with('~'));
        let title = titles.into_iter().next().map(|title| title.trim_start_matches('~').to_owned());
        if title.is_some() || !tags.is_empty() {
            listing.decides = Decides::Tags;
        }
        let outline = titled(title);
        let settings = SourceSettings { tags, outline, ..SourceSettings::default() };
        listing.add(&mut places, Listed { url, settings });
    }
    listing
}

/// The words of a line: those in quotes may hold spaces, and quotes after a backslash.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut in_quotes = false;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                in_quotes = !in_quotes;
                word.get_or_insert_default();
            }
            '\\' if in_quotes => word.get_or_insert_default().extend(chars.next()),
            c if c.is_whitespace() && !in_quotes => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// A URL a line.
pub(crate) fn plain(feeds: &[FeedInfo]) -> String {
    feeds.iter().map(|feed| format!("{}\n", feed.url)).collect::<Vec<_>>().concat()
}

/// newsboat's `urls` file.
pub(crate) fn newsboat(feeds: &[FeedInfo]) -> String {
    let mut out = String::new();
    for feed in feeds {
        let settings = SourceSettings::stored(feed.settings.as_deref());
        let title = settings.outline.and_then(|outline| outline.title);
        out.push_str(&feed.url);
        let title = title.map(|title| format!("~{title}"));
        for word in title.iter().chain(&settings.tags) {
            out.push(' ');
            out.push_str(&quoted(word));
        }
        out.push('\n');
    }
    out
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && c != '"' && c != '\\';
    if !word.is_empty() && !word.starts_with('~') && word.chars().all(is_plain) {
        return word.to_owned();
    }
    let word = word.replace(['\n', '\r'], " ");
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newsboats_urls_are_read_with_tags_and_titles() {
        let text = "# mine\nhttps://e.org/1\n\nhttps://e.org/2 news \"two words\" \"~The \\\"Two\\\"\"\n\
            query:all:unread = \"yes\"\nexec:/bin/x\nnot a url\nhttps://e.org/1 late\n\
            https://me:hunter2@e.org/3\n";
        let listing = read(text);
        let urls: Vec<_> = listing.sources.iter().map(|listed| listed.url.as_str()).collect();
        assert_eq!(urls, ["https://e.org/1", "https://e.org/2"]);
        assert_eq!(listing.sources[0].settings.tags, ["late"]);
        let second = &listing.sources[1].settings;
        assert_eq!(second.tags, ["news", "two words"]);
        assert_eq!(second.outline.as_ref().unwrap().title.as_deref(), Some("The \"Two\""));
        assert_eq!(listing.decides, Decides::Tags);
        assert_eq!(listing.problems.len(), 4);
        assert!(!listing.problems.concat().contains("hunter2"), "{:?}", listing.problems);
        assert_eq!(read("https://e.org/1\n").decides, Decides::Nothing);
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for word in ["news", "two words", "a\"b", "a\\b", "~t", "!", ""] {
            assert_eq!(words(&format!("u {} x", quoted(word))), ["u", word, "x"]);
        }
    }
}
