//! What a text is, from its first elements.

/// What a text turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// A feed in XML whose root starts at this byte.
    Xml(usize),
    /// Something that starts like a JSON object.
    Json,
    /// An HTML page.
    Html,
    /// OPML: a list of feeds.
    Opml,
    /// A sitemap or a sitemap index.
    Sitemap,
    /// XML of another kind.
    OtherXml,
    /// Nothing but white space.
    Empty,
    /// No text.
    Binary,
    /// Any other text.
    Text,
}

/// How far a root is looked for behind junk, in bytes and in tags.
const ROOT_WINDOW: usize = 256 * 1024;
const ROOT_TAGS: usize = 400;

/// Are these bytes likely a feed, as opposed to a page? Looks at the first bytes only; the
/// content type is asked where they do not tell.
///
/// ```
/// assert!(feed::is_feed(b"<?xml version='1.0'?><rss version='2.0'>", None));
/// assert!(!feed::is_feed(b"<!doctype html><title>x</title>", Some("application/rss+xml")));
/// ```
#[must_use]
pub fn is_feed(bytes: &[u8], content_type: Option<&str>) -> bool {
    let head = bytes.get(..8192).unwrap_or(bytes);
    if has_binary_signature(head) {
        return false;
    }
    // UTF-16 markup without its zeros is ASCII enough for names.
    let ascii: Vec<u8> = head.iter().copied().filter(|b| *b != 0).collect();
    match nature(&String::from_utf8_lossy(&ascii)) {
        Nature::Xml(_) => true,
        Nature::Json => {
            memchr::memmem::find(&ascii, b"jsonfeed.org/version").is_some()
                || content_type.is_some_and(|t| t.to_ascii_lowercase().contains("feed+json"))
        }
        _ => false,
    }
}

/// What `text` is. Looks no further than its root, and not far for that.
pub(crate) fn nature(text: &str) -> Nature {
    let start = text.trim_start_matches(['\u{feff}', '\0']).trim_start();
    if start.is_empty() {
        return Nature::Empty;
    }
    if start.starts_with('{') || (start.starts_with('[') && start.get(1..).is_some_and(is_objects))
    {
        return Nature::Json;
    }
    if is_binary(start) {
        return Nature::Binary;
    }
    if is_json_behind_junk(start) {
        return Nature::Json;
    }
    root(text)
}

fn is_objects(after_bracket: &str) -> bool {
    after_bracket.trim_start().starts_with('{')
}

/// A JSON Feed behind a comment, a call (JSONP), a guard against inclusion or a warning.
fn is_json_behind_junk(start: &str) -> bool {
    const WINDOW: usize = 1024;
    let head = start.get(..start.floor_char_boundary(WINDOW)).unwrap_or(start);
    let Some((junk, json)) = head.split_once('{') else { return false };
    let is_markup = ["<html", "<!doctype", "<?xml", "<rss", "<feed", "<rdf", "<script"];
    let junk = junk.to_ascii_lowercase();
    json.contains("jsonfeed.org/version") && !is_markup.iter().any(|tag| junk.contains(tag))
}

/// Several replacement and control characters at the start.
fn is_binary(text: &str) -> bool {
    let odd = |c: &char| matches!(c, '\0'..='\u{8}' | '\u{e}'..='\u{1a}' | '\u{fffd}');
    text.chars().take(64).filter(odd).count() > 16
}

/// Do the bytes start like a known binary format: gzip, Zstandard, ZIP, PDF, PNG, GIF, JPEG?
pub(crate) fn has_binary_signature(bytes: &[u8]) -> bool {
    const SIGNATURES: &[&[u8]] = &[
        b"\x1f\x8b",
        b"\x28\xb5\x2f\xfd",
        b"PK\x03\x04",
        b"%PDF-",
        b"\x89PNG",
        b"GIF8",
        b"\xff\xd8\xff",
    ];
    SIGNATURES.iter().any(|signature| bytes.starts_with(signature))
}

/// Walks the tags until one of them tells.
fn root(text: &str) -> Nature {
    let text = text.get(..text.floor_char_boundary(ROOT_WINDOW)).unwrap_or(text);
    let mut at = 0;
    let mut tags = 0;
    let (mut seen_xml, mut seen_page) = (false, false);
    while let Some(from) = next_markup(text, at) {
        tags += 1;
        if tags > ROOT_TAGS {
            break;
        }
        let rest = text.get(from..).unwrap_or_default();
        let skipped = skipped_markup(rest);
        if skipped > 0 {
            seen_xml |= rest.starts_with("<?xml");
            // A feed behind the doctype of a page is still a feed.
            seen_page |= starts_with_ignoring_case(rest, "<!doctype html");
            at = from + skipped;
            continue;
        }
        match nature_of_tag(tag_name(rest)) {
            Some(Nature::Xml(_)) => return Nature::Xml(from),
            Some(nature) => return nature,
            None => at = from + 1,
        }
    }
    match (seen_page, seen_xml) {
        (true, _) => Nature::Html,
        (false, true) => Nature::OtherXml,
        (false, false) => Nature::Text,
    }
}

fn next_markup(text: &str, at: usize) -> Option<usize> {
    memchr::memchr(b'<', text.as_bytes().get(at..)?).map(|found| at + found)
}

/// The length of a declaration, comment or doctype at the start of `rest`; 0 for others.
fn skipped_markup(rest: &str) -> usize {
    let to = |end: &str| rest.find(end).map_or(2, |at| at + end.len());
    if rest.starts_with("<?") {
        to(">")
    } else if rest.starts_with("<!--") {
        to("-->")
    } else if rest.starts_with("<!") {
        2
    } else {
        0
    }
}

fn starts_with_ignoring_case(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

fn tag_name(rest: &str) -> &str {
    let name = rest.get(1..).unwrap_or_default();
    let end = name.find(|c: char| !(c.is_alphanumeric() || matches!(c, ':' | '_' | '-')));
    name.get(..end.unwrap_or(name.len())).unwrap_or_default()
}

fn nature_of_tag(name: &str) -> Option<Nature> {
    let local = name.rsplit(':').next().unwrap_or(name);
    let is = |names: &[&str]| names.iter().any(|n| n.eq_ignore_ascii_case(local));
    if is(&["rss", "feed", "rdf", "channel", "item", "entry"]) {
        Some(Nature::Xml(0))
    } else if ["html", "head", "body"].iter().any(|n| n.eq_ignore_ascii_case(name)) {
        // Only without a prefix: SOAP has a `Body` as well.
        Some(Nature::Html)
    } else if is(&["opml", "outline"]) {
        Some(Nature::Opml)
    } else if is(&["urlset", "sitemapindex"]) {
        Some(Nature::Sitemap)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_found_behind_junk() {
        for (text, nature_is) in [
            ("\u{feff} \n<rss>", Nature::Xml(5)),
            ("<?xml version='1.0'?><!-- <html> --><feed xmlns='x'>", Nature::Xml(36)),
            ("<br />\n<b>Warning</b>: x in y<br /><rdf:RDF>", Nature::Xml(35)),
            ("<!DOCTYPE html><rss>", Nature::Xml(15)),
            ("<!DOCTYPE html><title>", Nature::Html),
            ("<html><rss>", Nature::Html),
            ("<opml version='2.0'>", Nature::Opml),
            ("<?xml version='1.0'?><urlset>", Nature::Sitemap),
            ("<?xml version='1.0'?><svg/>", Nature::OtherXml),
            (" {\"version\": 1}", Nature::Json),
            ("f({\"version\": \"https://jsonfeed.org/version/1\"})", Nature::Json),
            ("<html>{jsonfeed.org/version/1}", Nature::Html),
            ("<s:Envelope xmlns:s='x'><s:Body><rss>", Nature::Xml(32)),
            ("  ", Nature::Empty),
            ("not a feed", Nature::Text),
            (&"\u{1}\u{fffd}\u{8}".repeat(20), Nature::Binary),
        ] {
            assert_eq!(nature(text), nature_is, "{text}");
        }
    }

    #[test]
    fn wide_text_is_told_as_well() {
        let wide: Vec<u8> = "<rss><channel>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(is_feed(&wide, None));
        assert!(!is_feed(b"{\"error\": 404}", None));
    }
}
