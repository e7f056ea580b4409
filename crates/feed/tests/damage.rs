//! Every kind of damage that servers do to feeds costs nothing, or only what it hit.

use feed::{Hints, ProblemKind, parse};
use proptest::prelude::*;

/// A healthy feed of three entries in each format.
fn rss() -> String {
    let item = |n: usize| {
        format!(
            "<item><title>Title {n} &amp; more</title><link>https://example.org/{n}?a=1&amp;b=2</link>\n\
             <guid isPermaLink=\"false\">id-{n}</guid><pubDate>Thu, 0{n} May 2024 10:00:00 +0200</pubDate>\n\
             <dc:creator><![CDATA[Ann Öther]]></dc:creator><category>news</category>\n\
             <description><![CDATA[<p>Text <b>{n}</b> é</p>]]></description></item>\n"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Feed</title>\n\
         <link>https://example.org/</link><description>About</description>\n{}{}{}</channel></rss>\n",
        item(1),
        item(2),
        item(3)
    )
}

fn atom() -> String {
    let entry = |n: usize| {
        format!(
            "<entry><id>id-{n}</id><title type=\"html\">Title {n} &amp;amp; more</title>\n\
             <link rel=\"alternate\" href=\"https://example.org/{n}?a=1&amp;b=2\"/>\n\
             <updated>2024-05-0{n}T10:00:00+02:00</updated><author><name>Ann Öther</name></author>\n\
             <category term=\"news\"/><content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">\
             <p>Text <b>{n}</b> é</p></div></content></entry>\n"
        )
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\
         <title>Feed</title><link href=\"https://example.org/\"/><id>x</id>\n{}{}{}</feed>\n",
        entry(1),
        entry(2),
        entry(3)
    )
}

/// What is left of the three entries: each title, link and day.
fn entries(bytes: &[u8]) -> Vec<(String, String, String)> {
    let Ok(parsed) = parse(bytes, &Hints::default()) else { return Vec::new() };
    parsed
        .feed
        .entries
        .into_iter()
        .map(|entry| {
            let date = entry.published.or(entry.updated).and_then(|date| date.instant());
            let day = date.map(|instant| instant.to_string()).unwrap_or_default();
            (entry.title.unwrap_or_default(), entry.link.unwrap_or_default(), day)
        })
        .collect()
}

fn expected() -> Vec<(String, String, String)> {
    (1..=3)
        .map(|n| {
            (
                format!("Title {n} & more"),
                format!("https://example.org/{n}?a=1&b=2"),
                format!("2024-05-0{n}T08:00:00Z"),
            )
        })
        .collect()
}

#[test]
fn healthy_feeds_have_no_problems() {
    for feed in [rss(), atom()] {
        assert_eq!(entries(feed.as_bytes()), expected());
        assert_eq!(parse(feed.as_bytes(), &Hints::default()).unwrap().problems, []);
    }
}

/// Replacements in either feed that lose nothing.
const HARMLESS: &[(&str, &str)] = &[
    ("<rss version=\"2.0\"", "<rss"),
    ("<rss version=\"2.0\"", "<rss version=\"3.14\""),
    ("<rss version=\"2.0\"", "<RSS VERSION='2.0'"),
    ("<rss version=\"2.0\"", "<rss version=\"2.0\" xmlns=\"http://backend.userland.com/rss2\""),
    (" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"", ""),
    ("http://www.w3.org/2005/Atom", "https://www.w3.org/2005/atom/"),
    ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"),
    (" xmlns=\"http://www.w3.org/2005/Atom\"", ""),
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", ""),
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "\n \u{feff}\u{feff}<?xml version='1.1'?>"),
    (
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "<br />\n<b>Warning</b>: mysql in /a.php<br />\n",
    ),
    ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<?xml version=\"1.0\" encoding=\"utf-16\"?>"),
    (
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "<?xml encoding='no-such' ?><!DOCTYPE rss SYSTEM 'x.dtd'>",
    ),
    ("</channel></rss>", ""),
    ("</feed>", ""),
    ("</feed>", "</feed><script>track()</script>"),
    ("</channel></rss>", "</channel></rss>\n<!-- cached --><html><body>x</body></html>"),
    ("</channel></rss>", "</rss></channel>"),
    ("?a=1&amp;b=2", "?a=1&b=2"),
    (" &amp; more", " & more"),
    (" &amp;amp; more", " &amp;#38; more"),
    ("Text <b>", "Text &nbsp;&hellip;&nosuch;&#x1F;&#0; <b>"),
    ("Text <b>", "Text \u{1}\u{b}\u{92} <b>"),
    ("<description><![CDATA[", "<description>"),
    ("]]></description>", "</description>"),
    ("]]></description>", "]] ></description>"),
    ("]]></description>", "<![CDATA[x]]> y ]]></description>"),
    ("</description></item>", "</item>"),
    ("</description>", ""),
    ("</title>\n", "\n"),
    ("</content>", ""),
    ("</category>", ""),
    ("<category>news</category>", "<category>news"),
    ("</item>", ""),
    ("</entry>", ""),
    ("<item>", "</item><item>"),
    ("<item>", "<item attr='x' rdf:about=\"y\" >"),
    ("</pubDate>", "</pubdate >"),
    ("<link>https", "<link>\n\t https"),
    ("<link>https", "<link/>https"),
    ("type=\"html\"", "type=\"TEXT/HTML\""),
    ("type=\"html\"", "type=\"\""),
    ("type=\"xhtml\"", "type=\"application/xml\""),
    ("<feed ", "<feed xml:base=\"http://[\" "),
    ("<content ", "<content src=\"https://example.org/full\" "),
    ("<entry>", "<entry xmlns=\"http://www.w3.org/2005/Atom\">"),
    ("Thu, 0", "Do., 0"),
    ("Ann Öther", "\u{2014}ann@example.org\u{2014} Öther"),
    ("<dc:creator>", "<itunes:duration>99999999999999999999999999</itunes:duration><dc:creator>"),
    ("<dc:creator>", "<media:title type='text/html'>Another</media:title><dc:creator>"),
    ("<dc:creator>", "<image><title>x</title><link>y</link></image><dc:creator>"),
    ("<dc:creator>", "<foo:bar><dc:creator>"),
    ("<dc:creator>", "<source url='x'>Other</source><dc:creator>"),
    ("<author>", "<source><id>s</id><title>Source</title><link href='/s'/></source><author>"),
    ("<guid ", "</p></div><guid "),
    ("<guid ", "<guid bad=\"unclosed >x</guid><guid "),
    ("\n", "\r\n"),
    ("\n", "\r"),
];

#[test]
fn damage_loses_nothing() {
    for (from, to) in HARMLESS {
        let mut applied = false;
        for feed in [rss(), atom()] {
            if feed.contains(from) {
                applied = true;
                let damaged = feed.replace(from, to);
                let mut left = entries(damaged.as_bytes());
                // Without end tags the last entry may be half.
                let unsure = ["</item>", "</entry>"].contains(from) && left.len() == 2;
                let mut whole = expected();
                if unsure {
                    whole.truncate(2);
                    left.truncate(2);
                }
                assert_eq!(left, whole, "{from} -> {to}\n{damaged}");
            }
        }
        assert!(applied, "{from}");
    }
}

#[test]
fn items_are_found_wherever_they_stand() {
    let inside = rss();
    let outside =
        inside.replace("</channel></rss>", "</rss>").replacen("<item>", "</channel><item>", 1);
    assert_eq!(entries(outside.as_bytes()), expected());
    let bare = inside.split_once("<channel>").unwrap().1.replace("</rss>", "");
    assert_eq!(entries(format!("<channel>{bare}").as_bytes()), expected());
    let rdf = inside
        .replace(
            "<rss version=\"2.0\" ",
            "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' ",
        )
        .replace("</channel></rss>", "</rdf:RDF>")
        .replacen("<item>", "</channel><item>", 1);
    assert_eq!(entries(rdf.as_bytes()), expected());
    let nested = inside.replacen("</item>\n<item>", "<item>", 1);
    assert_eq!(entries(nested.as_bytes()), expected());
}

#[test]
fn feeds_in_wrappers_and_foreign_namespaces_are_read() {
    let bare = rss().replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "");
    let escaped = rss().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    for text in [
        format!("<s:Envelope xmlns:s='urn:s'><s:Body>{bare}</s:Body></s:Envelope>"),
        escaped.clone(),
        format!("<?xml version='1.0'?><string xmlns='http://tempuri.org/'>{escaped}</string>"),
        rss().replace("<item>", "<item xmlns=''>"),
        rss().replace("<item>", "<item xmlns='urn:other'>"),
    ] {
        assert_eq!(entries(text.as_bytes()), expected(), "{text}");
    }
}

#[test]
fn every_charset_is_read() {
    for feed in [rss(), atom()] {
        let little: Vec<u8> = feed.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = "\u{feff}"
            .encode_utf16()
            .chain(feed.encode_utf16())
            .flat_map(u16::to_be_bytes)
            .collect();
        let latin: Vec<u8> = feed.chars().map(|c| c as u8).collect();
        for bytes in [little, big, latin] {
            assert_eq!(entries(&bytes), expected());
            let parsed = parse(&bytes, &Hints::default()).unwrap();
            assert_eq!(parsed.feed.entries[0].authors, ["Ann Öther"]);
        }
    }
}

#[test]
fn what_is_no_feed_is_refused_with_advice() {
    let hints = Hints { url: Some("https://example.org/"), ..Hints::default() };
    let cases: &[&[u8]] = &[
        b"<!doctype html><link rel=alternate type=application/rss+xml href=/news.xml><p>Hi",
        b"<html><body><item>x</item></body></html>",
        b"<opml version='2.0'><body><outline xmlUrl='x'/></body></opml>",
        b"<urlset><url><loc>https://example.org/</loc></url></urlset>",
        b"{\"error\": \"not found\"}",
        b"[1, 2]",
        b"Not Found",
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
        b"<?xml version='1.0'?><svg/>",
        b" \n",
    ];
    let said: Vec<String> =
        cases.iter().map(|bytes| parse(bytes, &hints).unwrap_err().to_string()).collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn problems_are_named() {
    let damaged =
        rss().replace("?a=1&amp;b", "?a=1&b").replace("</channel></rss>", "<item><title>cut");
    let parsed = parse(damaged.as_bytes(), &Hints::default()).unwrap();
    let kinds: Vec<_> = parsed.problems.iter().map(|p| (p.kind, p.count)).collect();
    assert_eq!(kinds, [(ProblemKind::Truncated, 2), (ProblemKind::BareAmpersand, 3)]);
    assert_eq!(parsed.problems[1].to_string(), "a bare '&': read as text (3 times)");
}

#[test]
fn what_feeds_say_of_themselves_is_kept() {
    let feed = atom().replace(
        "<id>x</id>",
        "<fh:archive xmlns:fh='http://purl.org/syndication/history/1.0'/><link rel='hub' href='https://hub.example/'/>\
         <link rel='prev-archive' href='/2023'/><link rel='self' href='https://example.org/feed'/>",
    );
    let hints = Hints { url: Some("https://example.org/feed"), ..Hints::default() };
    let feed = parse(feed.as_bytes(), &hints).unwrap().feed;
    assert!(feed.archive && !feed.complete);
    let links: Vec<_> = feed.links.iter().map(|l| (l.rel.as_str(), l.href.as_str())).collect();
    assert!(links.contains(&("hub", "https://hub.example/")));
    assert!(links.contains(&("prev-archive", "https://example.org/2023")));
    let rss = rss().replace(
        "<description>About",
        "<ttl>30</ttl><skipDays><day>Sunday</day></skipDays><description>About",
    );
    let feed = parse(rss.as_bytes(), &Hints::default()).unwrap().feed;
    assert_eq!((feed.hints.ttl_minutes, &feed.hints.skip_days[..]), (Some(30), &[7][..]));
}

#[test]
fn impossible_dates_keep_their_text() {
    let now = Some("2024-05-10T00:00:00Z".parse().unwrap());
    let feed = rss().replace("Thu, 02 May 2024", "Thu, 02 May 2042");
    let parsed = parse(feed.as_bytes(), &Hints { now, ..Hints::default() }).unwrap();
    let date = parsed.feed.entries[1].published.as_ref().unwrap();
    assert_eq!((date.raw.as_str(), date.stated), ("Thu, 02 May 2042 10:00:00 +0200", None));
    assert!(parsed.feed.entries[0].published.as_ref().unwrap().stated.is_some());
    assert_eq!(parsed.problems[0].kind, ProblemKind::BadDate);
}

proptest! {
    #[test]
    fn any_prefix_keeps_all_complete_entries(share in 0.0f64..1.0, is_atom: bool) {
        let feed = if is_atom { atom() } else { rss() };
        let cut = (feed.len() as f64 * share) as usize;
        let prefix = &feed.as_bytes()[..cut];
        let text = String::from_utf8_lossy(prefix);
        let complete = text.matches("</item>").count() + text.matches("</entry>").count();
        let left = entries(prefix);
        // An end tag that only lacks its `>` counts as well.
        prop_assert!(left.len() == complete || left.len() == complete + 1);
        prop_assert_eq!(&left[..], &expected()[..left.len()]);
    }

    #[test]
    fn no_bytes_are_too_odd(
        is_atom: bool,
        hits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>(), 0u8..4), 0..12),
    ) {
        let mut bytes = if is_atom { atom() } else { rss() }.into_bytes();
        for (place, byte, how) in hits {
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                2 => bytes.insert(at, byte),
                _ => bytes.drain(at..(at + usize::from(byte)).min(bytes.len())).for_each(drop),
            }
        }
        if let Ok(parsed) = parse(&bytes, &Hints::default()) {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            let starts = text.matches("<item").count() + text.matches("<entry").count();
            prop_assert!(parsed.feed.entries.len() <= starts.max(3));
        }
    }
}
