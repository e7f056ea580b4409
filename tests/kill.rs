//! Killed at any moment, nothing acknowledged is lost and nothing comes twice.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use crate::support::{World, article};

fn folder(world: &World, files: u64) -> String {
    for number in 0..files {
        world.write(&format!("in/{number:05}.txt"), article(number));
    }
    world.path("in").to_str().unwrap().to_owned()
}

/// The URLs acknowledged so far.
fn acknowledged(path: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let complete = text.rsplit_once('\n').map_or("", |(complete, _)| complete);
    complete.lines().filter_map(|line| line.strip_prefix("ACK ")).map(str::to_owned).collect()
}

#[test]
fn killed_at_fifty_points_and_restarted_to_the_end() {
    let files = 2000;
    let unbroken = World::new();
    let path = folder(&unbroken, files);
    unbroken.run(&["replay", &path]).expect(0);

    let world = World::new();
    let ack = world.path("acks");
    let arguments = ["replay", path.as_str(), "--ack", ack.to_str().unwrap()];
    let mut random = 7u64;
    for _ in 0..50 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let mut child =
            world.command(&arguments).stderr(std::process::Stdio::null()).spawn().unwrap();
        // Not a sleep to wait for something: the moment of the kill is the point.
        std::thread::sleep(Duration::from_millis((random >> 33) % 60));
        child.kill().unwrap();
        child.wait().unwrap();
        if !world.db().exists() {
            continue;
        }
        let check: String =
            world.sqlite().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
        let promised = acknowledged(&ack);
        assert!(promised.is_subset(&stored(&world)), "an acknowledged record is missing");
    }
    world.run(&arguments).expect(0);
    assert_eq!(world.digest(), unbroken.digest());
    assert_eq!(world.count("SELECT count(*) FROM records"), i64::try_from(files).unwrap());
    assert_eq!(acknowledged(&ack).len(), usize::try_from(files).unwrap());
}

fn stored(world: &World) -> BTreeSet<String> {
    let connection = world.sqlite();
    let Ok(mut statement) = connection.prepare("SELECT url FROM records") else {
        return BTreeSet::new(); // killed before the first migration
    };
    let urls = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
    urls.map(Result::unwrap).collect()
}
