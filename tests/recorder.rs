//! The flight recorder: what a daemon saw, replayed, gives what it stored.

use std::process::Stdio;
use std::time::Duration;

use world::{Answer, Origin, Site};

use crate::conduct::{Daemon, OPEN, feed, page, start, wait_for};
use crate::support::World;

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
    let url_of = "SELECT count(*) FROM records WHERE feed IS NOT NULL";
    assert_eq!(again.count(url_of), world.count(url_of));
    let failed = |world: &World| world.run(&["status", "--json"]).out;
    assert!(failed(&world).contains("\"failed\":3"), "{}", failed(&world));
    for file in std::fs::read_dir(world.path("archive")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let mut text = Vec::new();
        let mut reader = flate2::read::MultiGzDecoder::new(bytes.as_slice());
        std::io::Read::read_to_end(&mut reader, &mut text).unwrap();
        let text = String::from_utf8_lossy(&text).to_ascii_lowercase();
        assert!(text.contains("/own") && !text.contains("secret"));
        assert!(!text.contains("authorization") && !text.contains("cookie"));
    }
}

#[test]
fn killed_again_and_again_it_is_still_the_same() {
    let kills = std::env::var("NEWSLUICE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    let pages = 70;
    let origin = start(site(pages));
    let world = World::new();
    let arguments = record(&world, &origin);
    let mut random = 5u64;
    for _ in 0..kills {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let mut child = command(&world, &arguments).stderr(Stdio::null()).spawn().unwrap();
        // Not a sleep to wait for something: the moment of the kill is the point.
        std::thread::sleep(Duration::from_millis(150 + (random >> 33) % 600));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let running = Daemon::of(command(&world, &arguments));
    let all = i64::try_from(pages).unwrap() + 1;
    wait_for("everything is fetched", || ended(&world) == all);
    running.stop();

    let again = World::new();
    let folder = world.path("archive");
    let replay = ["replay", folder.to_str().unwrap(), "--set", "store.batch=8"];
    for _ in 0..kills {
        let mut child = again.command(&replay).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(60 + (random >> 40) % 100));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    again.run(&replay);
    assert_eq!(again.digest(), world.digest());
}
