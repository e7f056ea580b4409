use super::*;
use proptest::prelude::*;

fn repaired(text: &str) -> String {
    repair(text, None, &mut Problems::default()).document()
}

#[test]
fn the_form_is_a_fixed_point() {
    let feed = r#"<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">
        <title type="html">A &amp;amp; B</title><link href="https://example.org/"/>
        <entry><id>1</id><title>x &lt; y</title><link href="https://example.org/1?a=1&amp;b=2"/>
        <content type="xhtml"><div><p>One <b>two</b></p></div></content>
        <author><name>Ann</name></author><updated>2024-05-02T10:00:00Z</updated></entry></feed>"#;
    let once = repaired(feed);
    assert_eq!(repaired(&once), once);
}

proptest! {
    #[test]
    fn repairing_twice_is_repairing_once(text in damaged()) {
        let once = repaired(&text);
        prop_assert_eq!(repaired(&once), once.clone(), "{}", text);
    }

    #[test]
    fn entries_are_never_made_up(text in damaged()) {
        let lower = text.to_ascii_lowercase();
        let starts = lower.matches("item").count() + lower.matches("entry").count();
        prop_assert!(repair(&text, None, &mut Problems::default()).ends.len() <= starts);
    }
}

/// Pieces of feeds in any order.
fn damaged() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<rss version='2.0'><channel>"),
        Just("<feed xmlns='http://www.w3.org/2005/Atom'>"),
        Just("<item>"),
        Just("</item>"),
        Just("<entry>"),
        Just("</entry>"),
        Just("<title>"),
        Just("<title/>"),
        Just("</title>"),
        Just("<link>"),
        Just("</link>"),
        Just("<link href='/a?b&c'/>"),
        Just("<link/>http://example.org/x"),
        Just("<guid isPermaLink='false'>"),
        Just("</guid>"),
        Just("<description>"),
        Just("</description>"),
        Just("<content:encoded>"),
        Just("</content:encoded>"),
        Just("<author><name>A@b.c — é</name></author>"),
        Just("<dc:creator>"),
        Just("</dc:creator>"),
        Just("<media:content url='u'>"),
        Just("</media:content>"),
        Just("<![CDATA["),
        Just("]]>"),
        Just("]]"),
        Just("<!--"),
        Just("-->"),
        Just("<p class='x'>"),
        Just("</p>"),
        Just("<br/>"),
        Just("&amp;"),
        Just("&lt;![CDATA["),
        Just("&nbsp;"),
        Just("&#x1F;"),
        Just("&"),
        Just("<"),
        Just(">"),
        Just("\""),
        Just("\u{1}"),
        Just("\u{85}"),
        Just(" "),
        Just("text é"),
        Just("<pubDate>2024-01-01</pubDate>"),
        Just("</channel></rss>"),
        Just("<foo:bar>"),
        Just("<category term='x'/>"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_long_base_does_not_lengthen_every_link() {
    let base = format!("https://example.org/{}/", "a".repeat(5000));
    let text = format!("<feed xml:base='{base}'><entry><id>1</id><link href='x'/></entry></feed>");
    let mut problems = Problems::default();
    let document = repair(&text, None, &mut problems).document();
    assert!(document.contains("<link>x</link>"), "{document}");
    assert!(problems.into_vec().iter().any(|p| p.kind == crate::ProblemKind::BadBase));
}

#[test]
fn relative_links_grow_a_document_by_a_bounded_amount() {
    let base = format!("https://example.org/{}/", "a".repeat(200));
    let entries = "<entry><enclosure url='b'/><enclosure url='c'/></entry>".repeat(1000);
    let text = format!("<feed xml:base='{base}'>{entries}</feed>");
    assert!(repaired(&text).len() < 5 * text.len());
}
