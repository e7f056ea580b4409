use scraper::Html;

use super::*;

fn fields_of(html: &str) -> Fields {
    let hints = Hints::default();
    let context = Context {
        url: Some("https://news.example.org/2024/05/02/rain"),
        requested_url: None,
        hints: &hints,
        long_scripts: &[],
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
        "<body><h1>Rain ends drought</h1><div>Published:<!-- --> <!-- -->Nov 22, 2018</div>",
        r#"<body><h1>Rain ends drought</h1><p class="post-time"> Nov 22, 2018 4:26 pm </p>"#,
    ] {
        let hints = Hints::default();
        let context = Context { url: None, requested_url: None, hints: &hints, long_scripts: &[] };
        let fields = extract(&Html::parse_document(html), &context);
        assert_eq!(fields.date.map(record::date::compact).as_deref(), Some("20181122"), "{html}");
    }
}

fn dated(html: &str, hints: &Hints<'_>) -> Fields {
    let context = Context {
        url: Some("https://news.example.org/rain"),
        requested_url: None,
        hints,
        long_scripts: &[],
    };
    extract(&Html::parse_document(html), &context)
}

fn day(fields: &Fields) -> String {
    fields.date.map(record::date::compact).unwrap_or_default()
}

fn published(fields: &Fields) -> String {
    fields.published.map(|p| p.to_string()).unwrap_or_default()
}

fn zones(name: &str) -> record::Zones {
    record::Zones { setting: jiff::tz::TimeZone::get(name).ok(), ..record::Zones::default() }
}

#[test]
fn a_paper_in_auckland_counts_its_own_day() {
    let html = r#"<meta property="article:published_time" content="2024-05-03T07:30:00+12:00">
        <h1>Rain ends drought</h1><p>It rained.</p>"#;
    let fields = dated(html, &Hints::default());
    assert_eq!(
        (day(&fields).as_str(), fields.date_zone),
        ("20240503", Some(record::DateZone::Given))
    );
    // The system prints UTC; readers see the paper's own clock.
    let html = r#"<meta property="article:published_time" content="2024-05-02T19:30:00Z">
        <h1>Rain ends drought</h1><div class="date">3 May 2024, 7:30 AM</div><p>It rained.</p>"#;
    let fields = dated(html, &Hints::default());
    assert_eq!(published(&fields), "2024-05-03T07:30:00+12:00");
    assert_eq!(day(&fields), "20240503");
}

#[test]
fn a_paper_in_los_angeles_counts_its_own_day() {
    let html = r#"<meta property="article:published_time" content="2024-05-03T03:30:00Z">
        <h1>Rain ends drought</h1>
        <time datetime="2024-05-03T03:30:00Z">May 2, 2024 8:30 PM</time><p>It rained.</p>"#;
    let fields = dated(html, &Hints::default());
    assert_eq!(published(&fields), "2024-05-02T20:30:00-07:00");
    assert_eq!(day(&fields), "20240502");
    let html = r#"<h1>Rain ends drought</h1><div class="date">May 2, 2024 8:30 PM</div>"#;
    let hints = Hints { zones: zones("America/Los_Angeles"), ..Hints::default() };
    let fields = dated(html, &hints);
    assert_eq!(published(&fields), "2024-05-02T20:30:00-07:00");
    assert_eq!(fields.date_zone, Some(record::DateZone::Setting));
}

#[test]
fn the_night_when_clocks_change_is_read_by_the_zone() {
    let hints = Hints { zones: zones("Europe/Berlin"), ..Hints::default() };
    for (shown, want) in [
        ("30.03.2024, 23:30 Uhr", "2024-03-30T23:30:00+01:00"),
        ("31.03.2024, 23:30 Uhr", "2024-03-31T23:30:00+02:00"),
        ("27.10.2024, 01:30 Uhr", "2024-10-27T01:30:00+02:00"),
        ("27.10.2024, 04:30 Uhr", "2024-10-27T04:30:00+01:00"),
    ] {
        let html = format!("<html lang=de><h1>Regen beendet Dürre</h1><p class=date>{shown}</p>");
        assert_eq!(published(&dated(&html, &hints)), want);
    }
    // 02:30 does not exist: the day is right all the same.
    let html = "<html lang=de><h1>Regen beendet Dürre</h1><p class=date>31.03.2024, 02:30 Uhr</p>";
    assert_eq!(day(&dated(html, &hints)), "20240331");
}

#[test]
fn a_feed_that_says_utc_is_overruled_by_a_paper_in_tokyo() {
    let stated = record::date::parse("2024-05-01T22:05:00Z");
    let date = record::DateText { raw: "2024-05-01T22:05:00Z".into(), stated };
    let entry = record::Entry { published: Some(date), ..record::Entry::default() };
    let hints = Hints { entry: Some(&entry), ..Hints::default() };
    for html in [
        r#"<html lang="ja"><h1>雨が干ばつを終わらせた</h1><p class="date">2024年5月2日 7時05分</p>"#,
        r#"<html lang="ja"><meta property="article:published_time"
            content="2024-05-02T07:05:00+09:00"><h1>雨が干ばつを終わらせた</h1>"#,
    ] {
        let fields = dated(html, &hints);
        assert_eq!(published(&fields), "2024-05-02T07:05:00+09:00");
        assert_eq!(day(&fields), "20240502");
    }
}

#[test]
fn templates_futures_and_copyrights_are_outvoted() {
    let hints = Hints { now: "2024-06-01T00:00:00Z".parse().ok(), ..Hints::default() };
    let fields = dated(
        r#"<html lang="en"><meta name="date" content="2031-01-01">
        <h1>Rain ends drought</h1><p class="posted-on">2 May 2024</p>
        <p>It rained.</p><footer>© 1 January 2023 The Paper</footer>"#,
        &hints,
    );
    assert_eq!(day(&fields), "20240502");
    assert!(fields.date_confidence > 0.4);
}

#[test]
fn kickers_and_site_names_are_not_the_headline() {
    let title = |html: &str| dated(html, &Hints::default()).title.map(record::Line::into_string);
    for html in [
        "<title>Rain ends the drought | The Paper</title><h1>Rain ends the drought</h1>",
        "<title>Rain ends the drought - The Paper</title>\
         <meta property=og:site_name content='The Paper'><p>It rained.",
        "<meta property=og:title content='Rain ends the drought'>\
         <title>Rain ends the drought</title><h1>The Paper</h1><p>It rained.",
        "<meta property=og:title content='Rain ends the drought'>\
         <h1><span class=kicker>Weather</span> <span class=headline>Rain ends the drought</span></h1>",
    ] {
        assert_eq!(title(html).as_deref(), Some("Rain ends the drought"), "{html}");
    }
}

#[test]
fn an_article_and_a_number_begin_a_headline_and_are_no_kicker() {
    for first in ["The", "7", "2025", "Die"] {
        let html = format!(
            "<meta property=og:title content='Best Cameras of the Year'>\
             <meta name=twitter:title content='Best Cameras of the Year'>\
             <title>{first} Best Cameras of the Year</title>\
             <h1>{first} Best Cameras of the Year</h1><p>They are small."
        );
        assert_eq!(title(&html), format!("{first} Best Cameras of the Year"));
    }
}

fn title(html: &str) -> String {
    fields_of(html).title.map(record::Line::into_string).unwrap_or_default()
}

#[test]
fn the_headline_is_chosen_by_agreement() {
    // The blog's name in the `h1`, told by the page's title around the shared one.
    let blog = r#"<title>Small Notes: Rain ends the drought</title>
        <meta property="og:title" content="Rain ends the drought"><h1>Small Notes</h1>"#;
    assert_eq!(title(blog), "Rain ends the drought");
    // A count of comments and a source inside the `h1`.
    let longer = r#"<title>Rain ends the drought</title>
        <meta property="og:title" content="Rain ends the drought">
        <h1>Rain ends the drought (paper.org) 87</h1>"#;
    assert_eq!(title(longer), "Rain ends the drought");
    // The site's name before a colon of the shared title.
    let site = r#"<title>Example Blog: Rain ends the drought</title>
        <meta property="og:title" content="Example Blog: Rain ends the drought">
        <meta name="twitter:title" content="Example Blog: Rain ends the drought">
        <h1>Rain ends the drought</h1>"#;
    assert_eq!(title(site), "Rain ends the drought");
    // One program wrote all stated titles: what readers see is the headline.
    let plugin = r#"<title>Rain and drought: the guide</title>
        <meta property="og:title" content="Rain and drought: the guide">
        <meta name="twitter:title" content="Rain and drought: the guide">
        <script type="application/ld+json">{"@type":"Article","author":"Jo Doe",
        "headline":"Rain and drought: the guide"}</script><h1>How rain ended the drought</h1>"#;
    assert_eq!(title(plugin), "How rain ended the drought");
    // A newsroom's are written by hand.
    let newsroom = plugin.replace("\"Article\"", "\"NewsArticle\"");
    assert_eq!(title(&newsroom), "Rain and drought: the guide");
}

#[test]
fn bylines_are_found_in_the_line_of_facts() {
    for html in [
        r#"<h1>Rain</h1><p class="inline-list page-meta"><span class="inline-list__item">By <a href="/p/jo">Jo Doe</a></span></p>"#,
        r#"<h1>Rain</h1><div class="publish-date-author">Dec. 19, 2025 &middot; Jo Doe on behalf of <a href="/t">the team</a></div>"#,
        r#"<h1>Rain</h1><ul class="post-meta"><li>2 May 2024</li><li class="author">Jo Doe</li></ul>"#,
        r#"<h1>Rain</h1><p class="author">4 Comments</p><p class="author">By Jo Doe</p>"#,
    ] {
        assert_eq!(fields_of(html).authors, ["Jo Doe"], "{html}");
    }
    let list = "<h1>Rain</h1><h6>Author(s)</h6> <ul><li>Jo Doe</li><li>Ann Roe</li></ul>";
    assert_eq!(fields_of(list).authors, ["Jo Doe", "Ann Roe"]);
    let linked = r#"<h1>Rain</h1><a class="author" href="/a">Jo Doe</a> <a class="author"
        href="/b">Ann Roe</a> Reviewed by <a class="author" href="/c">Max Moe</a>"#;
    assert_eq!(fields_of(linked).authors, ["Jo Doe", "Ann Roe"]);
    // Where all stands in what looks like a list of articles, what is beside the headline counts.
    let card = r#"<div class="card"><h1>Rain</h1><a href="/author/jo">Jo Doe</a></div>"#;
    assert_eq!(fields_of(card).authors, ["Jo Doe"]);
    let teaser = r#"<h1>Rain</h1><div class="post-meta">2 May 2024</div>"#.to_owned()
        + &"<p>A paragraph of the article, long enough to be one.</p>".repeat(40)
        + r#"<ul class="more"><li class="card-meta"><span class="author">Ann Roe</span></li></ul>"#;
    assert!(fields_of(&teaser).authors.is_empty());
}

#[test]
fn a_heading_that_leads_home_names_the_site() {
    let blog = r#"<link rel=canonical href="https://blog.example.org/2025/rain.html">
        <title>Small Things: Rain ends the drought</title>
        <h1 class=title> <a href="https://blog.example.org/">Small Things</a></h1>
        <h3 class=post-title>Rain ends the drought</h3>"#;
    assert_eq!(title(blog), "Rain ends the drought");
    let elsewhere = blog.replace("href=\"https://blog.example.org/\"", "href=\"/2025/rain.html\"");
    assert_eq!(title(&elsewhere), "Small Things");
}

#[test]
fn a_site_is_named_without_its_motto() {
    let named = |name: &str| {
        let html = format!(
            "<link rel=canonical href='https://news.example.org/a'>
            <meta property=og:site_name content='{name}'><h1>Rain</h1>"
        );
        fields_of(&html).site.unwrap_or_default()
    };
    assert_eq!(named("Exam Ple - News, Sports | Events"), "Exam Ple");
    assert_eq!(named("News - Exam Ple"), "News - Exam Ple");
    assert_eq!(named("Exam Ple"), "Exam Ple");
}

#[test]
fn a_description_written_as_html_is_read_as_text() {
    let described = |text: &str| {
        let html = format!("<meta property=og:description content='{text}'><h1>Rain</h1>");
        fields_of(&html).summary.unwrap_or_default()
    };
    assert_eq!(described("<p>It <b>rained</b> in <a href=\"/n"), "It rained in");
    assert_eq!(described("<p>It <b>rained</b>.</p>"), "It rained.");
    assert_eq!(described("What <br> is for"), "What <br> is for");
}

#[test]
fn whom_a_text_speaks_of_did_not_write_it() {
    let long = "and the council said that nothing would be rebuilt this year. ".repeat(2);
    for html in [
        format!(r#"<h1>Rain</h1><p>Mayor <a href="/people/jo">Jo Doe</a> came, {long}</p>"#),
        "<h1>Rain</h1><p>See the list of <b>all races</b> da Copa, Jo Doe</p>".to_owned(),
        r#"<h1>Rain</h1><p>Under a <a href="https://creativecommons.org/licenses/by/4.0/">Creative
        Commons License</a></p>"#
            .to_owned(),
        "<nav><h4>By Event Type</h4></nav><h1>Rain</h1><p>It rained.</p>".to_owned(),
        "<h1>Books</h1><p><a href='/b'>The Flood</a> by Jo Doe (May 13th)</p>".to_owned(),
        "<h1>Books</h1><div><a href='/b'>The Flood</a> by Jo Doe, 1921.</div>".to_owned(),
    ] {
        assert!(fields_of(&html).authors.is_empty(), "{html}");
    }
    for html in [
        format!(r#"<h1>Rain</h1><p><a href="/people/jo">Jo Doe</a> writes on rain {long}</p>"#),
        "<h1>Rain</h1><p>Posted <b>2 May 2024</b> by Jo Doe</p>".to_owned(),
        "<h1>Rain</h1><p>Analysis by Jo Doe</p>".to_owned(),
        "<h1>Rain</h1><div>By Jo Doe | Dec. 17, 2025 | 10:00 am</div>".to_owned(),
        "<h1>Rain</h1><p>by: <!-- -->Jo Doe<!-- -->,<!-- --> <!-- -->2 May 2024</p>".to_owned(),
        "<h1>Rain</h1><p><b>Farmers in the north are content</b><br>By Jo Doe</p>".to_owned(),
        "<h1>Rain</h1><div><h3>Author</h3> <p> Jo Doe</p> </div>".to_owned(),
    ] {
        assert_eq!(fields_of(&html).authors, ["Jo Doe"], "{html}");
    }
}

#[test]
fn a_byline_that_says_more_than_the_data_is_believed() {
    let data = |name: &str| format!("<meta name=author content='{name}'><h1>Rain</h1>");
    let titles = data("Jo Doe") + "<p class=byline>By Dr Jo Doe, Dr Ann Roe</p>";
    assert_eq!(fields_of(&titles).authors, ["Dr Jo Doe", "Dr Ann Roe"]);
    let cited = "<meta name=citation_authors content='Doe, Jo'>
        <meta name=citation_authors content='Roe, Ann'>";
    assert_eq!(fields_of(&(data("Jo Doe") + cited)).authors, ["Jo Doe", "Ann Roe"]);
    let agency = "<h1>Regen</h1><p class=author>Von <b>Jo Doe</b> mit <i>AP</i></p>";
    assert_eq!(fields_of(agency).authors, ["Jo Doe"]);
    assert_eq!(fields_of("<h1>Regen</h1><p class=author>dpa</p>").authors, ["dpa"]);
    let other = data("Jo Doe") + "<p class=byline>By Ann Roe, Max Moe</p>";
    assert_eq!(fields_of(&other).authors, ["Jo Doe"]);
}
