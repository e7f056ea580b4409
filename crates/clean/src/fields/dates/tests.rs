//! Visible dates, where pages say nothing in structured data.

use scraper::Html;

use crate::Hints;
use crate::fields::{Context, extract};

const TEXT: &str = "<p>Lorem vat drestim koluma pelin sotu varen dis molitan, gresta vilum \
                    pona kret salumi ostan brevi lorem vat drestim.</p>";
const TITLE: &str = "Kolim var drest pola";

fn day(language: &str, body: &str) -> String {
    let html = format!(
        "<html lang={language}><title>{TITLE} - Site</title><body><div id=menu><a href=/a>A</a> \
         <a href=/b>B</a></div>{body}<div class=comment><b>Jo</b> 3.11.2020 <p>Kom vil.</p></div>\
         <div id=footer>Copyright © 2010-2021 Site</div>"
    );
    let hints = Hints::default();
    let context = Context {
        url: Some("https://example.org/kolim"),
        requested_url: None,
        hints: &hints,
        long_scripts: &[],
    };
    let fields = extract(&Html::parse_document(&html), &context);
    fields.date.map(record::date::compact).unwrap_or_default()
}

#[test]
fn a_line_near_the_headline_is_read_in_many_languages() {
    let body = TEXT.repeat(12);
    let mut languages = 0;
    for line in include_str!("lines.txt").lines().filter(|l| !l.starts_with('#')) {
        let mut parts = line.split(" | ");
        let language = parts.next().unwrap_or_default();
        languages += 1;
        for date in parts {
            for page in [
                format!("<h1>{TITLE}</h1><div>{date}</div>{body}"),
                format!("<p>{date}</p><h1>{TITLE}</h1>{body}"),
                format!("<h1>{TITLE}</h1><span class=entry-date>{date}</span>{body}"),
                format!("<table><tr><td><b>{TITLE}</b><tr><td><i>{date}</i></table>{body}"),
                format!("<h2><a href=/x>{TITLE}</a></h2><p class=meta><small>{date}</small>{body}"),
                format!("<h1>{TITLE}</h1><time>{date}</time>{body}"),
                format!("<h1>{TITLE}</h1>{body}<p>{date}</p>"),
            ] {
                assert_eq!(day(language, &page), "20190512", "{language}: {date} in {page}");
            }
        }
    }
    assert!(languages >= 40, "{languages}");
}

#[test]
fn the_articles_day_stands_among_others() {
    let (body, menu) = (TEXT.repeat(12), "<a href=/x>Lorem</a> <a href=/y>Pelin</a> ".repeat(20));
    let others = |tag: &str| -> String {
        let row = |n: u32| format!("<div><a href=/{n}>Salumi</a> <{tag}>{n}.8.2021</{tag}></div>");
        (1..6).map(row).collect()
    };
    let article = format!("<h1>{TITLE}</h1><p>12.5.2019</p>{body}");
    for page in [
        format!("<div class=current-date>1.8.2021</div>{menu}{article}"),
        format!("<div>1.8.2021</div>{menu}{article}"),
        format!("{article}{}", others("time")),
        format!("{article}{}", others("span")),
        format!("{article}<p>Last modified: 1.8.2021</p>"),
        format!("{}<h1>{TITLE}</h1><span class=date>12.5.2019</span>{body}", others("i")),
        format!(
            "{menu}<h1>{TITLE}</h1><p>On 1.8.2021 lorem vat drestim koluma pelin sotu varen dis molitan gresta vilum.</p>{body}<p class=postmeta>12.5.2019"
        ),
    ] {
        assert_eq!(day("de", &page), "20190512", "{page}");
    }
}

#[test]
fn a_change_stands_for_the_publication_only_where_nothing_else_does() {
    let body = TEXT.repeat(12);
    let changed = format!("<h1>{TITLE}</h1><p class=date>Updated 12.5.2019</p>{body}");
    assert_eq!(day("de", &changed), "20190512");
    let both =
        format!("<h1>{TITLE}</h1><p class=date>12.5.2019. <i>Updated: 7.6.2019</i></p>{body}");
    assert_eq!(day("de", &both), "20190512");
}

#[test]
fn the_words_around_a_date_say_what_it_is() {
    let body = TEXT.repeat(12);
    for facts in [
        // Labels in boxes of their own.
        "<h4>Reviewed</h4><time>7.6.2019</time><h4>Published</h4><h3>Publish date</h3><time>12.5.2019</time>",
        "<b>Updated on</b> <span>7.6.2019</span> <b>Published on</b> <span>12.5.2019</span>",
        "<p>Expires: 1.8.2021</p><p>12.5.2019</p>",
        // Microformats call the one date of an entry by the word for changes.
        "<time class='entry-date updated'>12.5.2019</time>",
        "<span class=meta><i class='updated rich-hidden'>2019-06-07T13:00:39+00:00</i><i>12.5.2019</i></span>",
        // A later date, and what it says of the first one.
        "<p class=meta>7.6.2019, 11:07</p><p>This was originally published on 12.5.2019 at 16:12 but is kept up to date</p>",
        "<span>09:31 May 12, 2019</span>",
        "<div class=meta>By <b>3d23d65-ddc6</b> · May 12, 2019</div>",
    ] {
        let page = format!("<h1>{TITLE}</h1>{facts}{body}");
        assert_eq!(day("de", &page), "20190512", "{page}");
    }
}

#[test]
fn dates_of_other_things_stand_back() {
    let body = TEXT.repeat(12);
    let comments = "<ol class=comment-list><li class=comment><div class=comment-meta>\
                    <time>1.8.2021</time></div><p>Kom vil.</p></li></ol>";
    for page in [
        // Today's date in the page's head, the article in an element of its own.
        format!(
            "<div class=date>Sunday, 1.8.2021</div><main><h1>{TITLE}</h1><p>12.5.2019</p>{body}</main>"
        ),
        format!(
            "<main><h1>{TITLE}</h1><p class=date>Updated: 12.5.2019</p>{body}{comments}</main>"
        ),
        // The stated title stands in a teaser; the article has an `h1` of its own.
        format!(
            "<main><h1>Kolim pola</h1><h5>2019-05-12</h5>{body}{body}\
                 <h2>{TITLE}</h2><a href=/x>1.8.2021</a><a href=/y>2.8.2021</a></main>"
        ),
    ] {
        assert_eq!(day("de", &page), "20190512", "{page}");
    }
}

#[test]
fn the_day_of_a_rebuilt_page_is_not_the_articles() {
    let body = TEXT.repeat(12);
    let data = |published: &str, changed: &str| {
        format!(
            r#"<script type="application/ld+json">{{"@type":"Article","headline":"{TITLE}",
            "datePublished":"{published}","dateModified":"{changed}"}}</script>"#
        )
    };
    let page = |data: &str| format!("{data}<h1>{TITLE}</h1><p class=date>May 12, 2019</p>{body}");
    assert_eq!(day("en", &page(&data("2021-08-01", "2021-08-01"))), "20190512");
    // Changed later, or said twice: the data is believed.
    assert_eq!(day("en", &page(&data("2021-08-01", "2021-09-01"))), "20210801");
    let twice = "<meta property=article:published_time content=2021-08-01>";
    assert_eq!(day("en", &page(&(data("2021-08-01", "2021-08-01") + twice))), "20210801");
}

#[test]
fn data_that_only_programs_read_is_the_last_resort() {
    let body = TEXT.repeat(12);
    for hidden in [
        "<meta name=rbpubdate content=2019-05-12>",
        "<meta name=published-date content=2019-05-12><meta name=published-time content=2021-08-01>",
        "<script>window.state = {\"publishedOn\": \"2019-05-12T10:00:00Z\"}</script>",
        "<astro-island props='{\"article\":{\"datePublished\":[0,\"2019-05-12T09:00:00-05:00\"]}}'></astro-island>",
    ] {
        assert_eq!(day("en", &format!("{hidden}<h1>{TITLE}</h1>{body}")), "20190512", "{hidden}");
    }
}

#[test]
fn what_was_published_after_the_last_change_is_something_else() {
    let body = TEXT.repeat(12);
    let hidden = "<script>ad = {\"publishedAt\": \"2020-03-01T10:00:00Z\"}</script>";
    let shown = "<p class=byline>Updated May 12, 2019</p>";
    let page = format!("{hidden}<h1>{TITLE}</h1>{shown}{body}");
    assert_eq!(day("en", &page), "20190512");
}
