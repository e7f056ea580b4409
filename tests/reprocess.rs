//! What was recorded, cleaned anew: ids stay, changed texts are revisions of ours.

use std::process::Command;

use world::{Answer, Origin, Site};

use crate::support::{Daemon, OPEN, page, start, wait_for};
use crate::support::{Ran, World, kill_amid, ran};

/// What the older version leaves in every text.
const FURNITURE: &str = "Share this article with your friends and neighbours.";

/// A site whose links track in a way that no list knows; page 2 is changed by its publisher
/// later, page 4 copies page 1, and page 5 shows the day without its zone.
fn site(pages: u64) -> Site {
    let items: String = (0..pages)
        .map(|n| {
            format!(
                "<item><title>T</title><link>/a/{n}?cmp=rss</link><guid>{n}</guid>\
                 <pubDate>2 May 2024 23:30:00</pubDate></item>"
            )
        })
        .collect();
    let rss = format!("<rss version='2.0'><channel><title>R</title>{items}</channel></rss>");
    let changed = rss.replace("<title>T</title><link>/a/2", "<title>Corrected</title><link>/a/2");
    let site = Site::new()
        .turns("/feed", vec![Answer::rss(rss), Answer::rss(changed)])
        .at("/robots.txt", Answer::status(404))
        .turns("/a/2", vec![page(2), page(99)]);
    (0..pages)
        .filter(|n| *n != 2)
        .fold(site, |site, n| site.at(&format!("/a/{n}"), page(if n == 4 { 1 } else { n })))
}

fn older(mut command: Command) -> Command {
    command.env("TEST_CLEANER", "0.0.1").env("TEST_LEAVES", FURNITURE);
    command
}

/// Records the site as the older version, up to the publisher's change.
fn recorded(pages: u64) -> (World, Origin) {
    let origin = start(site(pages));
    let world = World::new();
    let feeds = world.write("feeds.txt", origin.url("/feed"));
    let archive = world.path("archive");
    let own = ["run", "--feeds", feeds.to_str().unwrap(), "--archive", archive.to_str().unwrap()];
    let more = ["--set", "schedule.interval=1s"];
    let running = Daemon::of(older(world.command(&[&own[..], &more, &OPEN].concat())));
    let expected = i64::try_from(pages).unwrap() + 1;
    wait_for("all is stored", || world.db().exists() && texts(&world) == expected);
    running.stop();
    (world, origin)
}

fn texts(world: &World) -> i64 {
    let count = "SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM revisions)";
    world.sqlite().query_row(count, [], |row| row.get(0)).unwrap_or(0)
}

fn ids(world: &World) -> Vec<String> {
    let connection = world.sqlite();
    let mut statement =
        connection.prepare("SELECT id || coalesce(story, '') FROM records ORDER BY seq").unwrap();
    let ids = statement.query_map([], |row| row.get(0)).unwrap();
    ids.map(Result::unwrap).collect()
}

/// The same world again: recordings stay where they are.
fn copied(world: &World) -> World {
    let copy = World::new();
    world.run(&["maintain", "backup", copy.db().to_str().unwrap()]).expect(0);
    copy
}

const TRACKING: [&str; 2] = ["--set", "clean.tracking=cmp"];

fn reprocess(world: &World, archive: &str, more: &[&str]) -> Ran {
    world.run(&[&["reprocess", archive], more].concat())
}

#[test]
fn a_newer_cleaner_and_a_newer_list_change_texts_and_no_ids() {
    let (world, origin) = recorded(7);
    let (before, archive) = (ids(&world), world.path("archive"));
    let archive = archive.to_str().unwrap();
    let cleaners = "SELECT count(*) FROM all_texts WHERE cleaner = '0.0.1' AND is_ours = 0";
    assert_eq!((world.count(cleaners), before.len()), (8, 7));
    let as_it_was = older(world.command(&["reprocess", archive])).output().unwrap();
    assert!(ran(as_it_was).expect(0).err.contains("0 revisions, 8 unchanged"), "the same version");

    let digest = world.digest();
    let dry = reprocess(&world, archive, &["--dry-run"]).expect(0);
    assert!(dry.err.starts_with("8 texts would change, 0 stay as they are"), "{}", dry.err);
    assert_eq!(dry.out.matches(&format!("\n  - {FURNITURE}")).count(), 3, "{}", dry.out);
    assert_eq!(world.digest(), digest, "nothing was stored");

    let said = reprocess(&world, archive, &TRACKING).expect(0);
    assert!(said.err.contains("8 seen: 0 stored (0 of them duplicates), 8 revisions"), "{said:?}");
    assert_eq!(ids(&world), before);
    let newest = format!(
        "SELECT count(*) FROM records WHERE is_ours AND url NOT LIKE '%cmp%'
        AND cleaner = '{}' AND body NOT LIKE '%{FURNITURE}%'",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(world.count(&newest), 7);
    let copies = "SELECT count(*) FROM records WHERE duplicate_of IS NOT NULL";
    assert_eq!(world.count(copies), 1, "page 4 still copies page 1");
    // The publisher's change stands between two of ours.
    let revised = "SELECT group_concat(is_ours, '') FROM (SELECT is_ours FROM all_texts
        WHERE id = (SELECT id FROM records WHERE revision = 4) ORDER BY revision)";
    let whose: String = world.sqlite().query_row(revised, [], |row| row.get(0)).unwrap();
    assert_eq!(whose, "0101");
    world.run(&["check"]).expect(0);

    // Both lists know it by now, and a second time changes nothing.
    let digest = world.digest();
    for list in [&TRACKING[..], &[]] {
        let url = origin.url("/a/3?cmp=rss");
        let shown = world.run(&[&["show", &url], list].concat()).expect(0).out;
        assert!(shown.contains("2, by newsluice: cleaned anew"), "{shown}");
    }
    let again = reprocess(&world, archive, &TRACKING).expect(0);
    assert!(again.err.contains("0 revisions, 8 unchanged"), "{}", again.err);
    assert_eq!(world.digest(), digest);
    whose_revision_it_is(&world, &origin.url("/a/3"));
}

/// Everything that shows a revision says that it is ours.
fn whose_revision_it_is(world: &World, url: &str) {
    let history = world.run(&["history", url]).expect(0).out;
    assert!(history.contains("ours: the same capture, cleaned by newsluice"), "{history}");
    assert!(history.contains(&format!("- {FURNITURE}")), "{history}");
    let explained = world.run(&["explain", url]).expect(0).out;
    assert!(explained.contains("by newsluice") && explained.contains("changed"), "{explained}");
    let json = world.run(&["export", "--revisions", "--duplicates"]).expect(0).out;
    assert_eq!(json.matches("\"revised_by\":\"newsluice\"").count(), 8, "{json}");
    let csv = world.run(&["export", "--format", "csv", "--duplicates"]).expect(0).out;
    assert_eq!(csv.matches(",newsluice,").count(), 7, "{csv}");
}

#[test]
fn conditions_choose_and_settings_of_today_count() {
    let (world, origin) = recorded(7);
    let (before, archive) = (ids(&world), world.path("archive"));
    // The recordings were moved since.
    let moved = world.path("moved");
    std::fs::rename(archive, &moved).unwrap();
    let archive = moved.to_str().unwrap();
    let changed = |more: &[&str], code: i32| {
        let dry = reprocess(&world, archive, &[&["--dry-run"], more].concat()).expect(code);
        dry.err.split(' ').next().unwrap().to_owned()
    };
    let id = &before[0][..16];
    assert_eq!(changed(&["--where", &format!("id={id}")], 0), "1");
    assert_eq!(changed(&["--where", "url=/a/2"], 0), "2");
    assert_eq!(changed(&["--where", "host=elsewhere.example"], 0), "0");
    assert_eq!(changed(&["--where", "until=2020-01-01"], 0), "0");
    assert_eq!(changed(&["--where", "since=1h", "--where", "cleaner=0.0.1"], 0), "8");
    assert_eq!(changed(&["--where", "cleaner=unknown"], 0), "0");
    assert_eq!(changed(&["--where", &format!("feed={}", origin.url("/feed"))], 0), "8");
    let nothing = reprocess(&world, archive, &["--where", "site=x"]).expect(2);
    assert!(nothing.err.contains("the key is one of host, url, id"), "{}", nothing.err);
    world.run(&["reprocess"]).expect(2);

    reprocess(&world, archive, &[]).expect(0);
    world.run(&["feed", "set", "1", "--zone", "Asia/Tokyo"]).expect(0);
    assert_eq!(changed(&[], 0), "8", "the zone is another");
    reprocess(&world, archive, &["--where", "url=/a/3"]).expect(0);
    let json = world.run(&["show", "--json", &origin.url("/a/3?cmp=rss")]).expect(0).out;
    assert!(
        json.contains("2024-05-02T23:30:00+09:00") && json.contains("\"revision\":3"),
        "{json}"
    );
    assert_eq!(ids(&world), before);
}

#[test]
fn killed_and_beside_a_daemon_it_comes_to_the_same() {
    let (world, _origin) = recorded(40);
    let archive = world.path("archive");
    let archive = archive.to_str().unwrap();
    let (killed, handed) = (copied(&world), copied(&world));
    reprocess(&world, archive, &["--jobs", "1"]).expect(0);
    let digest = world.digest();

    let slow = ["reprocess", archive, "--set", "store.batch=2", "--set", "pipeline.queue=1"];
    let ours = "SELECT count(*) FROM all_texts WHERE is_ours";
    let all = world.count(ours);
    let mut random = 9u64;
    for kill in 1..=5 {
        let child = killed.command(&slow).stderr(std::process::Stdio::null()).spawn().unwrap();
        kill_amid(child, &mut random, || killed.count(ours) >= all * kill / 7);
    }
    assert!(killed.count(ours) < all, "the last kill left something to do");
    killed.run(&slow).expect(0);
    assert_eq!(killed.digest(), digest);

    handed.run(&["feed", "rm", "1"]).expect(0);
    handed.run(&["feed", "add", "http://127.0.0.1:9/feed", "--unchecked"]).expect(0);
    let running = Daemon::of(handed.command(&[&["run"], &OPEN[..]].concat()));
    let socket = handed.path("news.db-socket");
    wait_for("the daemon listens", || socket.exists());
    let other = older(handed.command(&["reprocess", archive])).output().unwrap();
    let other = ran(other).expect(65);
    assert!(other.err.contains("the daemon cleans as"), "{}", other.err);
    let said = reprocess(&handed, archive, &[]).expect(0);
    assert!(said.err.contains("41 revisions"), "{}", said.err);
    let twice = reprocess(&handed, archive, &[]).expect(0);
    assert!(twice.err.contains("0 revisions, 41 unchanged"), "{}", twice.err);
    running.stop();
    assert_eq!(handed.digest(), digest);
}

#[test]
fn where_there_is_nothing_to_go_over_it_says_so_and_makes_nothing() {
    let world = World::new();
    let folder = world.path("archive");
    std::fs::create_dir(&folder).unwrap();
    let verb = ["reprocess", folder.to_str().unwrap()];
    let Ran { err, .. } = world.run(&verb).expect(74);
    assert!(err.contains("not there"), "{err}");
    assert!(!world.db().exists());

    let article = world.write("a.txt", crate::support::article(1));
    world.run(&["replay", article.to_str().unwrap()]).expect(0);
    let Ran { err, .. } = world.run(&verb).expect(0);
    assert!(err.contains("nothing left to clean anew"), "{err}");
}
