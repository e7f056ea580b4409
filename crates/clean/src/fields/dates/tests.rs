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
