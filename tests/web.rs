//! Feeds and pages over real HTTP on loopback.

use std::sync::Arc;

use world::{Answer, Origin, Site};

use crate::support::{World, article};

/// The three kinds of feed.
#[derive(Clone, Copy)]
enum Format {
    Rss,
    Atom,
    Json,
}

/// The page of a made-up article, with what surrounds one.
fn page(number: u64) -> String {
    let text = article(number);
    let mut lines = text.lines();
    let title = lines.next().unwrap();
    let paragraphs: String = lines.skip(2).map(|p| format!("<p>{p}</p>\n")).collect();
    format!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><title>{title} | The Paper</title>\
         <meta property=\"article:published_time\" content=\"2024-05-02T10:00:00+02:00\">\
         </head><body><nav><a href=/>Home</a> <a href=/sport>Sport</a></nav>\
         <article><h1>{title}</h1>\n{paragraphs}</article>\
         <footer>Contact - Imprint - © The Paper</footer></body></html>"
    )
}

fn title(number: u64) -> String {
    article(number).lines().next().unwrap().to_owned()
}

fn feed(format: Format, numbers: impl Iterator<Item = u64>) -> Answer {
    match format {
        Format::Rss => {
            let items: String = numbers
                .map(|n| {
                    format!(
                        "<item><title>{}</title><link>/a/{n}</link><guid>rss-{n}</guid>\
                         <pubDate>Thu, 02 May 2024 10:00:00 +0200</pubDate></item>",
                        title(n)
                    )
                })
                .collect();
            Answer::rss(format!(
                "<rss version='2.0'><channel><title>R</title>{items}</channel></rss>"
            ))
        }
        Format::Atom => {
            let items: String = numbers
                .map(|n| {
                    format!(
                        "<entry><title>{}</title><id>urn:{n}</id><link href='/a/{n}'/>\
                         <updated>2024-05-02T10:00:00+02:00</updated></entry>",
                        title(n)
                    )
                })
                .collect();
            let feed = format!(
                "<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title><id>urn:f</id>\
                 <updated>2024-05-02T10:00:00Z</updated>{items}</feed>"
            );
            Answer::ok("application/atom+xml", feed)
        }
        Format::Json => {
            let items: Vec<serde_json::Value> = numbers
                .map(|n| {
                    serde_json::json!({
                        "id": n.to_string(), "url": format!("/a/{n}"), "title": title(n),
                        "date_published": "2024-05-02T10:00:00+02:00",
                    })
                })
                .collect();
            let feed = serde_json::json!({
                "version": "https://jsonfeed.org/version/1.1", "title": "J", "items": items,
            });
            Answer::ok("application/feed+json", feed.to_string())
        }
    }
}

/// Five feeds of twenty entries each; the last two share their articles.
fn paper() -> Arc<Origin> {
    let site = Site::new()
        .at("/1", feed(Format::Rss, 0..20))
        .at("/2", feed(Format::Atom, 20..40))
        .at("/3", feed(Format::Json, 40..60))
        .at("/4", feed(Format::Rss, 60..80))
        .at("/5", feed(Format::Atom, 60..80))
        .at("/robots.txt", Answer::status(404))
        .on("/a/*", |ask| {
            let number = ask.hit.target.rsplit('/').next().and_then(|n| n.parse().ok());
            number.map_or(Answer::status(404), |number| Answer::html(page(number)))
        });
    Arc::new(Origin::start(site).unwrap())
}

/// What lets the program ask loopback, and not wait between requests.
const OPEN: [&str; 8] = [
    "--set",
    "fetch.allow_nets=127.0.0.0/8",
    "--set",
    "fetch.host_delay=0s",
    "--set",
    "fetch.per_host=8",
    "--set",
    "fetch.contact=https://example.org/about",
];

fn run(world: &World, arguments: &[&str], code: i32) -> String {
    let all: Vec<&str> = arguments.iter().chain(&OPEN).copied().collect();
    world.run(&all).expect(code).err
}

fn lines(urls: impl Iterator<Item = String>) -> String {
    urls.map(|url| url + "\n").collect()
}

#[test]
fn every_article_of_five_feeds_is_stored_once() {
    let paper = paper();
    let world = World::new();
    let feeds = world.write("feeds.txt", lines((1..=5).map(|n| paper.url(&format!("/{n}")))));
    let ack = world.path("acks");
    let arguments =
        ["run", "--once", "--feeds", feeds.to_str().unwrap(), "--ack", ack.to_str().unwrap()];
    let said = run(&world, &arguments, 0);
    assert!(said.contains("5 feeds answered"), "{said}");
    assert!(said.contains("80 seen: 80 stored (0 of them duplicates)"), "{said}");
    assert_eq!(world.count("SELECT count(*) FROM records"), 80);
    assert_eq!(std::fs::read_to_string(&ack).unwrap().lines().count(), 80);
    for number in 0..80 {
        assert_eq!(paper.hits_at(&format!("/a/{number}")).len(), 1, "page {number}");
    }

    let urls = world.write("urls.txt", lines((0..80).map(|n| paper.url(&format!("/a/{n}")))));
    let second = World::new();
    run(&second, &["backfill", urls.to_str().unwrap()], 0);
    let texts = |world: &World| world.run(&["digest", "--texts"]).expect(0).out;
    assert_eq!(texts(&second), texts(&world));

    let again = run(&second, &["backfill", urls.to_str().unwrap()], 0);
    assert!(again.contains("0 seen"), "{again}");
}

#[test]
fn a_record_has_the_text_of_the_page_and_nothing_around_it() {
    let paper = paper();
    let world = World::new();
    let urls = world.write("urls.txt", paper.url("/a/7"));
    run(&world, &["backfill", urls.to_str().unwrap()], 0);
    let exported = world.run(&["export"]).expect(0).out;
    let record: serde_json::Value = serde_json::from_str(&exported).unwrap();
    let expected: Vec<String> = article(7).lines().skip(3).map(str::to_owned).collect();
    assert_eq!(record["title"], title(7).as_str());
    assert_eq!(record["body"], expected.join("\n").as_str());
    assert_eq!(record["date"], "20240502");
    assert_eq!(record["published"], "2024-05-02T10:00:00+02:00");
}

#[test]
fn feeds_that_are_none_and_pages_that_never_end_are_told_and_the_rest_goes_on() {
    let site = Site::new()
        .at("/html", Answer::html("<!DOCTYPE html><html><body>Hello</body></html>"))
        .at("/feed", feed(Format::Rss, 1..4))
        .at("/a/1", Answer::html(page(1)))
        .at("/a/2", Answer::html("<html>".to_owned() + &"<p>more".repeat(2_000_000)))
        .at("/a/3", Answer::html("<div>".repeat(100_000)));
    let paper = Origin::start(site).unwrap();
    let world = World::new();
    let feeds = lines(["/html", "/feed", "/nowhere"].iter().map(|path| paper.url(path)));
    let feeds = world.write("feeds.txt", feeds);
    let said = run(&world, &["run", "--once", "--feeds", feeds.to_str().unwrap()], 1);
    assert!(said.contains("/html: not a feed"), "{said}");
    assert!(said.contains("/nowhere: not found"), "{said}");
    assert!(said.contains("/a/2: larger than the cap"), "{said}");
    assert!(said.contains("/a/3: nested deeper than the cap"), "{said}");
    assert!(said.contains("3 seen: 1 stored"), "{said}");
}

#[test]
fn no_feed_that_answers_is_exit_69() {
    let paper = Origin::start(Site::new()).unwrap();
    let world = World::new();
    let feeds = world.write("feeds.txt", paper.url("/nowhere"));
    run(&world, &["run", "--once", "--feeds", feeds.to_str().unwrap()], 69);
    world.run(&["run", "--once"]).expect(0);
}

#[test]
fn loopback_is_closed_unless_it_is_opened() {
    let paper = paper();
    let world = World::new();
    let urls = world.write("urls.txt", paper.url("/a/7"));
    let said = world.run(&["backfill", urls.to_str().unwrap()]).expect(1).err;
    assert!(said.contains("a private address: see fetch.allow_nets"), "{said}");
    assert_eq!(paper.connections(), 0);
}

#[test]
fn a_changed_page_is_a_revision_of_the_same_record() {
    let changed = page(1)
        .replace("minister", "president")
        .replace("</article>", "<p>More was said later by a witness of the scene.</p></article>");
    let first = feed(Format::Rss, 1..2);
    let newer = Answer::rss(
        "<rss version='2.0'><channel><title>R</title><item><title>Another</title>\
         <link>/a/1</link><guid>rss-1</guid>\
         <pubDate>Thu, 02 May 2024 11:00:00 +0200</pubDate></item></channel></rss>",
    );
    let site = Site::new()
        .turns("/feed", vec![first, newer])
        .turns("/a/1", vec![Answer::html(page(1)), Answer::html(changed)]);
    let paper = Origin::start(site).unwrap();
    let world = World::new();
    let feeds = world.write("feeds.txt", paper.url("/feed"));
    let arguments =
        ["run", "--once", "--feeds", feeds.to_str().unwrap(), "--set", "schedule.interval=1ms"];
    run(&world, &arguments, 0);
    let said = run(&world, &arguments, 0);
    assert!(said.contains("1 revisions"), "{said}");
    let lines = world.run(&["export", "--revisions", "--duplicates"]).expect(0).out;
    let revisions: Vec<i64> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["revision"].as_i64().unwrap()
        })
        .collect();
    assert_eq!(revisions, [1, 2]);
    assert_eq!(world.count("SELECT count(*) FROM records"), 1);
}
