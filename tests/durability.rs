//! The daemon under everything that can happen to its process, its database and its clock.
//!
//! Small by default; `NEWSLUICE_KILLS=100` kills so often, over thirty feeds of twelve articles,
//! and `NEWSLUICE_STOPS=50` stops so often.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use world::{Origin, Site};

use crate::faults::{has_strace, under_strace};
use crate::support::{
    Daemon, OPEN, World, acknowledged, article, feed, least_gap, list, page, ran, repository,
    start, wait_for,
};

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|n| n.parse().ok()).unwrap_or(otherwise)
}

/// Feeds of twelve articles each that answer 304 for ever to who has their tag: an article that
/// is lost then is lost for good.
fn origin(feeds: usize) -> Origin {
    let mut site = Site::new();
    for n in 0..feeds {
        let links: Vec<String> = (0..12).map(|k| format!("/a/{}", n * 12 + k)).collect();
        let links: Vec<&str> = links.iter().map(String::as_str).collect();
        site = site.tagged(&format!("/feed{n}"), "\"1\"", feed(&links));
    }
    start(site.on("/a/*", |ask| page(ask.hit.target[3..].parse().unwrap())))
}

fn daemon(world: &World, origin: &Origin, feeds: usize, ack: &Path) -> Command {
    let urls: Vec<_> = (0..feeds).map(|n| origin.url(&format!("/feed{n}"))).collect();
    let list = list(world, &urls);
    let mut command = world.command(&["run", "--feeds", &list, "--ack", ack.to_str().unwrap()]);
    command.args(["--set", "schedule.interval=1s", "--set", "fetch.per_host=8"]);
    command.args(["--set", "store.batch_wait=20ms"]).args(OPEN);
    command.args(["--set", "fetch.host_delay=2ms"]);
    command
}

fn quiet(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn next(random: &mut u64, below: u64) -> u64 {
    *random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    (*random >> 33) % below
}

fn integrity(world: &World) -> String {
    world.sqlite().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap()
}

#[test]
fn killed_at_random_moments_the_daemon_loses_nothing_and_stores_nothing_twice() {
    let kills = number("NEWSLUICE_KILLS", 8);
    let feeds = if kills >= 50 { 30 } else { 5 };
    let origin = origin(feeds);
    let world = World::new();
    let ack = world.path("acks");
    let mut random = 5;
    for _ in 0..kills {
        let mut child = quiet(daemon(&world, &origin, feeds, &ack));
        // Not a sleep to wait for something: the moment of the kill is the point.
        std::thread::sleep(Duration::from_millis(20 + next(&mut random, 180)));
        assert_eq!(child.try_wait().unwrap(), None, "it does not end by itself");
        child.kill().unwrap();
        child.wait().unwrap();
        if world.db().exists() {
            assert_eq!(integrity(&world), "ok");
            let lost: BTreeSet<_> = acknowledged(&ack).difference(&world.urls()).cloned().collect();
            assert!(lost.is_empty(), "acknowledged and not there: {lost:?}");
        }
    }
    let before = origin.hits().len();
    let running = Daemon::of(daemon(&world, &origin, feeds, &ack));
    wait_for("it is at work", || origin.hits().len() > before);
    wait_for("all are stored", || world.urls().len() == feeds * 12);
    running.stop();
    assert_eq!(world.count("SELECT count(*) FROM records"), i64::try_from(feeds * 12).unwrap());
    assert_eq!(world.count("SELECT count(*) FROM revisions"), 0);
    let fetched = origin.hits().iter().filter(|hit| hit.target.starts_with("/a/")).count();
    // What is in hand at a kill is fetched again: at most what may be under way at once.
    let most = feeds * 12 * 13 / 10 + 4 * kills;
    println!("{kills} kills: {} articles, {fetched} pages fetched", feeds * 12);
    assert!(fetched <= most, "{fetched} > {most}");
}

#[test]
fn stopped_at_random_moments_it_ends_well_and_repeats_nothing() {
    let stops = number("NEWSLUICE_STOPS", 4);
    let feeds = 4;
    let origin = origin(feeds);
    let world = World::new();
    let ack = world.path("acks");
    let mut random = 3;
    for _ in 0..stops {
        let running = Daemon::of(daemon(&world, &origin, feeds, &ack));
        wait_for("it listens to signals", || world.path("news.db-socket").exists());
        std::thread::sleep(Duration::from_millis(next(&mut random, 120)));
        let asked = Instant::now();
        running.stop();
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
        assert!(!world.path("news.db-wal").exists(), "the log is written back");
        let open = "SELECT (SELECT count(*) FROM entries WHERE state = 'claimed')
            + (SELECT count(*) FROM feeds WHERE state = 'claimed')
            + (SELECT coalesce(sum(unfinished), 0) FROM entries)";
        assert_eq!(world.count(open), 0);
    }
    let running = Daemon::of(daemon(&world, &origin, feeds, &ack));
    wait_for("it listens to signals", || world.path("news.db-socket").exists());
    wait_for("all are stored", || world.urls().len() == feeds * 12);
    running.stop();
    for n in 0..feeds * 12 {
        assert_eq!(origin.hits_at(&format!("/a/{n}")).len(), 1, "page {n}");
    }
}

#[test]
fn a_database_locked_by_another_program_is_waited_for() {
    let origin = origin(2);
    let world = World::new();
    let ack = world.path("acks");
    let mut command = daemon(&world, &origin, 2, &ack);
    command.args(["--set", "store.busy_timeout=300ms"]);
    let running = Daemon::of(command);
    wait_for("the first are stored", || world.db().exists() && !world.urls().is_empty());
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
    let other = Connection::open_with_flags(world.db(), flags).unwrap();
    other.busy_timeout(Duration::from_secs(20)).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let seconds = number("NEWSLUICE_LOCKED", 2) as u64;
    std::thread::sleep(Duration::from_secs(seconds)); // for so long it is locked
    other.execute_batch("ROLLBACK").unwrap();
    wait_for("all are stored", || world.urls().len() == 24);
    running.stop();
    for n in 0..24 {
        assert_eq!(origin.hits_at(&format!("/a/{n}")).len(), 1, "page {n}");
    }
    let failed = "SELECT count(*) FROM feeds WHERE reason IS NOT NULL OR failures > 0";
    assert_eq!(world.count(failed), 0);
}

#[test]
fn jumps_of_the_clock_neither_stop_polls_nor_bring_a_burst() {
    let origin = origin(1);
    let world = World::new();
    let clock = world.write("clock", "0");
    let mut command = daemon(&world, &origin, 1, &world.path("acks"));
    command.env("TEST_CLOCK_FILE", &clock);
    let running = Daemon::of(command);
    let polls = || origin.hits_at("/feed0");
    wait_for("it polls", || polls().len() >= 3);
    for days in [1, -1, 0] {
        let before = polls().len();
        world.write("clock", (days * 86_400_000i64).to_string());
        wait_for("it goes on", || polls().len() >= before + 4);
    }
    running.stop();
    let gaps = least_gap(&polls());
    assert!(gaps >= Duration::from_millis(750), "{gaps:?}");
    assert_eq!(world.urls().len(), 12);
}

/// A database of the first version, with a record in it.
fn of_version_1(world: &World) {
    let sql = repository("crates/store/src/migrations/0001_first.sql");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let db = Connection::open_with_flags(world.db(), flags).unwrap();
    db.execute_batch(&std::fs::read_to_string(sql).unwrap()).unwrap();
    db.execute_batch(
        "PRAGMA user_version = 1; PRAGMA application_id = 1315272556; PRAGMA journal_mode = WAL;
         INSERT INTO records (seq, id, url, title, body, content_hash, meta, text_seq, own_time,
            first_seen, fetched_at, seen_until)
         VALUES (1, '0123456789abcdef', 'https://example.org/old', 'Old', 'It rained.', x'00',
            '{}', 1, 5, 5, 5, 5);
         UPDATE position SET next_seq = 2;",
    )
    .unwrap();
}

#[test]
fn killed_in_the_middle_of_an_upgrade_all_rows_are_there() {
    if !has_strace() {
        return;
    }
    let mut left_at = BTreeSet::new();
    let mut n = 1;
    loop {
        let world = World::new();
        of_version_1(&world);
        let text = world.write("a.txt", article(1));
        let text = text.to_str().unwrap();
        let mut command = under_strace(&format!("inject=pwrite64:signal=KILL:when={n}"));
        command.arg("--db").arg(world.db()).args(["replay", text]);
        let done = command.output().unwrap();
        if done.status.success() {
            break; // it makes no so many writes
        }
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.code().is_none(), "write {n}: not killed, but {}: {said}", done.status);
        assert_eq!(integrity(&world), "ok", "write {n}");
        assert_eq!(world.count("SELECT count(*) FROM records WHERE seq = 1"), 1, "write {n}");
        left_at.insert(world.count("PRAGMA user_version"));
        world.run(&["replay", text]).expect(0);
        assert_eq!(world.count("SELECT count(*) FROM records"), 2, "write {n}");
        world.run(&["status"]).expect(0);
        n += 1 + n / 5;
    }
    assert!(left_at.contains(&1) && left_at.len() > 1, "kills on both sides: {left_at:?}");
}

#[test]
fn a_damaged_database_is_named_and_not_made_worse() {
    let world = World::new();
    for number in 0..40 {
        world.write(&format!("in/{number}.txt"), article(number));
    }
    let folder = world.path("in");
    let replay = ["replay", folder.to_str().unwrap()];
    world.run(&replay).expect(0);
    let whole = std::fs::read(world.db()).unwrap();
    let wal = world.path("news.db-wal");

    // A page overwritten: a named error or work that does not touch it, never a panic.
    for page in [0, 1, 2, whole.len() / 4096 / 2, whole.len() / 4096 - 1] {
        let mut bytes = whole.clone();
        bytes[page * 4096..][..4096].fill(0xa5);
        std::fs::write(world.db(), &bytes).unwrap();
        for arguments in [&["status"][..], &["search", "the"], &["digest"], &replay] {
            let told = world.run(arguments);
            assert!([0, 1, 74].contains(&told.code), "page {page}, {arguments:?}: {told:?}");
            assert!(!told.err.contains("panicked"), "{}", told.err);
            if told.code == 74 {
                assert!(told.err.contains("news.db: "), "{}", told.err);
            }
        }
        std::fs::remove_file(&wal).ok();
    }

    // Shared memory full of garbage and a log that is cut in half are mended by SQLite.
    std::fs::write(world.db(), &whole).unwrap();
    std::fs::write(world.path("news.db-shm"), vec![0xa5; 32 << 10]).unwrap();
    world.run(&replay).expect(0);
    let more = world.write("more.txt", article(99));
    let mut writing = quiet(world.command(&["replay", more.to_str().unwrap()]));
    writing.wait().unwrap();
    if let Ok(log) = std::fs::read(&wal) {
        std::fs::write(&wal, &log[..log.len() / 2]).unwrap();
    }
    world.run(&replay).expect(0);
    assert_eq!(integrity(&world), "ok");

    let newer = Connection::open_with_flags(world.db(), OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
    newer.execute_batch("PRAGMA user_version = 999").unwrap();
    drop(newer);
    let before = std::fs::read(world.db()).unwrap();
    let told = world.run(&replay).expect(74);
    assert!(told.err.contains("newer version"), "{}", told.err);
    assert_eq!(std::fs::read(world.db()).unwrap(), before);
}

#[test]
fn a_long_read_does_not_let_the_log_grow_for_ever() {
    let files = number("NEWSLUICE_READER", 600) as u64;
    let world = World::new();
    for number in 0..files {
        world.write(&format!("in/{number}.txt"), article(number));
    }
    world.run(&["replay", world.path("in/0.txt").to_str().unwrap()]).expect(0);
    let reader = world.sqlite();
    reader.execute_batch("BEGIN").unwrap();
    let count = "SELECT count(*) FROM records";
    assert_eq!(reader.query_row::<i64, _, _>(count, [], |row| row.get(0)).unwrap(), 1);
    world.run(&["replay", world.path("in").to_str().unwrap()]).expect(0);
    assert_eq!(reader.query_row::<i64, _, _>(count, [], |row| row.get(0)).unwrap(), 1);
    reader.execute_batch("COMMIT").unwrap();
    world.run(&["replay", world.path("in").to_str().unwrap()]).expect(0);
    let log = std::fs::metadata(world.path("news.db-wal")).map_or(0, |log| log.len());
    assert!(log <= 64 << 20, "{log}");
    let _ = ran(world.command(&["status"]).output().unwrap()).expect(0);
}
