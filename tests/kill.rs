//! Killed at any moment, nothing acknowledged is lost and nothing comes twice.

use std::time::Duration;

use crate::support::{World, acknowledged, article};

/// Of ten articles one is copied whole, one in part, and one changed at its own URL.
fn text(number: u64) -> String {
    match number % 10 {
        3 => article(number - 3).replace("example.org", "copy.example"),
        6 => {
            let whole = article(number - 5).replace("example.org", "excerpt.example");
            whole.lines().take(6).map(|line| format!("{line}\n")).collect()
        }
        8 => article(number - 1) + "Later it was said that nothing else had happened there.\n",
        _ => article(number),
    }
}

fn folder(world: &World, files: u64) -> String {
    for number in 0..files {
        world.write(&format!("in/{number:05}.txt"), text(number));
    }
    world.path("in").to_str().unwrap().to_owned()
}

#[test]
fn killed_at_fifty_points_and_restarted_to_the_end() {
    let files = 2000;
    let unbroken = World::new();
    let path = folder(&unbroken, files);
    unbroken.run(&["replay", &path]).expect(0);
    let copies = "SELECT count(*) FROM records WHERE duplicate_of IS NOT NULL";
    let tenth = i64::try_from(files / 10).unwrap();
    assert!(unbroken.count(copies) >= 2 * tenth);
    assert!(unbroken.count("SELECT count(*) FROM revisions") >= tenth);
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
        assert!(promised.is_subset(&world.urls()), "an acknowledged record is missing");
    }
    world.run(&arguments).expect(0);
    assert_eq!(world.digest(), unbroken.digest());
    assert_eq!(world.count("SELECT count(*) FROM records"), 9 * tenth);
    // A kill between the commit and its acknowledgements may cost some of those, never more.
    assert!(acknowledged(&ack).is_subset(&world.urls()));
}
