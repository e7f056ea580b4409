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

/// `tests/data/schema-1.db.gz` was made by the last program of schema 1: `replay seeds`, then
/// `VACUUM` and `PRAGMA journal_mode = DELETE` with sqlite3, then gzip. A version that was
/// released gets such a file; the steps between are taken one by one on the way.
#[test]
fn a_database_of_the_first_schema_is_upgraded_with_all_it_holds() {
    let world = World::new();
    let packed = std::fs::File::open(repository("tests/data/schema-1.db.gz")).unwrap();
    let mut bytes = Vec::new();
    MultiGzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    std::fs::write(world.db(), &bytes).unwrap();

    // Reading never changes it, and says what to do.
    let ran = world.run(&["status"]).expect(74);
    assert!(ran.err.contains("maintain upgrade"), "{}", ran.err);
    assert_eq!(std::fs::read(world.db()).unwrap(), bytes);

    assert!(maintain(&world, &["upgrade"]).contains("up to date"));
    let kept = world.path("news.db-schema1-backup");
    assert_eq!(std::fs::metadata(kept).unwrap().len() / 4096, bytes.len() as u64 / 4096);
    assert!(maintain(&world, &["integrity"]).contains("whole"));
    assert_eq!(world.count("SELECT count(*) FROM records"), 5);

    // What it holds is known again, and the same as what is stored today.
    let seeds = repository("seeds");
    let ran = world.run(&["export", "--format", "text", "-o", world.path("out").to_str().unwrap()]);
    ran.expect(0);
    let expected = crate::support::texts(&repository("tests/expected/seeds"));
    assert_eq!(crate::support::texts(&world.path("out")), expected);
    world.run(&["replay", seeds.to_str().unwrap()]).expect(0);
    assert_eq!(world.count("SELECT count(*) FROM records"), 5);
}
