//! Whole pages: what is kept of an article, and that nothing a page does breaks the reading.

use proptest::prelude::*;
use record::{Page, ReasonKind, fold};

use crate::{Cleaned, Hints};

fn page(body: impl Into<Vec<u8>>) -> Page {
    Page {
        url: Some("https://news.example.org/2024/05/02/rain".to_owned()),
        requested_url: None,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: body.into(),
        fetched_at: "2024-05-03T00:00:00Z".parse().unwrap(),
    }
}

fn clean(body: impl Into<Vec<u8>>) -> Result<Cleaned, record::Reason> {
    crate::page(&page(body), &Hints::default())
}

fn body_of(html: &str) -> Vec<String> {
    let cleaned = clean(html).unwrap();
    cleaned.record.body.iter().map(ToString::to_string).collect()
}

const ARTICLE: [&str; 5] = [
    "The rain that began on Monday has ended the longest drought that the valley has seen \
     in thirty years, the weather service said on Thursday.",
    "Farmers who had watched their fields turn to dust stood in the open and let it fall on \
     their faces. “We had stopped hoping,” said Maria Keller, who keeps forty cows near the \
     old mill.",
    "By noon the river had risen by almost a metre, and the mayor asked people to keep away \
     from the banks until the water falls again.",
    "The reservoir above the town, which was down to a tenth of its volume in April, is now \
     filled to a third. That is enough for the summer, according to the water board.",
    "More rain is expected on Saturday, when a second front crosses the mountains.",
];

fn news_page(article: &str) -> String {
    format!(
        r##"<!DOCTYPE html><html lang="en"><head><title>Rain ends drought | The Valley Paper</title>
        <meta property="og:title" content="Rain ends drought"></head><body>
        <header class="site-header"><nav class="menu"><ul><li><a href="/">Home</a></li>
        <li><a href="/politics">Politics</a></li><li><a href="/sport">Sport</a></li></ul></nav></header>
        <main><article class="article"><h1>Rain ends drought</h1>
        <p class="byline">By <a href="/author/jo" rel="author">Jo Doe</a></p>
        <div class="share-bar"><a href="#">Facebook</a> <a href="#">Twitter</a></div>
        <figure><img src="rain.jpg"><figcaption>A field in the rain. Photo: Ann Smith</figcaption></figure>
        <div class="article-body">{article}</div>
        <div class="related"><h3>Read also</h3><ul><li><a href="/a">Drought costs farmers millions</a></li>
        <li><a href="/b">How the reservoir was built</a></li></ul></div></article></main>
        <aside class="sidebar"><h3>Most read</h3><p><a href="/c">A cat is found after three years</a></p></aside>
        <section id="comments"><h2>Comments</h2><div class="comment"><p>At last! We waited so long for
        this.</p></div></section><footer><p>© 2024 The Valley Paper. All rights reserved.</p></footer>
        </body></html>"##
    )
}

#[test]
fn a_page_that_was_encoded_twice_is_read_as_it_was_meant() {
    let article = ARTICLE.map(|text| format!("<p>{text} It’s “rain” – at last…</p>")).concat();
    let page = news_page(&article);
    let twice: String = page.bytes().map(char::from).collect();
    let (once, twice) = (clean(page).unwrap(), clean(twice).unwrap());
    assert_eq!(twice.record, once.record);
    assert!(twice.trace.iter().any(|line| line.contains("encoded twice")), "{:?}", twice.trace);
}

#[test]
fn an_article_is_kept_and_the_page_around_it_goes() {
    let article = ARTICLE.map(|p| format!("<p>{p}</p>")).concat();
    assert_eq!(body_of(&news_page(&article)), ARTICLE);
}

#[test]
fn paragraphs_may_be_made_of_breaks_and_divs() {
    let breaks = ARTICLE.join("<br>\n<br>");
    assert_eq!(body_of(&news_page(&breaks)), ARTICLE);
    let divs = ARTICLE.map(|p| format!("<div>{p}</div>")).concat();
    assert_eq!(body_of(&news_page(&divs)), ARTICLE);
}

#[test]
fn the_copy_for_narrow_screens_is_not_kept_twice() {
    let copies = ARTICLE.map(|p| format!("<p>{p}</p>")).concat();
    let twice = format!("<div class=wide>{copies}</div><div class=narrow>{copies}</div>");
    assert_eq!(body_of(&news_page(&twice)), ARTICLE);
}

#[test]
fn lines_between_the_paragraphs_that_lead_elsewhere_go() {
    let [first, second, rest @ ..] = ARTICLE;
    let rest = rest.map(|p| format!("<p>{p}</p>")).concat();
    let html = format!(
        "<p>{first}</p><p>Read also: <a href=/a>Drought costs farmers millions</a></p>\
         <p>{second}</p><p>Lesen Sie auch: <a href=/b>Wie der Stausee gebaut wurde</a></p>{rest}"
    );
    assert_eq!(body_of(&news_page(&html)), ARTICLE);
}

#[test]
fn a_headline_that_holds_a_script_is_text_and_stands_once() {
    let script = "&lt;script&gt;alert(1)&lt;/script&gt;";
    let page = format!(
        "<title>{script}Rain ends the drought</title><article><h1>{script}Rain ends the drought</h1>\
         <p>{}</p></article>",
        ARTICLE.join("</p><p>")
    );
    let record = clean(page).unwrap().record;
    assert_eq!(record.title.to_string(), "Rain ends the drought");
    assert_eq!(record.body.iter().map(ToString::to_string).collect::<Vec<_>>(), ARTICLE);
}

#[test]
fn an_empty_page_gives_its_reason() {
    assert_eq!(clean("").unwrap_err().kind, ReasonKind::Empty);
    assert_eq!(clean(" \n ").unwrap_err().kind, ReasonKind::Empty);
    assert_eq!(clean(vec![b'a'; 20 << 20]).unwrap_err().kind, ReasonKind::TooLarge);
}

#[test]
fn hostile_pages_end_soon() {
    let nested = format!("<title>T</title>{}", "<div>".repeat(100_000));
    assert_eq!(clean(nested).unwrap_err().kind, ReasonKind::TooDeep);
    let attributes = (0..100_000).map(|i| i.to_string() + " a").collect::<String>();
    assert!(clean(format!("<title>T</title><p a{attributes}>Text.")).is_err());
    assert!(clean("<p>a</p>".repeat(100_000)).is_err());
    assert!(clean(format!("<title>T</title>{}", "a ".repeat(500_000))).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_give_a_record_or_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        if let Ok(cleaned) = clean(bytes) {
            prop_assert!(!cleaned.record.body.is_empty());
        }
    }

    #[test]
    fn any_markup_gives_a_record_or_a_reason(
        html in "(<(p|div|table|td|b|a href=x|h1|li|br|script|svg|/p|/div|/table|/b|!--)>|word\\. |é|&lt;){0,400}"
    ) {
        if let Ok(cleaned) = clean(html) {
            prop_assert!(!cleaned.record.body.is_empty());
        }
    }

    #[test]
    fn the_body_holds_only_words_of_the_page(
        texts in proptest::collection::vec("[a-z]{1,9}( [a-z]{1,9}){0,30}\\.", 1..12),
        tags in proptest::collection::vec("p|div|li|b|h2|td|aside", 12),
    ) {
        let blocks = texts.iter().zip(&tags).map(|(text, tag)| format!("<{tag}>{text}</{tag}>"));
        let html = format!("<title>A title</title><h1>A title</h1>{}", blocks.collect::<String>());
        if let Ok(cleaned) = clean(html.clone()) {
            let words = fold(&html.replace(['<', '>'], " "));
            for paragraph in &cleaned.record.body {
                let folded = fold(paragraph);
                let known = folded.split(' ').all(|word| words.split(' ').any(|w| w == word));
                prop_assert!(known, "{paragraph}");
            }
        }
    }
}

fn entry(content: &str) -> record::Entry {
    record::Entry { content: Some(content.to_owned()), whole: true, ..record::Entry::default() }
}

fn with_entry(html: &str, entry: &record::Entry) -> Cleaned {
    crate::page(&page(html), &Hints { entry: Some(entry), ..Hints::default() }).unwrap()
}

#[test]
fn a_page_that_shows_the_beginning_gives_what_the_feed_carries() {
    let whole = ARTICLE.map(|p| format!("<p>{p}</p>")).concat();
    let beginning = news_page(&format!("<p>{}</p><p>{}</p>", ARTICLE[0], ARTICLE[1]));
    let cleaned = with_entry(&beginning, &entry(&whole));
    assert_eq!(cleaned.record.body.iter().map(record::Line::as_str).collect::<Vec<_>>(), ARTICLE);
    assert_eq!(cleaned.record.meta.provenance["body"], "feed");
    assert_eq!(cleaned.record.title.as_str(), "Rain ends drought");
}

#[test]
fn a_page_with_its_own_article_is_not_replaced_by_the_feed() {
    let shown = news_page(&ARTICLE.map(|p| format!("<p>{p}</p>")).concat());
    let other = ["Another story about something else, told at length in the feed. "; 60].concat();
    let own = with_entry(&shown, &entry(&format!("<p>{other}</p>")));
    assert_eq!(own.record.body.len(), ARTICLE.len());
    let teaser = record::Entry { whole: false, ..entry(&ARTICLE.concat()) };
    let beginning = news_page(&format!("<p>{}</p><p>{}</p>", ARTICLE[0], ARTICLE[1]));
    assert_eq!(with_entry(&beginning, &teaser).record.body.len(), 2);
}

#[test]
fn data_that_is_sent_as_a_page_is_no_article() {
    let noise: Vec<u8> =
        (0..6000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let picture = [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &noise].concat();
    for bytes in [picture, noise, [0, 1, 2, 3, 255, 254, 0, 7].repeat(400)] {
        assert_eq!(clean(bytes).unwrap_err().kind, ReasonKind::Binary);
    }
    let utf16: Vec<u8> = format!("<title>Rain</title><article><p>{}</article>", ARTICLE[0])
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(!matches!(clean(utf16), Err(reason) if reason.kind == ReasonKind::Binary));
}
