//! The body holds only text of the page, however the page is made. With `PAGES=folder` those
//! pages are looked at too.

mod origin;

use clean::{Cleaned, Hints};
use proptest::prelude::*;
use record::Page;

fn clean(html: &str) -> Option<Cleaned> {
    let page = Page {
        url: Some("https://news.example.org/2024/05/02/rain".to_owned()),
        requested_url: None,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: html.as_bytes().to_vec(),
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
    };
    clean::page(&page, &Hints::default()).ok()
}

const SENTENCES: [&str; 6] = [
    "The rain that began on Monday has ended the longest drought in thirty years, they said.",
    "Farmers stood in the open and let it fall on their faces, and nobody spoke a word.",
    "By noon the river had risen by almost a metre; the mayor asked people to keep away.",
    "Die Feuerwehr rückte am Dienstag zu mehr als hundert Einsätzen aus, wie sie mitteilte.",
    "市議会は火曜日、古い橋を架け替える計画を可決した。工事は三月に始まる予定だという。",
    "W\u{75}\u{308}rde es noch einmal regnen, so wäre der See im Herbst wieder gefüllt.",
];

/// Markup between sentences, in ways that move text about.
const MARKUP: [&str; 30] = [
    "<p>",
    "</p>",
    "<p><b>T</b>he ",
    "<div>W</div>",
    "<br><br>",
    "<br>",
    "<table><tr><td>",
    "<td>",
    "<tr><td>",
    "</table>",
    "<blockquote>",
    "</blockquote>",
    "<ul><li>",
    "<li>",
    "</ul>",
    "<h2>",
    "</h2>",
    "<ruby>雨<rt>あめ</rt></ruby>",
    "<select><option>x</select>",
    "<i>",
    "</i>",
    "<a href=/b>",
    "</a>",
    "&shy;",
    "<svg><path d=\"M1\"/></svg>",
    "<td></td>",
    "<td>7</td>",
    "<template shadowrootmode=open><p>",
    "</template>",
    "<aside>",
];

proptest! {
    #[test]
    fn nothing_stands_in_the_body_but_text_of_the_page(
        parts in proptest::collection::vec((0..SENTENCES.len(), 0..MARKUP.len()), 4..40),
    ) {
        let parts: Vec<_> =
            parts.into_iter().map(|(s, m)| format!("{}{}", MARKUP[m], SENTENCES[s])).collect();
        let page = format!("<title>Rain</title><article><h1>Rain</h1>{}", parts.concat());
        if let Some(cleaned) = clean(&page) {
            prop_assert_eq!(origin::stray(&page, &cleaned.record), None);
        }
    }

    #[test]
    fn what_scripts_give_is_text_of_the_page(
        picks in proptest::collection::vec(0..SENTENCES.len(), 4..20),
        kind in 0..3_usize,
    ) {
        let joint = ["\\n", "</p><p>", "&lt;br&gt;"][kind];
        let text: Vec<&str> = picks.into_iter().map(|pick| SENTENCES[pick]).collect();
        let scripts = [
            format!(
                "<script type=application/ld+json>{{\"@type\":\"NewsArticle\",\"articleBody\":\"{}\"}}\
                 </script>",
                text.join(joint)
            ),
            format!("<script>window.state={{\"body\":[\"{}\"]}}</script>", text.join("\",\"")),
        ];
        for script in scripts {
            let page = format!("<title>Rain</title>{script}<div id=root></div>");
            if let Some(cleaned) = clean(&page) {
                prop_assert_eq!(origin::stray(&page, &cleaned.record), None);
            }
        }
    }
}

#[test]
fn real_pages_too() {
    let files = std::env::var_os("PAGES").and_then(|folder| std::fs::read_dir(folder).ok());
    for file in files.into_iter().flatten().flatten() {
        let Ok(page) = std::fs::read_to_string(file.path()) else { continue };
        if let Some(cleaned) = clean(&page) {
            assert_eq!(origin::stray(&page, &cleaned.record), None, "{}", file.path().display());
        }
    }
}

#[test]
fn what_stands_nowhere_is_told() {
    let page = format!("<title>Rain</title><p>{}", SENTENCES.join("<p>"));
    let mut cleaned = clean(&page).unwrap();
    assert_eq!(origin::stray(&page, &cleaned.record), None);
    cleaned.record.body.extend(record::Line::new("Nobody wrote this."));
    assert_eq!(origin::stray(&page, &cleaned.record), Some("Nobody wrote this."));
}
