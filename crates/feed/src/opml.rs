//! OPML 1 and 2: lists of feeds, in and out.

use std::borrow::Cow;

use record::{Reason, ReasonKind};

use crate::display::display_text;
use crate::markup::{Markup, Tag, attributes, decoded, markup};
use crate::problem::Problems;
use crate::{charset, sniff};

/// A list of feeds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opml {
    /// The title of the list.
    pub title: Option<String>,
    /// The namespaces of attributes: prefix and URI.
    pub namespaces: Vec<(String, String)>,
    /// The feeds in document order.
    pub feeds: Vec<Subscription>,
}

/// One feed of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subscription {
    /// The feed's address, as written.
    pub url: String,
    /// Its title.
    pub title: Option<String>,
    /// Its text, where that is not the title.
    pub text: Option<String>,
    /// The address of its site.
    pub site: Option<String>,
    /// The names of the folders that it lies in, the outermost first.
    pub folders: Vec<String>,
    /// All other attributes, as they were.
    pub other: Vec<(String, String)>,
}

/// Longest title of a list, in bytes.
const LONGEST_TITLE: usize = 4096;

/// Most feeds of one list, most levels of folders, and most other attributes of one feed.
const MOST_FEEDS: usize = 100_000;
const MOST_LEVELS: usize = 16;
const MOST_OTHER: usize = 32;

/// Most bytes of the names of the folders of one feed. Every feed gets a copy of them.
const LONGEST_PATH: usize = 512;

/// Reads a list in any charset, well formed or not: bare `&`, unescaped `<` in attributes,
/// outlines that are never closed, and a cut end cost nothing but themselves. Linear.
///
/// # Errors
/// [`ReasonKind::Empty`]; [`ReasonKind::Malformed`] for what holds no outline.
///
/// ```
/// let list = feed::opml::parse(b"<opml><body><outline text='News'>
///     <outline text='A & B' xmlUrl='https://example.org/feed'/>").unwrap();
/// assert_eq!(list.feeds[0].title.as_deref(), Some("A & B"));
/// assert_eq!(list.feeds[0].folders, ["News"]);
/// ```
pub fn parse(bytes: &[u8]) -> Result<Opml, Reason> {
    let text = charset::decode(bytes, None, &mut Problems::default());
    if text.trim().is_empty() {
        return Err(Reason::of(ReasonKind::Empty));
    }
    if sniff::nature(&text) != sniff::Nature::Opml {
        return Err(Reason::new(ReasonKind::Malformed, "not an opml list: no outline in it"));
    }
    Ok(read(&text))
}

fn read(text: &str) -> Opml {
    let mut opml = Opml::default();
    let mut folders: Vec<Option<String>> = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', text.as_bytes().get(at..).unwrap_or_default()) {
        let here = at + found;
        at = here + 1;
        let Markup::Tag(tag) = markup(text, here) else { continue };
        at = tag.end.max(at);
        let local = tag.name.rsplit(':').next().unwrap_or(tag.name);
        if local.eq_ignore_ascii_case("title") && !tag.is_end && opml.title.is_none() {
            opml.title = title(text, tag.end);
        } else if local.eq_ignore_ascii_case("opml") && !tag.is_end {
            opml.namespaces = namespaces(&tag);
        } else if local.eq_ignore_ascii_case("outline") {
            outline(&tag, &mut folders, &mut opml.feeds);
            if opml.feeds.len() >= MOST_FEEDS {
                break;
            }
        }
    }
    opml
}

fn namespaces(tag: &Tag<'_>) -> Vec<(String, String)> {
    let declared = attributes(tag.attributes).filter_map(|(name, raw)| {
        Some((name.strip_prefix("xmlns:")?.to_owned(), decoded(raw).into_owned()))
    });
    declared.take(MOST_OTHER).collect()
}

fn title(text: &str, from: usize) -> Option<String> {
    let rest = text.get(from..text.floor_char_boundary(from.saturating_add(LONGEST_TITLE)))?;
    let end = rest.find("</")?;
    Some(display_text(rest.get(..end)?)).filter(|title| !title.is_empty())
}

/// A feed is a leaf even where its outline is not closed; everything else is a folder.
fn outline(tag: &Tag<'_>, folders: &mut Vec<Option<String>>, feeds: &mut Vec<Subscription>) {
    if tag.is_end {
        folders.pop();
        return;
    }
    let (feed, name) = subscription(tag);
    let is_feed = !feed.url.is_empty();
    if is_feed {
        feeds.push(Subscription { folders: path(folders), title: name.clone(), ..feed });
    }
    if !tag.is_empty {
        // A feed's level has no name, so that its end tag closes only itself.
        folders.push(name.filter(|_| !is_feed));
    }
}

/// The named folders, from the outermost on, as far as the bounds on levels and bytes go.
fn path(folders: &[Option<String>]) -> Vec<String> {
    let mut room = LONGEST_PATH;
    let fits = |name: &&String| {
        let left = room.checked_sub(name.len());
        room = left.unwrap_or_default();
        left.is_some()
    };
    folders.iter().flatten().take(MOST_LEVELS).take_while(fits).cloned().collect()
}

/// The feed that an outline names, if any, and its title.
fn subscription(tag: &Tag<'_>) -> (Subscription, Option<String>) {
    let mut feed = Subscription::default();
    let (mut text, mut title) = (None, None);
    for (name, raw) in attributes(tag.attributes) {
        let value = decoded(raw);
        let shown = || Some(display_text(&value)).filter(|text| !text.is_empty());
        match name.to_ascii_lowercase().as_str() {
            "xmlurl" | "feedurl" => feed.url = value.into_owned(),
            "url" if feed.url.is_empty() && is_feed_type(tag) => feed.url = value.into_owned(),
            "htmlurl" => feed.site = Some(value.into_owned()).filter(|site| !site.is_empty()),
            "text" => text = shown(),
            "title" => title = shown(),
            _ if feed.other.len() < MOST_OTHER => {
                feed.other.push((name.to_owned(), value.into_owned()));
            }
            _ => {}
        }
    }
    feed.text = text.clone().filter(|text| title.as_ref().is_some_and(|title| title != text));
    (feed, title.or(text))
}

fn is_feed_type(tag: &Tag<'_>) -> bool {
    let is_rss = |t: Cow<'_, str>| matches!(t.to_ascii_lowercase().as_str(), "rss" | "atom");
    crate::markup::attribute(tag, "type").is_some_and(is_rss)
}

/// Writes a list as OPML 2.0 (<http://opml.org/spec2.opml>). Feeds of one folder that follow
/// one another share its outline; reading what was written gives the same list, if its texts
/// are display texts.
#[must_use]
pub fn write(opml: &Opml) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\"");
    for (prefix, uri) in &opml.namespaces {
        attribute(&format!("xmlns:{prefix}"), uri, &mut out);
    }
    out.push_str(">\n<head>");
    if let Some(title) = &opml.title {
        out.push_str("<title>");
        escape(title, &mut out);
        out.push_str("</title>");
    }
    out.push_str("</head>\n<body>\n");
    let mut open: &[String] = &[];
    for feed in &opml.feeds {
        let shared = open.iter().zip(&feed.folders).take_while(|(a, b)| a == b).count();
        out.push_str(&"</outline>\n".repeat(open.len() - shared));
        for folder in feed.folders.iter().skip(shared) {
            out.push_str("<outline");
            attribute("text", folder, &mut out);
            out.push_str(">\n");
        }
        open = &feed.folders;
        write_feed(feed, &mut out);
    }
    out.push_str(&"</outline>\n".repeat(open.len()));
    out.push_str("</body>\n</opml>\n");
    out
}

fn write_feed(feed: &Subscription, out: &mut String) {
    out.push_str("<outline");
    if !feed.other.iter().any(|(name, _)| name.eq_ignore_ascii_case("type")) {
        attribute("type", "rss", out);
    }
    let title = feed.title.as_deref().unwrap_or_default();
    attribute("text", feed.text.as_deref().unwrap_or(title), out);
    attribute("title", title, out);
    attribute("xmlUrl", &feed.url, out);
    if let Some(site) = &feed.site {
        attribute("htmlUrl", site, out);
    }
    for (name, value) in &feed.other {
        attribute(name, value, out);
    }
    out.push_str("/>\n");
}

fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(value, out);
    out.push('"');
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            c if crate::entities::is_forbidden(c) => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_is_not_the_title_and_namespaces_are_kept() {
        let text = "<opml version='2.0' xmlns:x='https://e.org/x'><body>\
            <outline type='rss' text='One' title='Number one' xmlUrl='https://e.org/1' x:y='z'/></body></opml>";
        let list = parse(text.as_bytes()).unwrap();
        assert_eq!(list.feeds[0].text.as_deref(), Some("One"));
        let written = write(&list);
        assert!(
            written.contains("<opml version=\"2.0\" xmlns:x=\"https://e.org/x\">"),
            "{written}"
        );
        assert_eq!(parse(written.as_bytes()).unwrap(), list);
    }

    #[test]
    fn lists_of_all_kinds_are_read() {
        let text = r#"<?xml version="1.0"?><opml version="1.0"><head><title>Mine &amp; yours</title></head>
            <body><outline text="News" title="News"><outline text="One" XMLURL="https://e.org/1?a=1&b=2"
            htmlurl="https://e.org/" custom:x="kept"><outline text="Two" type="rss" url="https://e.org/2">
            </outline></outline></outline><outline title="a < b" xmlUrl="https://e.org/3"></body></opml>"#;
        let list = parse(text.as_bytes()).unwrap();
        assert_eq!(list.title.as_deref(), Some("Mine & yours"));
        let urls: Vec<_> = list.feeds.iter().map(|f| f.url.as_str()).collect();
        assert_eq!(urls, ["https://e.org/1?a=1&b=2", "https://e.org/2", "https://e.org/3"]);
        assert_eq!(list.feeds[0].other, [("custom:x".to_owned(), "kept".to_owned())]);
        assert_eq!(list.feeds[1].folders, ["News"]);
        assert!(list.feeds[2].folders.is_empty());
        assert_eq!(list.feeds[2].title.as_deref(), Some("a < b"));
    }

    #[test]
    fn what_is_no_list_is_refused() {
        assert_eq!(parse(b"<rss/>").unwrap_err().kind, ReasonKind::Malformed);
        assert_eq!(parse(b" ").unwrap_err().kind, ReasonKind::Empty);
    }

    #[test]
    fn a_long_folder_name_is_not_copied_into_every_feed() {
        let folder = "a".repeat(5000);
        let text = format!("<opml><outline text='{folder}'><outline xmlUrl='x'/></outline></opml>");
        assert!(parse(text.as_bytes()).unwrap().feeds[0].folders.is_empty());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            feeds in proptest::collection::vec(
                ("https://e\\.org/[a-z&?=\"']{1,9}", "[a-zé&\"'>]{1,9}", proptest::collection::vec("[a-c]{1,2}", 0..4)),
                1..8
            )
        ) {
            let feeds = feeds.into_iter().map(|(url, title, folders)| Subscription {
                url, title: Some(title), text: None, folders, site: None,
                other: vec![("type".to_owned(), "rss".to_owned())],
            });
            let list = Opml { title: Some("T".to_owned()), namespaces: Vec::new(), feeds: feeds.collect() };
            prop_assert_eq!(parse(write(&list).as_bytes()).unwrap(), list);
        }
    }
}
