use scraper::Html;

use super::*;

fn fields_of(html: &str) -> Fields {
    let hints = Hints::default();
    let context = Context {
        url: Some("https://news.example.org/2024/05/02/rain"),
        requested_url: None,
        hints: &hints,
    };
    extract(&Html::parse_document(html), &context)
}

#[test]
fn structured_data_gives_every_field() {
    let fields = fields_of(
        r#"<html lang="en-GB"><head><title>Rain | The Paper</title>
        <link rel="canonical" href="/2024/05/02/rain?utm_source=x">
        <meta property="og:site_name" content="The Paper">
        <meta property="og:image" content="/i.jpg">
        <meta name="robots" content="index, noai">
        <script type="application/ld+json">{"@type":"NewsArticle","headline":"Rain ends drought",
        "datePublished":"2024-05-02T23:30:00-07:00","author":{"@type":"Person","name":"Jo Doe"}}
        </script></head><body><h1>Rain ends drought</h1></body></html>"#,
    );
    assert_eq!(fields.title.as_deref(), Some("Rain ends drought"));
    assert_eq!(fields.url.unwrap().as_str(), "https://news.example.org/2024/05/02/rain");
    assert_eq!(fields.date.map(record::date::compact).as_deref(), Some("20240502"));
    assert_eq!(fields.authors, ["Jo Doe"]);
    assert_eq!(fields.lang.as_deref(), Some("en-GB"));
    assert_eq!(fields.image.as_deref(), Some("https://news.example.org/i.jpg"));
    assert_eq!(fields.opt_outs, ["noai"]);
}

#[test]
fn visible_dates_are_found() {
    for html in [
        r#"<body><div class="post-meta"><div><a href="/e">News</a><span class="x-date">November 22, 2018 </span></div></div><h1>Rain ends drought</h1>"#,
        r#"<body><h1>Rain ends drought</h1><p class="font text-md">Nov 22, 2018</p>"#,
        r#"<body><h1>Rain ends drought</h1><div>Published:<!-- --> <!-- -->Nov 22, 2018</div>"#,
        r#"<body><h1>Rain ends drought</h1><p class="post-time"> Nov 22, 2018 4:26 pm </p>"#,
    ] {
        let hints = Hints::default();
        let context = Context { url: None, requested_url: None, hints: &hints };
        let fields = extract(&Html::parse_document(html), &context);
        assert_eq!(fields.date.map(record::date::compact).as_deref(), Some("20181122"), "{html}");
    }
}
