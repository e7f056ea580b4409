use std::collections::BTreeMap;
use std::time::Duration;

use record::{Reason, ReasonKind};

use super::{ClaimOptions, ClaimedEntry};
use crate::test_support::{World, at, found};
use crate::{Commit, Effect, HostState, NewFeed, Outcome};

fn options(count: usize, per_host: usize, now: i64) -> ClaimOptions {
    ClaimOptions { count, per_host, now: at(now), lease: Duration::from_mins(1) }
}

fn fill(world: &mut World, hosts: &[(&str, i64)]) {
    let all: Vec<_> = hosts
        .iter()
        .flat_map(|(host, n)| (0..*n).map(move |i| found(host, &format!("p{i}"), i)))
        .collect();
    world.add_entries(&all, at(0));
}

fn claim(world: &World, options: ClaimOptions) -> Vec<ClaimedEntry> {
    world.store.claims().unwrap().entries(world.run, options).unwrap()
}

fn by_host(claimed: &[ClaimedEntry]) -> BTreeMap<&str, usize> {
    claimed.iter().fold(BTreeMap::new(), |mut counts, entry| {
        *counts.entry(entry.host.as_str()).or_default() += 1;
        counts
    })
}

fn end(entry: &ClaimedEntry, effect: Effect) -> Commit {
    Commit { entry: Some(entry.entry), ..Commit::new(at(5_000), effect) }
}

fn gone() -> Effect {
    Effect::Failed(Reason::of(ReasonKind::NotFound))
}

#[track_caller]
fn assert_balanced(world: &World) {
    for balance in world.reader().balances().unwrap() {
        assert!(balance.holds(), "{balance:?}");
    }
    let wrong = "SELECT count(*) FROM hosts h WHERE in_flight <>
        (SELECT count(*) FROM entries e WHERE e.host = h.host AND e.state = 'claimed')
        + (SELECT count(*) FROM feeds f WHERE f.host = h.host AND f.state = 'claimed')
        OR entry_due IS NOT (SELECT min(due_at) FROM entries e
            WHERE e.host = h.host AND e.state = 'waiting')
        OR feed_due IS NOT (SELECT min(due_at) FROM feeds f
            WHERE f.host = h.host AND f.state = 'waiting')";
    assert_eq!(world.count(wrong), 0, "hosts follow from their tasks");
}

#[test]
fn a_big_host_does_not_starve_small_ones() {
    let mut world = World::new();
    fill(&mut world, &[("big", 500), ("small", 3), ("tiny", 1)]);
    let first = claim(&world, options(4, 2, 1_000));
    assert_eq!(by_host(&first), BTreeMap::from([("big", 2), ("small", 1), ("tiny", 1)]));
    let second = claim(&world, options(4, 2, 1_001));
    assert_eq!(by_host(&second), BTreeMap::from([("small", 1)]), "no more than two in hand");
    assert_eq!(claim(&world, options(4, 2, 1_002)), []);
    assert_balanced(&world);
}

#[test]
fn hosts_take_turns() {
    let mut world = World::new();
    fill(&mut world, &[("a", 9), ("b", 9), ("c", 9)]);
    let mut order = String::new();
    for now in 0..6 {
        let claimed = claim(&world, options(1, 1, 1_000 + now));
        order.push_str(&claimed[0].host);
        world.commit(end(&claimed[0], gone()));
    }
    assert_eq!(order, "abcabc");
    assert_balanced(&world);
}

#[test]
fn nothing_is_claimed_before_it_is_due_or_while_its_host_is_on_hold() {
    let mut world = World::new();
    world.add_entries(&[found("a", "x", 2_000), found("b", "y", 500)], at(0));
    let hold = HostState { host: "b".into(), hold_until: Some(at(1_500)), state: None };
    let mut commit = world.text("https://b/first", "One.", 900);
    commit.host = Some(hold.clone());
    world.commit(commit);
    assert_eq!(world.reader().host("b").unwrap(), Some(hold));
    assert_eq!(claim(&world, options(9, 2, 1_000)), []);
    let waiting = world.reader().waiting().unwrap();
    assert_eq!((waiting.entry_due, waiting.feed_due), (Some(at(1_500)), None));
    assert_eq!(by_host(&claim(&world, options(9, 2, 1_500))), BTreeMap::from([("b", 1)]));
    assert_eq!(by_host(&claim(&world, options(9, 2, 2_000))), BTreeMap::from([("a", 1)]));
    assert_balanced(&world);
}

#[test]
fn every_claim_ends_in_one_outcome() {
    let mut world = World::new();
    fill(&mut world, &[("a", 4)]);
    let claimed = claim(&world, options(4, 4, 1_000));
    let stored = world.text("https://a/p0", "One.", 1_100);
    let stored = Commit { entry: Some(claimed[0].entry), ..stored };
    assert_eq!(world.commit(stored.clone()).outcome, Outcome::Stored);
    world.commit(stored); // again: not counted twice
    assert_eq!(world.commit(end(&claimed[1], gone())).outcome, Outcome::Failed);
    let retried = Commit { again_at: Some(at(9_000)), ..end(&claimed[2], gone()) };
    assert_eq!(world.commit(retried).outcome, Outcome::Retried);
    assert_balanced(&world);
    let books = world.reader().balances().unwrap();
    let ended: Vec<_> = books[0].ended.iter().map(|(o, n)| (o.as_str(), *n)).collect();
    assert_eq!(ended, [("failed", 1), ("retried", 1), ("stored", 1)]);
    assert_eq!((books[0].claimed, books[0].open), (4, 1));
    let again = claim(&world, options(9, 9, 9_000));
    assert_eq!((again.len(), again[0].attempts), (1, 1));
    world.store.end_run(world.run, at(9_500)).unwrap();
    assert_balanced(&world);
    assert_eq!(world.reader().waiting().unwrap().open_claims, 0);
    assert_eq!(world.reader().failures().unwrap(), [("not-found".to_owned(), 1)]);
}

#[test]
fn a_page_that_crashes_the_program_is_tried_alone_and_then_given_up() {
    let mut world = World::new();
    fill(&mut world, &[("a", 1), ("b", 1)]);
    for _ in 0..3 {
        assert_eq!(claim(&world, options(9, 2, 1_000)).len(), 2);
        world = world.crash();
        assert_balanced(&world);
    }
    let suspect = claim(&world, options(9, 2, 1_000));
    assert!(suspect.len() == 1 && suspect[0].is_alone);
    assert_eq!(claim(&world, options(9, 2, 1_000)), [], "alone means alone");
    world.commit(end(&suspect[0], gone()));
    // Whoever kills the program hits it too: each time alone it gets a longer pause.
    for now in [1_000, 1_500, 2_000, 3_000, 5_000, 9_000] {
        let is_first = now == 1_000;
        assert!(is_first || claim(&world, options(9, 2, now - 1)).is_empty(), "before {now}");
        let other = claim(&world, options(9, 2, now));
        assert!(other.len() == 1 && other[0].is_alone, "{now}: {other:?}");
        world = world.crash();
        assert_balanced(&world);
    }
    assert_eq!(claim(&world, options(9, 2, 100_000)), []);
    let failures = world.reader().failures().unwrap();
    assert_eq!(failures, [("crash".to_owned(), 1), ("not-found".to_owned(), 1)]);
    assert_balanced(&world);
}

#[test]
fn feeds_are_claimed_as_entries_are() {
    let mut world = World::new();
    let feed = |host: &str, n: usize| NewFeed {
        url: format!("https://{host}/{n}"),
        host: host.into(),
        settings: None,
    };
    let list = [feed("a", 1), feed("a", 2), feed("a", 3), feed("b", 1)];
    assert_eq!(world.store.add_feeds(&list, at(10)).unwrap(), 4);
    assert_eq!(world.store.add_feeds(&list, at(20)).unwrap(), 0);
    let mut claims = world.store.claims().unwrap();
    let claimed = claims.feeds(world.run, options(9, 1, 1_000)).unwrap();
    assert_eq!(claimed.iter().map(|f| &*f.url).collect::<Vec<_>>(), ["https://a/1", "https://b/1"]);
    assert_balanced(&world);
    for _ in 0..3 {
        world = world.crash();
        let claimed = world.store.claims().unwrap().feeds(world.run, options(1, 1, 1_000));
        assert_eq!(claimed.unwrap().len(), 1);
    }
    assert_balanced(&world);
}
