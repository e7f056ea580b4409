//! What a daemon knew of its sources and their entries comes out of its recording as well: what
//! became a record, what did not and why, and what was only listed.

use std::process::Stdio;

use world::{Answer, Origin, Site};

use crate::gaps::listing;
use crate::support::{Daemon, OPEN, World, article, kill_amid, page, start, wait_for};

/// All that is to be equal: the frontier, what each feed listed, what is known of feeds and when
/// a text was met last. Without the numbers of rows, passwords, and times that are only planned.
const TOLD: [&str; 5] = [
    "SELECT e.name, e.url, e.host, e.is_foreign, e.state, e.reason, e.detail, e.attempts,
        e.record, e.payload, e.finished_at, f.url
        FROM entries e LEFT JOIN feeds f ON f.feed = e.feed ORDER BY e.name",
    "SELECT f.url, i.guid, e.name, hex(i.fingerprint) FROM feed_items i JOIN feeds f
        ON f.feed = i.feed JOIN entries e ON e.entry = i.entry ORDER BY 1, 2",
    "SELECT f.url, f.title, f.site, f.gaps, f.missed FROM feeds f
        WHERE EXISTS (SELECT 1 FROM feed_items i WHERE i.feed = f.feed) ORDER BY 1",
    "SELECT id, fetched_at, seen_until FROM records ORDER BY seq",
    "SELECT f.url, d.day, sum(d.stored), sum(d.duplicates), sum(d.revisions), sum(d.text_bytes)
        FROM feed_days d JOIN feeds f ON f.feed = d.feed WHERE d.stored + d.revisions > 0
        GROUP BY 1, 2 ORDER BY 1, 2",
];

/// Every row as a line.
pub(crate) fn told(world: &World) -> Vec<String> {
    let connection = world.sqlite();
    let mut lines = Vec::new();
    for query in TOLD {
        let mut statement = connection.prepare(query).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let value = |n| format!("{:?}", row.get::<_, rusqlite::types::Value>(n).unwrap());
            let line: Vec<_> = (0..columns).map(value).collect();
            lines.push(line.join(" ").replace("user:secret@", ""));
        }
    }
    lines
}

#[track_caller]
pub(crate) fn assert_told(again: &World, live: &World) {
    assert_lines(&told(again), &told(live));
}

#[track_caller]
fn assert_lines(again: &[String], live: &[String]) {
    for (again, live) in again.iter().zip(live) {
        assert_eq!(again, live);
    }
    assert_eq!(again.len(), live.len());
}

/// How many entries ended so.
fn entries(world: &World, condition: &str) -> i64 {
    world.count(&format!("SELECT count(*) FROM entries WHERE {condition}"))
}

fn item(title: &str, link: &str) -> String {
    format!("<item><title>{title}</title><link>{link}</link><guid>{link}</guid></item>")
}

fn rss(items: &[String]) -> Answer {
    let items = items.concat();
    Answer::rss(format!("<rss version='2.0'><channel><title>R</title>{items}</channel></rss>"))
}

/// A feed with the whole text of these articles.
fn carrying(links: &[(String, u64)]) -> Answer {
    let item = |(link, number): &(String, u64)| {
        let text = article(*number);
        let paragraphs: String = text.lines().skip(3).map(|p| format!("<p>{p}</p>")).collect();
        let title = text.lines().next().unwrap();
        format!(
            "<item><title>{title}</title><link>{link}</link><guid>{link}</guid>\
             <content:encoded><![CDATA[{paragraphs}]]></content:encoded></item>"
        )
    };
    let items: String = links.iter().map(item).collect();
    Answer::rss(format!(
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>\
         <channel><title>W</title>{items}</channel></rss>"
    ))
}

/// Only the first paragraph of an article, and where the rest is to be bought.
fn beginning(number: u64) -> Answer {
    let text = article(number);
    let (title, first) = (text.lines().next().unwrap(), text.lines().nth(3).unwrap());
    Answer::html(format!(
        "<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p>{first}</p></article></body></html>"
    ))
}

/// The sources, each with something that only a feed knows, and what their user decided.
const SOURCES: [(&str, &[&str]); 9] = [
    ("/changing", &[]),
    ("/gap", &[]),
    ("/filled", &[]),
    ("/index.xml", &[]),
    ("/filtered", &["--drop", "title:/^live/", "--tag", "sport"]),
    ("/whole", &[]),
    ("/failing", &[]),
    ("/city/", &["--kind", "section"]),
    ("/no-feed", &[]),
];

fn site() -> Site {
    let links = |from: u64, to: u64| (from..to).map(|n| item("T", &format!("/a/{n}")));
    let older = |second: &[String]| vec![rss(&links(60, 62).collect::<Vec<_>>()), rss(second)];
    let changed = [item("Corrected", "/a/60"), item("T", "/a/61"), item("T", "/a/62")];
    let failing = ["/x/missing", "/x/gone", "/x/image", "/x/empty"].map(|link| item("T", link));
    let section: String = (0..8)
        .map(|n| {
            let title = article(70 + n).lines().next().unwrap().to_owned();
            format!("<article><h2><a href='/city/2024/05/02/{n}'>{title}</a></h2></article>")
        })
        .collect();
    Site::new()
        .at("/robots.txt", Answer::status(404))
        .turns("/changing", older(&changed))
        .turns("/gap", vec![listing(0..3, None), listing(10..14, None)])
        .turns("/filled", vec![listing(30..33, Some("/p2")), listing(40..44, Some("/p2"))])
        .at("/p2", listing(36..40, Some("/p3")))
        .at("/p3", listing(32..36, None))
        .on("/index.xml", |ask| {
            let map = format!("http://{}/map.xml", ask.header("host").unwrap());
            let index = format!("<sitemap><loc>{map}</loc></sitemap>");
            Answer::ok("application/xml", format!("<sitemapindex>{index}</sitemapindex>"))
        })
        .on("/map.xml", |ask| {
            let page = format!("http://{}/a/50", ask.header("host").unwrap());
            let map = format!("<urlset><url><loc>{page}</loc></url></urlset>");
            Answer::ok("application/xml", map)
        })
        .at("/filtered", rss(&[item("Live: rain", "/a/20"), item("News", "/a/21")]))
        .at("/failing", rss(&failing))
        .at("/city/", Answer::html(format!("<html><body><main>{section}</main></body></html>")))
        .on("/city/*", |ask| page(70 + ask.hit.target[17..].parse::<u64>().unwrap()))
        .at("/no-feed", page(80))
        .tagged("/a/0", "\"same\"", page(0))
        .turns("/a/60", vec![page(60), page(99)])
        .on("/a/*", |ask| page(ask.hit.target[3..].parse().unwrap()))
        .at("/x/gone", Answer::status(410))
        .at("/x/image", Answer::ok("image/png", "not for reading"))
        .at("/x/empty", Answer::html(" "))
}

/// An origin with all of it. What `/whole` links to is on another host.
fn everything() -> Origin {
    let origin = start(Site::new());
    let other = origin.url("").replace("127.0.0.1", "localhost");
    let links = [("/gone", 90), ("/start", 91), ("/page", 92)];
    let links = links.map(|(path, number)| (format!("{other}{path}"), number));
    origin.change(
        site()
            .at("/whole", carrying(&links))
            .at("/gone", Answer::status(410))
            .at("/start", beginning(91))
            .at("/page", page(92)),
    );
    origin
}

fn all_due(world: &World) {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let db = rusqlite::Connection::open_with_flags(world.db(), flags).unwrap();
    db.execute("UPDATE entries SET due_at = 0", []).unwrap();
}

/// Follows all sources for three rounds, an hour each by the clock of the frontier, and records.
fn recorded(origin: &Origin) -> World {
    let world = World::new();
    for (path, options) in SOURCES {
        let url = origin.url(path);
        let add = ["feed", "add", &url, "--unchecked"];
        world.run(&[&add[..], options].concat()).expect(0);
    }
    let archive = world.path("archive");
    let once = ["run", "--once", "--archive", archive.to_str().unwrap()];
    let more = ["--set", "schedule.interval=1ms", "--set", "schedule.refetch=48h"];
    for _ in 0..3 {
        let (interval, refetch) = (&more[..2], &more[2..]);
        world.run(&[&once[..], interval, refetch, &OPEN].concat());
        all_due(&world);
    }
    world
}

const HOT: [&str; 2] = ["--set", "schedule.refetch=48h"];

#[test]
fn a_recording_holds_what_only_feeds_know() {
    let origin = everything();
    let live = recorded(&origin);
    // Nothing of this would be told by the pages alone.
    assert_eq!(entries(&live, "reason = 'filtered' AND state = 'dead'"), 1);
    assert_eq!(entries(&live, "reason = 'not-found' AND attempts = 2"), 1);
    assert_eq!(entries(&live, "reason = 'gone'"), 1, "the other one has the feed's text");
    assert_eq!(entries(&live, "reason IN ('unsupported-type', 'empty')"), 2);
    assert_eq!(entries(&live, "is_foreign AND record IS NOT NULL"), 3);
    assert_eq!(live.count("SELECT sum(missed) FROM feeds"), 4);
    assert_eq!(entries(&live, "name LIKE '%/a/36'"), 1, "from an older page of its feed");
    assert_eq!(live.count("SELECT count(*) FROM records WHERE revision > 1"), 1);
    assert!(live.count("SELECT count(*) FROM records WHERE seen_until > fetched_at") > 1);
    let (last, ninth) = (article(91), article(90));
    for text in [last, ninth] {
        let end = text.lines().last().unwrap();
        let whole = format!("SELECT count(*) FROM records WHERE body LIKE '%{end}'");
        assert_eq!(live.count(&whole), 1, "the feed's text stands in for its page");
    }

    let again = World::new();
    let folder = live.path("archive");
    let replay = ["replay", folder.to_str().unwrap(), HOT[0], HOT[1], "--jobs", "3"];
    again.run(&replay).expect(1);
    assert_eq!(again.digest(), live.digest());
    assert_told(&again, &live);
    let failed = |world: &World| world.run(&["explain", &origin.url("/x/gone")]).out;
    assert!(failed(&again).contains("410"), "{}", failed(&again));

    // They are there to be followed once their user says so, with what was decided about them.
    let awake = "SELECT count(*) FROM feeds WHERE state <> 'paused'";
    assert_eq!((again.count(awake), again.count("SELECT count(*) FROM feeds")), (0, 8));
    let exported = again.run(&["feed", "export"]).expect(0).out;
    assert!(exported.contains("sport") && exported.contains("section"), "{exported}");
    let asked = origin.hits().len();
    again.run(&replay);
    assert_told(&again, &live);
    assert_eq!(origin.hits().len(), asked, "a replay asks nobody");
    again.run(&["check"]).expect(0);
}

#[test]
fn killed_while_it_is_replayed_nothing_of_it_is_lost() {
    let origin = everything();
    let live = recorded(&origin);
    let again = World::new();
    let folder = live.path("archive");
    let slow = ["--set", "store.batch=1", "--set", "pipeline.queue=1", HOT[0], HOT[1]];
    let replay = [&["replay", folder.to_str().unwrap()], &slow[..]].concat();
    let ended = || {
        if !again.db().exists() {
            return 0;
        }
        let count = "SELECT count(*) FROM entries WHERE finished_at IS NOT NULL";
        again.sqlite().query_row(count, [], |row| row.get(0)).unwrap_or(0)
    };
    let all = entries(&live, "finished_at IS NOT NULL");
    let mut random = 3u64;
    for kill in 1..=6 {
        let child = again.command(&replay).stderr(Stdio::null()).spawn().unwrap();
        kill_amid(child, &mut random, || ended() >= all * kill / 8);
    }
    again.run(&replay);
    assert_eq!(again.digest(), live.digest());
    assert_told(&again, &live);
}

#[test]
fn beside_a_daemon_a_recording_is_handed_over_whole() {
    let origin = everything();
    let live = recorded(&origin);
    let again = World::new();
    again.run(&["feed", "add", "http://127.0.0.1:9/feed", "--unchecked"]).expect(0);
    let running = Daemon::of(again.command(&[&["run"], &HOT[..], &OPEN].concat()));
    let socket = again.path("news.db-socket");
    wait_for("the daemon listens", || socket.exists());
    let folder = live.path("archive");
    let said = again.run(&["replay", folder.to_str().unwrap(), HOT[0], HOT[1]]).expect(1);
    assert!(said.err.contains("feeds answered, 0 failed"), "{}", said.err);
    running.stop();
    // The entries that wait may have been fetched by the daemon meanwhile; texts and feeds are
    // those of the recording.
    assert_eq!(again.count("SELECT count(*) FROM feeds"), 9);
    let all = "SELECT count(*) FROM feed_items";
    assert!(live.count(all) > 0 && live.count("SELECT count(*) FROM filtered") > 0);
    assert_eq!(again.count(all), live.count(all));
    let filtered = "SELECT count(*) FROM filtered";
    assert_eq!(again.count(filtered), live.count(filtered));
}

#[test]
fn an_older_recording_changes_nothing_that_is_known_from_later() {
    let origin = everything();
    let live = recorded(&origin);
    let before = told(&live);
    // Elsewhere than where it was recorded: nothing of it is known by its place.
    let moved = live.path("moved");
    std::fs::rename(live.path("archive"), &moved).unwrap();
    let digest = live.digest();
    let said = live.run(&["replay", moved.to_str().unwrap(), HOT[0], HOT[1]]).expect(1);
    assert!(said.err.contains("feeds answered, 0 failed"), "it was read: {}", said.err);
    assert_lines(&told(&live), &before);
    assert_eq!(live.digest(), digest);
    let awake = "SELECT count(*) FROM feeds WHERE state <> 'paused'";
    assert_eq!(live.count(awake), 9, "who is followed is followed on");
}
