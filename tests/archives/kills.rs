//! A backfill from an archive, killed at any moment, goes on where it was.

use std::process::Stdio;

use archive::warc::WarcCompression;

use super::warc_file::{WarcFile, text};
use crate::support::{World, kill_amid};

/// Points of death: `NEWSLUICE_KILLS`, 6 without it.
fn kills() -> u64 {
    std::env::var("NEWSLUICE_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(6)
}

#[test]
fn killed_and_begun_again_it_ends_as_if_it_never_was() {
    let pages = 100 * kills();
    let unbroken = World::new();
    for part in 0..2 {
        let mut file = WarcFile::new(WarcCompression::Gzip);
        (0..pages / 2).for_each(|number| drop(file.page(part * pages / 2 + number)));
        file.save(&unbroken, &format!("in/{part}.warc.gz"));
    }
    let folder = unbroken.path("in");
    unbroken.run(&["replay", text(&folder)]).expect(0);

    let world = World::new();
    let arguments =
        ["replay", text(&folder), "--set", "store.batch=16", "--set", "pipeline.queue=4"];
    let mut random = 11u64;
    for kill in 1..=kills() {
        let child = world.command(&arguments).stderr(Stdio::null()).spawn().unwrap();
        let far = usize::try_from(pages * kill / (kills() + 2)).unwrap();
        kill_amid(child, &mut random, || world.db().exists() && world.urls().len() >= far);
    }
    let before: i64 = world.count("SELECT count(*) FROM records");
    let ran = world.run(&arguments).expect(0);
    assert_eq!(world.digest(), unbroken.digest());
    // What is seen after the last kill is what was not committed, and the one capture that it
    // goes on from in each file.
    let left = i64::try_from(pages).unwrap() - before;
    let seen: i64 = ran.err.split(" seen").next().unwrap().trim().parse().unwrap();
    assert!((left..=left + 2).contains(&seen), "{seen} seen with {left} left");
    let twice = "SELECT coalesce(sum(count), 0) FROM tallies WHERE of = 'capture'";
    assert_eq!(world.count(twice), i64::try_from(pages).unwrap(), "each is committed once");
}
