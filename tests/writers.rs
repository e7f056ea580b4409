//! All who write beside a daemon at once, while it is killed again and again: `feed add`,
//! `retry`, `replay` and `backfill` end as if they had been run one after the other, with the digest
//! of what was committed judged anew in that order.
//!
//! Small by default; `NEWSLUICE_POINTS=50` kills so often.

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use world::{Answer, Origin, Site};

use crate::support::{Daemon, OPEN, feed, page, start, wait_for};
use crate::support::{World, acknowledged, article, ran};

const FEEDS: u64 = 5;
const ARTICLES: u64 = 6;
const LISTED: u64 = 20;
const LISTED_FROM: u64 = 9_001;
const FILES: u64 = 120;
/// Two in ten files.
const COPIES: usize = 24;

/// Feeds whose every third page is refused at first, and pages that only a list knows.
fn origin() -> Origin {
    let mut site = Site::new().at("/robots.txt", Answer::status(404));
    for n in 0..FEEDS {
        let links: Vec<String> = (0..ARTICLES).map(|k| format!("/a/{}", n * 100 + k)).collect();
        let links: Vec<&str> = links.iter().map(String::as_str).collect();
        site = site.tagged(&format!("/feed{n}"), "\"1\"", feed(&links));
    }
    start(site.on("/a/*", |ask| {
        let number: u64 = ask.hit.target[3..].parse().unwrap();
        match ask.nth {
            0 if number.is_multiple_of(3) => Answer::status(410),
            _ => page(1_000 + number),
        }
    }))
}

/// The arguments of the writers: each is run again and again.
struct Writers {
    feeds: Vec<Vec<String>>,
    retry: Vec<String>,
    replay: Vec<String>,
    backfill: Vec<String>,
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().chain(&OPEN).map(ToString::to_string).collect()
}

impl Writers {
    fn of(world: &World, origin: &Origin) -> Self {
        for number in 0..FILES {
            // Copies that two processes that judge at once would not find: of the text before,
            // and of a page that another writer brings.
            let original = match number % 10 {
                9 => number - 1,
                5 => 1_000 + LISTED_FROM + 3 * (number / 10),
                _ => number,
            };
            let url = |number| format!("https://example.org/{number}\n");
            let text = article(original).replace(&url(original), &url(number));
            world.write(&format!("in/{number:05}.txt"), text);
        }
        let listed = (0..LISTED).map(|n| origin.url(&format!("/a/{}", LISTED_FROM + 3 * n)));
        let list = world.write("urls.txt", listed.collect::<Vec<_>>().join("\n"));
        let (folder, ack) = (world.path("in"), world.path("acks"));
        let feed = |n| origin.url(&format!("/feed{n}"));
        Self {
            feeds: (0..FEEDS).map(|n| owned(&["feed", "add", &feed(n), "--unchecked"])).collect(),
            retry: owned(&["retry", "--all"]),
            replay: owned(&["replay", folder.to_str().unwrap(), "--ack", ack.to_str().unwrap()]),
            backfill: owned(&["backfill", list.to_str().unwrap()]),
        }
    }

    /// All at once, with the feed of this round.
    fn start(&self, world: &World, round: usize) -> Vec<Child> {
        let feed = &self.feeds[round % self.feeds.len()];
        let all = [feed, &self.retry, &self.replay, &self.backfill];
        all.into_iter().map(|arguments| piped(command(world, arguments))).collect()
    }
}

fn command(world: &World, arguments: &[String]) -> Command {
    world.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

fn piped(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn daemon(world: &World) -> Command {
    let mut command = world.command(&["run"]);
    command.args(OPEN).args(["--set", "schedule.interval=1s", "--set", "fetch.per_host=8"]);
    command.args(["--set", "fetch.host_delay=2ms", "--set", "store.batch_wait=20ms"]);
    command
}

/// What a database says of its articles: each URL with its revisions and what it is a copy of.
fn articles(world: &World) -> BTreeMap<String, (u64, String)> {
    let lines = world.run(&["export", "--revisions", "--duplicates"]).expect(0).out;
    let mut found: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for line in lines.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let article = found.entry(line["url"].as_str().unwrap().to_owned()).or_default();
        article.0 += 1;
        line["duplicate_of"].as_str().unwrap_or_default().clone_into(&mut article.1);
    }
    found
}

fn failures(world: &World) -> i64 {
    world.count("SELECT count(*) FROM entries WHERE state <> 'done'")
}

fn retried(world: &World, writers: &Writers) {
    let code = ran(command(world, &writers.retry).output().unwrap()).code;
    assert!([0, 1].contains(&code), "{code}");
}

/// The writers one after the other, each to its end, and nobody beside them.
fn in_turn(world: &World, origin: &Origin) {
    let writers = Writers::of(world, origin);
    let run = |arguments: &[String]| ran(command(world, arguments).output().unwrap());
    for feed in &writers.feeds {
        run(feed).expect(0);
    }
    let once = owned(&["run", "--once", "--set", "schedule.interval=1ms"]);
    run(&once);
    run(&writers.replay).expect(0);
    run(&writers.backfill);
    retried(world, &writers);
    run(&once);
    assert_eq!(failures(world), 0);
}

/// What was committed, judged again in the order of the commits by one writer with nobody beside
/// it: links, stories and texts must come out the same.
fn one_by_one(world: &World) -> World {
    let all = ["export", "--format", "jsonl", "--duplicates", "-o", "-"];
    let lines = world.run(&all).expect(0).out;
    let alone = World::new();
    let input = alone.write("committed.jsonl", lines);
    alone.run(&["replay", input.to_str().unwrap()]).expect(0);
    alone
}

#[test]
fn writers_beside_a_daemon_that_is_killed_end_as_if_one_after_the_other() {
    let points = std::env::var("NEWSLUICE_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(5);
    let origin = origin();
    let world = World::new();
    let writers = Writers::of(&world, &origin);
    ran(command(&world, &writers.feeds[0]).output().unwrap()).expect(0);
    let ack = world.path("acks");
    let mut random = 23u64;
    let mut next = |below: u64| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (random >> 33) % below
    };
    let mut codes: BTreeMap<i32, usize> = BTreeMap::new();
    for round in 0..points {
        let mut running = piped(daemon(&world));
        if round % 3 > 0 {
            let socket = world.path("news.db-socket");
            wait_for("the daemon", || std::os::unix::net::UnixStream::connect(&socket).is_ok());
        }
        let mut beside = writers.start(&world, round);
        // Not a sleep to wait for something: the moment of the kill is the point.
        std::thread::sleep(Duration::from_millis(next(400)));
        running.kill().unwrap();
        running.wait().unwrap();
        if round % 4 == 3 {
            let victim = usize::try_from(next(4)).unwrap();
            beside[victim].kill().unwrap();
        }
        for child in beside {
            let ended = ran(child.wait_with_output().unwrap());
            assert!(!ended.err.contains("panicked"), "{}", ended.err);
            // Killed, done, some refused, none to retry, or to be tried again.
            assert!([-1, 0, 1, 75].contains(&ended.code), "{}: {}", ended.code, ended.err);
            *codes.entry(ended.code).or_default() += 1;
        }
        let integrity = "PRAGMA integrity_check";
        let said: String = world.sqlite().query_row(integrity, [], |row| row.get(0)).unwrap();
        assert_eq!(said, "ok");
        let lost: BTreeSet<_> = acknowledged(&ack).difference(&world.urls()).cloned().collect();
        assert!(lost.is_empty(), "acknowledged and not there: {lost:?}");
    }
    println!("{points} kills; the writers ended so often with these codes: {codes:?}");

    let running = Daemon::of(daemon(&world));
    let socket = world.path("news.db-socket");
    wait_for("the daemon", || std::os::unix::net::UnixStream::connect(&socket).is_ok());
    for feed in &writers.feeds {
        ran(command(&world, feed).output().unwrap()).expect(0);
    }
    ran(command(&world, &writers.replay).output().unwrap()).expect(0);
    ran(command(&world, &writers.backfill).output().unwrap()).expect(0);
    let pages = i64::try_from(FEEDS * ARTICLES + LISTED).unwrap();
    wait_for("all pages are stored", || {
        retried(&world, &writers);
        let done = "SELECT count(*) FROM entries WHERE state = 'done'";
        world.count(done) == pages
    });
    running.stop();
    assert_eq!(one_by_one(&world).digest(), world.digest());

    let alone = World::new();
    // The same pages, refused at first as they were for the others.
    let fresh = self::origin();
    in_turn(&alone, &fresh);
    let host = |origin: &Origin| origin.url("");
    let renamed: BTreeMap<String, (u64, String)> = articles(&alone)
        .into_iter()
        .map(|(url, rest)| (url.replace(&host(&fresh), &host(&origin)), rest))
        .collect();
    let found = articles(&world);
    assert_eq!(found.keys().collect::<Vec<_>>(), renamed.keys().collect::<Vec<_>>());
    // Which of two is the copy follows from the order; that one of them is does not.
    let copies = |all: &BTreeMap<String, (u64, String)>| {
        all.values().filter(|(_, copy)| !copy.is_empty()).count()
    };
    assert_eq!((copies(&found), copies(&renamed)), (COPIES, COPIES));
    assert!(found.values().all(|(revisions, _)| *revisions == 1));
    assert_eq!(world.count("SELECT count(*) FROM feeds"), i64::try_from(FEEDS).unwrap());
    let open = "SELECT (SELECT count(*) FROM entries WHERE state = 'claimed')
        + (SELECT count(*) FROM feeds WHERE state = 'claimed')
        + (SELECT count(*) FROM runs WHERE ended_at IS NULL)";
    assert_eq!(world.count(open), 0);
}
