//! The flight recorder: what a daemon saw, replayed, gives what it stored.

use std::process::Stdio;

use world::{Answer, Origin, Site};

use crate::recorded_sources::assert_told;
use crate::sources::whole;
use crate::support::{Daemon, OPEN, World, feed, kill_amid, page, ran, start, wait_for};

/// A site whose second poll brings changed and further pages, a copy, a page that is none and an
/// item without a page.
fn site(pages: u64) -> Site {
    let links =
        |from: u64, to: u64| -> Vec<String> { (from..to).map(|n| format!("/a/{n}")).collect() };
    let as_feed = |links: Vec<String>| feed(&links.iter().map(String::as_str).collect::<Vec<_>>());
    let own = "<item><title>Its own text</title><guid>own</guid><description>&lt;p&gt;It rained \
        in the north all day and the river rose above its banks in the evening.&lt;/p&gt;&lt;p&gt;\
        Nobody was hurt, but the old bridge had to be closed.&lt;/p&gt;</description></item>";
    let without = format!("<rss version='2.0'><channel><title>O</title>{own}</channel></rss>");
    let site = Site::new()
        .turns("/feed", vec![as_feed(links(0, pages / 2)), as_feed(links(0, pages))])
        .at("/own", Answer::rss(without))
        .at("/robots.txt", Answer::status(404));
    (0..pages).fold(site, |site, number| {
        let path = format!("/a/{number}");
        match number % 7 {
            3 => site.at(&path, Answer::html("<html><title>Nothing</title></html>")),
            4 => site.at(&path, page(number - 1)),
            5 => site.at(&path, Answer::redirect(302, "/a/0")),
            _ => site.at(&path, page(number)),
        }
    })
}

fn record(world: &World, origin: &Origin) -> Vec<String> {
    let feeds = format!("{}\nhttp://user:secret@{}/own", origin.url("/feed"), origin.address());
    let feeds = world.write("feeds.txt", feeds);
    let archive = world.path("archive");
    let own = ["run", "--feeds", feeds.to_str().unwrap(), "--archive", archive.to_str().unwrap()];
    let more = ["--set", "schedule.interval=1s", "--set", "store.batch=8"];
    [&own[..], &more, &OPEN].concat().iter().map(ToString::to_string).collect()
}

fn command(world: &World, arguments: &[String]) -> std::process::Command {
    world.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Ended entries, if there is a database yet.
fn ended(world: &World) -> i64 {
    let count = "SELECT count(*) FROM entries WHERE state IN ('done', 'dead')";
    if !world.db().exists() {
        return 0;
    }
    world.sqlite().query_row(count, [], |row| row.get(0)).unwrap_or(0)
}

/// Four sources about which their user decided something each: text from the feed alone, a zone
/// and a language, filters on texts and on titles.
fn decided() -> Origin {
    let item = |title: &str, link: &str, text: &str| {
        format!(
            "<item><title>{title}</title><link>{link}</link><guid>{link}</guid><pubDate>2 May \
             2024 23:30:00</pubDate><description>{text}</description></item>"
        )
    };
    let rss = |items: &[String]| {
        let items = items.concat();
        Answer::rss(format!("<rss version='2.0'><channel><title>R</title>{items}</channel></rss>"))
    };
    start(
        Site::new()
            .at("/whole", whole(&[("/w/1".to_owned(), 1), ("/w/2".to_owned(), 2)]))
            .at("/zone", rss(&[item("Rain in the night", "/p/5", "It rained.")]))
            .at("/some", rss(&["/p/3", "/p/4"].map(|link| item("T", link, "A teaser."))))
            .at("/titles", rss(&[item("Live: sport", "/p/6", ""), item("News", "/p/7", "")]))
            .on("/p/*", |ask| page(ask.hit.target.rsplit('/').next().unwrap().parse().unwrap())),
    )
}

#[test]
fn what_was_decided_about_sources_is_recorded_and_nothing_that_opens_them() {
    let origin = decided();
    let world = World::new();
    let third = crate::support::article(3);
    let words = third.lines().nth(3).unwrap().split('.').next().unwrap().to_lowercase();
    let text = format!("text:{words}");
    let sources: [(&str, &[&str]); 4] = [
        ("/whole", &["--full-text", "feed", "--credential", "basic:me:env:HIDDEN"]),
        ("/zone", &["--zone", "Asia/Tokyo", "--lang", "xx", "--tag", "weather"]),
        ("/some", &["--drop", &text]),
        ("/titles", &["--drop", "title:/^live/"]),
    ];
    for (path, options) in sources {
        let url = origin.url(path);
        let add = ["feed", "add", &url, "--unchecked"];
        let command = &mut world.command(&[&add[..], options].concat());
        ran(command.env("HIDDEN", "hunter2").output().unwrap()).expect(0);
    }
    let archive = world.path("archive");
    let once = ["run", "--once", "--archive", archive.to_str().unwrap()];
    let command = &mut world.command(&[&once[..], &OPEN].concat());
    let ran = ran(command.env("HIDDEN", "hunter2").output().unwrap()).expect(0);
    assert!(ran.err.contains("5 stored") && ran.err.contains("filtered: 2"), "{}", ran.err);

    let again = World::new();
    let folder = archive.to_str().unwrap();
    let replayed = again.run(&["replay", folder, "--jobs", "3"]).expect(0);
    assert!(replayed.err.contains("filtered: 2"), "{}", replayed.err);
    assert_eq!(again.digest(), world.digest());
    // Not only what the digest covers: every field, its evidence and the times.
    let all = ["export", "--duplicates", "--revisions"];
    let exported = world.run(&all).expect(0).out;
    assert_eq!(again.run(&all).expect(0).out, exported);
    assert!(exported.contains("2024-05-02T23:30:00+09:00"), "{exported}");
    let text = unpacked(&archive);
    assert!(text.contains("asia/tokyo") && text.contains("weather"));
    assert!(!text.contains("hunter2") && !text.contains("hidden") && !text.contains("basic:"));
}

#[test]
fn old_recordings_go() {
    let origin = start(Site::new().at("/feed", feed(&[])));
    let world = World::new();
    let [old, young] = ["newsluice-000000-20200101.warc.gz", "newsluice-000001-20990101.warc.gz"]
        .map(|name| world.write(&format!("archive/{name}"), "a recording"));
    let feeds = world.write("feeds.txt", origin.url("/feed"));
    let archive = world.path("archive");
    let own = ["run", "--feeds", feeds.to_str().unwrap(), "--archive", archive.to_str().unwrap()];
    let forever = [&own[..], &["--set", "retention.raw=forever"], &OPEN].concat();
    let running = Daemon::of(world.command(&forever));
    let day = "SELECT count(*) FROM sizes";
    let kept =
        || world.db().exists() && world.sqlite().query_row(day, [], |row| row.get(0)) == Ok(1);
    wait_for("upkeep is done", kept);
    running.stop();
    assert!(old.exists(), "forever");
    let running = Daemon::of(world.command(&[&own[..], &OPEN].concat()));
    wait_for("upkeep takes it away", || !old.exists());
    running.stop();
    assert!(young.exists());
}

/// All that a folder of recordings holds, in lower case.
fn unpacked(folder: &std::path::Path) -> String {
    let mut text = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let mut reader = flate2::read::MultiGzDecoder::new(bytes.as_slice());
        std::io::Read::read_to_end(&mut reader, &mut text).unwrap();
    }
    String::from_utf8_lossy(&text).to_ascii_lowercase()
}

fn replayed(archive: &World) -> World {
    let world = World::new();
    let folder = archive.path("archive");
    world.run(&["replay", folder.to_str().unwrap(), "--jobs", "3"]).expect(1);
    world
}

#[test]
fn a_recording_replayed_gives_the_same_digest_and_holds_no_secret() {
    let origin = start(site(21));
    let world = World::new();
    let running = Daemon::of(command(&world, &record(&world, &origin)));
    wait_for("everything is fetched", || ended(&world) == 22);
    running.stop();
    let again = replayed(&world);
    assert_eq!(again.digest(), world.digest());
    assert_told(&again, &world);
    let url_of = "SELECT count(*) FROM records WHERE feed IS NOT NULL";
    assert_eq!(again.count(url_of), world.count(url_of));
    let failed = |world: &World| world.run(&["status", "--json"]).out;
    assert!(failed(&world).contains("\"failed\":3"), "{}", failed(&world));
    let text = unpacked(&world.path("archive"));
    assert!(text.contains("/own") && !text.contains("secret"));
    assert!(!text.contains("authorization") && !text.contains("cookie"));
}

#[test]
fn killed_again_and_again_it_is_still_the_same() {
    let kills = std::env::var("NEWSLUICE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    // More pages between two kills than a batch holds.
    let pages = 21 * kills;
    let all = i64::try_from(pages).unwrap() + 1;
    let far = |kill: u64| all * i64::try_from(kill).unwrap() / i64::try_from(kills + 2).unwrap();
    let origin = start(site(pages));
    let world = World::new();
    let arguments = record(&world, &origin);
    let mut random = 5u64;
    for kill in 1..=kills {
        let child = command(&world, &arguments).stderr(Stdio::null()).spawn().unwrap();
        kill_amid(child, &mut random, || ended(&world) >= far(kill));
    }
    let running = Daemon::of(command(&world, &arguments));
    wait_for("everything is fetched", || ended(&world) == all);
    running.stop();

    let again = World::new();
    let folder = world.path("archive");
    let folder = folder.to_str().unwrap();
    let replay = ["replay", folder, "--set", "store.batch=8", "--set", "pipeline.queue=4"];
    for kill in 1..=kills {
        let child = again.command(&replay).stderr(Stdio::null()).spawn().unwrap();
        kill_amid(child, &mut random, || ended(&again) >= far(kill));
    }
    again.run(&replay);
    assert_eq!(again.digest(), world.digest());
    assert_told(&again, &world);
}
