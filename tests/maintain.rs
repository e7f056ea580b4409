//! Backups, restores and upgrades, as an operator does them.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use crate::support::{World, repository};

/// `maintain` with these words.
#[track_caller]
fn maintain(world: &World, words: &[&str]) -> String {
    let ran = world.run(&[&["maintain"], words].concat()).expect(0);
    assert!(ran.err.is_empty(), "{}", ran.err);
    ran.out
}

fn replay(world: &World) {
    let seeds = repository("seeds");
    world.run(&["replay", seeds.to_str().unwrap()]).expect(0);
}

#[test]
fn a_backup_survives_what_happens_to_the_database() {
    let world = World::new();
    replay(&world);
    let before = world.digest();
    let copy = world.path("copy.db");
    let copy = copy.to_str().unwrap();
    assert!(maintain(&world, &["backup", copy]).contains("a whole copy"));
    assert_eq!(world.run(&["maintain", "backup", copy]).expect(74).out, "");

    std::fs::write(world.db(), "no database any more").unwrap();
    world.run(&["status"]).expect(74);
    assert!(maintain(&world, &["restore", copy]).contains("what was there is now"));
    assert_eq!(world.digest(), before);
    assert!(maintain(&world, &["integrity"]).contains("whole"));
    maintain(&world, &["vacuum"]);
    maintain(&world, &["rebuild"]);
    assert_eq!(world.digest(), before);
    assert!(world.run(&["search", "nato"]).expect(0).out.contains("NATO"));
}

#[test]
fn damage_is_found_and_has_an_exit_code_of_its_own() {
    let world = World::new();
    replay(&world);
    let mut bytes = std::fs::read(world.db()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(world.db(), bytes).unwrap();
    let ran = world.run(&["maintain", "integrity"]).expect(74);
    assert!(ran.err.contains("damaged; restore a backup"), "{}", ran.err);
}

/// The sample of a version: of the first its own program's, of the others as `tests/data/sample.py`
/// makes them.
fn sample(world: &World, version: usize) -> Vec<u8> {
    let name = repository(&format!("tests/data/schema-{version}.db.gz"));
    let packed = std::fs::File::open(&name).unwrap_or_else(|e| {
        panic!("{}: {e}; make it: python3 tests/data/sample.py {version}", name.display())
    });
    let mut bytes = Vec::new();
    MultiGzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    std::fs::write(world.db(), &bytes).unwrap();
    bytes
}

/// `schema-1.db.gz` was made by the last program of schema 1: `replay seeds`, then `VACUUM` and
/// `PRAGMA journal_mode = DELETE` with sqlite3, then gzip. Every version but the newest has a
/// sample; the steps between are taken one by one on the way.
#[test]
fn a_database_of_every_older_schema_is_upgraded_with_all_it_holds() {
    let newest = std::fs::read_dir(repository("crates/store/src/migrations")).unwrap().count();
    for version in 1..newest {
        let world = World::new();
        let bytes = sample(&world, version);
        is_upgraded(&world, version, &bytes);
        if version > 1 {
            holds_its_sources(&world, version);
        }
        holds_its_records(&world, version);
    }
}

fn is_upgraded(world: &World, version: usize, bytes: &[u8]) {
    // Reading never changes it, and says what to do.
    let ran = world.run(&["status"]).expect(74);
    assert!(ran.err.contains("maintain upgrade"), "{}", ran.err);
    assert_eq!(std::fs::read(world.db()).unwrap(), bytes);

    assert!(maintain(world, &["upgrade"]).contains("up to date"));
    let kept = world.path(&format!("news.db-schema{version}-backup"));
    assert_eq!(std::fs::metadata(kept).unwrap().len() / 4096, bytes.len() as u64 / 4096);
    assert!(maintain(world, &["integrity"]).contains("whole"));
}

/// What it holds is known again, and the same as what is stored today.
fn holds_its_records(world: &World, version: usize) {
    let out = world.path("out");
    world.run(&["export", "--format", "text", "-o", out.to_str().unwrap()]).expect(0);
    let expected = crate::support::texts(&repository("tests/expected/seeds"));
    assert_eq!(crate::support::texts(&out), expected, "schema {version}");
    replay(world);
    assert_eq!(world.count("SELECT count(*) FROM records"), 5);
}

/// Feed, frontier and dead letters of the sample are in use again.
fn holds_its_sources(world: &World, version: usize) {
    let listed = world.run(&["feed", "list"]).expect(0).out;
    assert!(listed.contains("News  https://news.example/feed"), "schema {version}: {listed}");
    let doctor = world.run(&["doctor", "--json"]).expect(1).out;
    let doctor: serde_json::Value = serde_json::from_str(&doctor).unwrap();
    let of_version = |since: usize, count: i64| if version >= since { count } else { 0 };
    assert_eq!(doctor["gaps"]["missed"], of_version(4, 4), "schema {version}");
    let explained = world.run(&["explain", "https://news.example/1"]).expect(0).out;
    assert!(explained.contains("no complete answer within the deadline: 30 s (timeout)"));
    assert_eq!(explained.contains("request   was sent"), version >= 5, "{explained}");
    assert_eq!(world.count("SELECT count(*) FROM feed_days"), of_version(6, 1));
    assert_eq!(world.count("SELECT count(*) FROM lists"), of_version(7, 1));
    let retried = world.run(&["retry", "--reason", "timeout"]).expect(0);
    assert!(retried.err.contains('1') || retried.out.contains('1'), "{retried:?}");
    assert_eq!(world.count("SELECT count(*) FROM entries WHERE state = 'waiting'"), 2);
}
