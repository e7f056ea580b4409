//! Young pages asked for again: only what changed is sent, cleaned and judged again.

use world::{Answer, Origin, Site};

use crate::support::World;
use crate::support::{OPEN, feed, page, start};

/// Odd on purpose: what is sent back must be the same bytes.
const TAG: &str = "W/\"a 'b' \u{7e}1\"";
const DATE: &str = "Sat, 2 May 2026 9:00:00 +0000";

/// One page: as it was at the second request, changed and without validators at the third.
fn origin() -> Origin {
    let site = Site::new().at("/robots.txt", Answer::status(404));
    let site = site.tagged("/feed", "\"1\"", feed(&["/a"]));
    start(site.on("/a", |ask| match ask.nth {
        0 => page(1).header("ETag", TAG).header("Last-Modified", DATE),
        1 => Answer::status(304),
        _ => page(2),
    }))
}

/// Moves the clock of the frontier: nobody waits for an hour here.
fn all_due_at(world: &World, millis: i64) {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
    let db = rusqlite::Connection::open_with_flags(world.db(), flags).unwrap();
    db.execute("UPDATE entries SET due_at = ?1", [millis]).unwrap();
}

/// Runs once, with everything due.
fn again(world: &World, feeds: &str, refetch: &str) -> String {
    if world.db().exists() {
        all_due_at(world, 0);
    }
    let own = ["run", "--once", "--feeds", feeds, "--set", "schedule.interval=1ms", "--set"];
    world.run(&[&own[..], &[refetch], &OPEN].concat()).expect(0).err
}

#[test]
fn a_page_is_asked_for_again_with_what_it_sent_and_304_is_the_end_of_it() {
    let (origin, world) = (origin(), World::new());
    let feeds = world.write("feeds.txt", origin.url("/feed"));
    let run = || again(&world, feeds.to_str().unwrap(), "schedule.refetch=48h");
    let asked = |nth: usize| {
        let hit = &origin.hits_at("/a")[nth];
        let header = |name| hit.header(name).map(ToOwned::to_owned);
        (header("if-none-match"), header("if-modified-since"))
    };
    run();
    assert_eq!(asked(0), (None, None));
    let digest = world.digest();

    let said = run();
    assert_eq!(asked(1), (Some(TAG.to_owned()), Some(DATE.to_owned())));
    assert!(said.contains("0 revisions, 1 unchanged, 0 failed"), "{said}");
    assert_eq!(world.digest(), digest);
    let ended = "SELECT count(*) FROM entries WHERE state = 'waiting' AND due_at > 0
        AND reason IS NULL AND attempts = 0";
    assert_eq!(world.count(ended), 1, "the claim has ended, and the next is planned");
    assert_eq!(world.count("SELECT count(*) FROM records WHERE seen_until > fetched_at"), 1);
    assert_eq!(world.count("SELECT sum(unchanged) FROM feed_days"), 1);

    let said = run();
    assert_eq!(asked(2), asked(1), "304 without validators leaves them as they are");
    assert!(said.contains("1 revisions"), "{said}");

    let said = run();
    assert_eq!(asked(3), (None, None), "what is no longer sent is forgotten");
    assert!(said.contains("1 unchanged"), "{said}");
    assert_eq!(origin.hits_at("/a").len(), 4);
}

#[test]
fn a_page_whose_item_changed_is_asked_for_in_full() {
    let item = |title: &str| {
        Answer::rss(format!(
            "<rss version='2.0'><channel><title>R</title><item><title>{title}</title>\
             <link>/a</link><guid>1</guid></item></channel></rss>"
        ))
    };
    let site = Site::new().at("/robots.txt", Answer::status(404));
    let site = site.turns("/feed", vec![item("One"), item("Another")]);
    let origin = start(site.tagged("/a", "\"same for ever\"", page(1)));
    let world = World::new();
    let feeds = world.write("feeds.txt", origin.url("/feed"));
    again(&world, feeds.to_str().unwrap(), "schedule.refetch=48h");
    let kept = "SELECT count(*) FROM entries WHERE etag IS NOT NULL";
    assert_eq!(world.count(kept), 1);
    all_due_at(&world, 99_999_999_999_999);
    let own = ["run", "--once", "--feeds", feeds.to_str().unwrap()];
    let set = ["--set", "schedule.interval=1ms", "--set", "schedule.refetch=48h"];
    world.run(&[&own[..], &set, &OPEN].concat()).expect(0);
    let hits = origin.hits_at("/a");
    assert_eq!((hits.len(), hits[1].header("if-none-match")), (2, None));
}

#[test]
fn nothing_is_kept_of_a_page_that_is_not_fetched_again() {
    let (origin, world) = (origin(), World::new());
    let feeds = world.write("feeds.txt", origin.url("/feed"));
    again(&world, feeds.to_str().unwrap(), "schedule.refetch=0");
    assert_eq!(world.count("SELECT count(*) FROM entries WHERE state = 'done'"), 1);
    assert_eq!(world.count("SELECT count(coalesce(etag, last_modified)) FROM entries"), 0);
}
