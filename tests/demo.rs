//! The demo: what a new user sees first.

use std::time::{Duration, Instant};

use crate::support::World;

#[test]
fn the_demo_shows_records_copies_and_a_revision_within_five_seconds_and_ends() {
    let world = World::new();
    let started = Instant::now();
    let ran = world.run(&["demo"]).expect(0);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    assert!(ran.out.starts_with("a synthetic news world"), "{}", ran.out);
    assert!(ran.out.contains("9 records from 3 feeds: 2 copies, 1 revision,"), "{}", ran.out);
    assert!(ran.out.contains("revision 2 "), "{}", ran.out);
    assert!(ran.out.contains("/en/behind-a-wall: a wall against bots"), "{}", ran.out);
    assert!(ran.out.contains("/en/taken-down: gone for good"), "{}", ran.out);
    let next = format!("newsluice --db {} search ferry", world.db().display());
    assert!(ran.out.contains(&next), "{}", ran.out);
    assert_eq!(
        world
            .run(&["search", "--duplicates", "ferry"])
            .expect(0)
            .out
            .matches("Night ferry")
            .count(),
        2
    );
    let again = world.run(&["demo"]).expect(2);
    assert!(again.err.contains("exists; the demo wants a new database"), "{}", again.err);
}

#[test]
fn what_a_user_has_set_does_not_lead_the_demo_astray() {
    let world = World::new();
    let mut command = world.command(&["demo"]);
    command.env("NEWSLUICE_FETCH_PROXY", "http://127.0.0.1:1/").env("NEWSLUICE_FETCH_CONTACT", "x");
    let ran = crate::support::ran(command.output().unwrap()).expect(0);
    assert!(ran.out.contains("9 records from 3 feeds"), "{}", ran.out);
}
