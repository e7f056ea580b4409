//! `explain`: why an article is as it is, or is not there.

use record::ReasonKind;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use world::{Answer, Site, Step};

use crate::support::{OPEN, feed, start};
use crate::support::{World, repository};

fn text(world: &World, query: &str) -> String {
    world.sqlite().query_row(query, [], |row| row.get(0)).unwrap()
}

fn explained(world: &World, name: &str) -> String {
    world.run(&["explain", name]).expect(0).out
}

/// Asserts that each of these stands in a line that begins with the word before it.
#[track_caller]
fn assert_lines(out: &str, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        let found = out.lines().any(|line| line.starts_with(name) && line.contains(value));
        assert!(found, "no line '{name} … {value}' in\n{out}");
    }
}

#[test]
fn every_kind_of_outcome_is_explained() {
    let world = World::new();
    world.run(&["demo"]).expect(0);

    let revised = text(&world, "SELECT id FROM records WHERE revision = 2");
    let out = explained(&world, &revised);
    assert_lines(
        &out,
        &[
            ("found", "by the feed http://127.0.0.1:"),
            ("item", "/news/school-meals"),
            ("state", "done"),
            ("attempt", ": stored"),
            ("attempt", ": revision"),
            ("request", "/news/school-meals: 200 after "),
            ("answer", "bytes of text/html; charset=utf-8"),
            ("title", "by "),
            ("date", "confidence"),
            ("body", "blocks kept"),
            ("block", "left out, chance 0."),
            ("kind", "an article"),
            ("story", "began the story"),
            ("revision", "changed title, body"),
        ],
    );
    let url = text(&world, &format!("SELECT url FROM records WHERE id = '{revised}'"));
    assert_eq!(explained(&world, &url).lines().count(), out.lines().count(), "by URL as by id");

    let copy = text(&world, "SELECT id FROM records WHERE duplicate_of IS NOT NULL LIMIT 1");
    assert_lines(&explained(&world, &copy), &[("copy of", "copy, similarity ")]);

    let wall = "SELECT url FROM entries WHERE reason = 'bot-wall'";
    let out = explained(&world, &text(&world, wall));
    assert_lines(
        &out,
        &[
            ("state", "given up"),
            ("request", "/en/behind-a-wall: 200 after "),
            ("failed", "a wall against bots"),
            ("why", "a wall against bots"),
            ("remedy", "newsluice retry"),
        ],
    );
    let gone = "SELECT url FROM entries WHERE reason = 'gone'";
    let out = explained(&world, &text(&world, gone));
    assert_lines(&out, &[("request", "/en/taken-down: 410 after "), ("why", "gone for good")]);

    let json = world.run(&["explain", "--json", &copy]).expect(0).out;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["record"]["id"], copy.as_str());
    assert_eq!(json["attempts"][0]["requests"][0]["status"], 200);
    assert!(json["copy"]["similarity"].as_f64().unwrap() > 0.5);
}

#[test]
fn inputs_without_a_network_are_explained_too() {
    let world = World::new();
    let empty = world.write("texts/empty.txt", "");
    let seed = repository("seeds");
    world.run(&["replay", seed.to_str().unwrap(), empty.to_str().unwrap()]);
    let id = text(&world, "SELECT id FROM records WHERE day = '20220202'");
    assert_lines(&explained(&world, &id), &[("attempt", ": stored"), ("date", "states it")]);
    let out = explained(&world, empty.to_str().unwrap());
    assert_lines(&out, &[("why", "empty input"), ("remedy", "open it in a browser")]);
}

#[test]
fn what_was_never_met_is_said_with_what_to_do() {
    let world = World::new();
    world.run(&["demo"]).expect(0);
    let ran = world.run(&["explain", "https://example.org/nothing"]).expect(1);
    assert!(ran.err.contains("no feed here listed this URL so far"), "{}", ran.err);
    let ran = world.run(&["explain", "0123456789abcdef"]).expect(1);
    assert!(ran.err.contains("newsluice search WORDS"), "{}", ran.err);
    let feed = text(&world, "SELECT url FROM feeds LIMIT 1");
    let ran = world.run(&["explain", &feed]).expect(1);
    assert!(ran.err.contains("it is a feed"), "{}", ran.err);
}

#[test]
fn a_refused_page_shows_what_it_was_told_by_and_a_filtered_one_its_filter() {
    let wall = "<!DOCTYPE html><title>Just a moment...</title><p>Enable JavaScript and cookies";
    let items = "<item><title>LIVE: rain</title><link>/p/1</link></item>\
        <item><title>Wall</title><link>/p/2</link></item>\
        <item><title>Shell</title><link>/p/3</link></item>";
    let rss = format!("<rss version='2.0'><channel><title>R</title>{items}</channel></rss>");
    let site = Site::new().at("/feed", Answer::rss(rss)).at("/p/2", Answer::html(wall)).at(
        "/p/3",
        Answer::html("<html><body><div id=app></div><script>x()</script></body></html>"),
    );
    let origin = start(site);
    let world = World::new();
    let add = ["feed", "add", &origin.url("/feed"), "--drop", "title:/^live/"];
    world.run(&[&add[..], &OPEN].concat()).expect(0);
    world.run(&[&["run", "--once"], &OPEN[..]].concat());
    assert_lines(
        &explained(&world, &origin.url("/p/1")),
        &[
            ("why", "taken by a filter: drop title:/^live/ (filtered)"),
            ("remedy", "change the feed's filter"),
        ],
    );
    // The words after the colon are the classifier's evidence.
    assert_lines(
        &explained(&world, &origin.url("/p/2")),
        &[("request", ": 200 after "), ("why", "a wall against bots: "), ("why", "just a moment")],
    );
    let shell = explained(&world, &origin.url("/p/3"));
    assert_lines(&shell, &[("why", "an empty page that wants JavaScript: ")]);
}

#[test]
fn trails_that_are_turned_off_are_not_kept() {
    let seeds = repository("seeds");
    for (kept, are_kept) in [("90d", true), ("0", false)] {
        let world = World::new();
        let setting = format!("store.trails={kept}");
        world.run(&["replay", seeds.to_str().unwrap(), "--set", &setting]).expect(0);
        assert_eq!(world.count("SELECT count(*) FROM trails") > 0, are_kept, "{kept}");
        assert_eq!(world.count("SELECT count(*) FROM records"), 5);
    }
}

#[test]
fn every_reason_in_the_code_is_named_with_a_remedy() {
    let world = World::new();
    world.run(&["replay", repository("seeds").to_str().unwrap()]).expect(0);
    let writing =
        Connection::open_with_flags(world.db(), OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    for kind in ReasonKind::ALL {
        let name = format!("https://example.org/{}", kind.code());
        let put = "INSERT INTO entries (name, url, host, state, due_at, attempts, reason, detail,
            found_at, finished_at) VALUES (?1, ?1, 'example.org:443', 'dead', 0, 1, ?2, 'so', 0, 0)";
        writing.execute(put, [&name, kind.code()]).unwrap();
    }
    drop(writing);
    for kind in ReasonKind::ALL {
        let out = explained(&world, &format!("https://example.org/{}", kind.code()));
        assert_lines(&out, &[("why", kind.sentence()), ("why", kind.code())]);
        let remedy = out.lines().find(|line| line.starts_with("remedy")).unwrap();
        assert!(remedy.len() > 30, "{remedy}");
    }
}

/// One page of each kind that is no article, as the classifier's own tests have them.
fn no_articles() -> Vec<(String, Answer, ReasonKind)> {
    let mut pages: Vec<(String, Answer, ReasonKind)> = Vec::new();
    let all = std::fs::read_to_string(repository("crates/clean/src/classify/pages.txt")).unwrap();
    for page in all.split("=== ").skip(1) {
        let (head, html) = page.split_once('\n').unwrap();
        let (kind, url) = head.split_once(' ').unwrap();
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let path = path.split('?').next().unwrap_or_default();
        let Some(kind) = ReasonKind::from_code(kind) else { continue };
        if pages.iter().all(|(other, _, of)| *other != format!("/{path}") && *of != kind) {
            pages.push((format!("/{path}"), Answer::html(html), kind));
        }
    }
    pages
}

/// What goes wrong before a page can be read.
fn no_pages() -> Vec<(String, Answer, ReasonKind)> {
    let html = |bytes: Vec<u8>| Answer::html(bytes);
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n<p>It rained".to_vec();
    [
        ("/of/lost", Answer::status(404), ReasonKind::NotFound),
        ("/of/taken-down", Answer::status(410), ReasonKind::Gone),
        ("/of/teapot", Answer::status(500), ReasonKind::HttpStatus),
        ("/of/long", html(vec![b'a'; 9 << 20]), ReasonKind::TooLarge),
        ("/of/empty", html(Vec::new()), ReasonKind::Empty),
        ("/of/bytes", html([0, 1, 2, 3, 255, 254, 0, 7].repeat(400)), ReasonKind::Binary),
        ("/of/paper", Answer::ok("application/pdf", "%PDF-1.7"), ReasonKind::UnsupportedType),
        ("/of/circle", Answer::redirect(302, "/of/circle"), ReasonKind::RedirectLoop),
        ("/of/cut", Answer::script(vec![Step::Send(cut)]), ReasonKind::BrokenAnswer),
        ("/closed/a", Answer::html("<p>never asked for"), ReasonKind::Robots),
    ]
    .map(|(path, answer, kind)| (path.to_owned(), answer, kind))
    .into()
}

#[test]
fn whatever_happens_to_a_page_is_explained() {
    let mut pages = no_articles();
    assert!(pages.len() >= 11, "{} kinds", pages.len());
    pages.extend(no_pages());
    let mut site = Site::new()
        .at("/robots.txt", Answer::text("User-agent: *\nDisallow: /closed/\nAllow: /\n"));
    for (path, answer, _) in &pages {
        site = site.at(path, answer.clone());
    }
    let origin = start(site);
    // Links to places that no page can come from, and what becomes of them.
    let elsewhere = [
        ("http://127.66.0.1/closed-net".to_owned(), ReasonKind::BlockedAddress),
        ("http://127.0.0.1:1/nobody".to_owned(), ReasonKind::Connect),
        (origin.url("/plain").replace("http:", "https:"), ReasonKind::Tls),
    ];
    let expected: Vec<(String, ReasonKind)> =
        pages.iter().map(|(path, _, kind)| (origin.url(path), *kind)).chain(elsewhere).collect();
    let links: Vec<&str> = expected.iter().map(|(url, _)| url.as_str()).collect();
    let listing = start(Site::new().at("/feed", feed(&links)));
    let world = World::new();
    world.run(&[&["feed", "add", &listing.url("/feed")], &OPEN[..]].concat()).expect(0);
    world.run(&[&["run", "--once"], &OPEN[..]].concat());
    let mut wrong = Vec::new();
    for (url, kind) in expected {
        let out = explained(&world, &url);
        let named = |line: &str| {
            ["why", "failed"].iter().any(|word| line.starts_with(word))
                && line.contains(kind.sentence())
        };
        let helped = out.lines().any(|line| line.starts_with("remedy"));
        if !out.lines().any(named) || !helped {
            wrong.push(format!("{url} ({}):\n{out}", kind.code()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
