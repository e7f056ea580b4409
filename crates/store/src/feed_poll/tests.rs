use std::time::Duration;

use record::{ContentHash, Reason, ReasonKind};

use super::{Poll, PollResult, ReadFeed, Validators};
use crate::test_support::{World, at, found};
use crate::{ClaimOptions, ClaimedFeed, Commit, Effect, FoundEntry, NewFeed, Outcome};

const URL: &str = "https://a.example/feed";

fn world() -> World {
    let mut world = World::new();
    let feed = NewFeed { url: URL.into(), host: "a.example".into(), settings: None };
    world.store.add_feeds(&[feed], at(10)).unwrap();
    world
}

fn claim(world: &World, now: i64) -> Vec<ClaimedFeed> {
    let lease = Duration::from_mins(1);
    let options = ClaimOptions { count: 9, per_host: 2, now: at(now), lease };
    world.store.claims().unwrap().feeds(world.run, options).unwrap()
}

fn poll(world: &mut World, now: i64, result: PollResult) -> Outcome {
    let feed = claim(world, now)[0].feed;
    let next_due = at(now + 1_000);
    let poll = Poll { feed, result, next_due, moved_to: None, schedule: None };
    world.commit(Commit::new(at(now), Effect::Polled(Box::new(poll)))).outcome
}

fn read(entries: Vec<FoundEntry>) -> PollResult {
    let etag = Some("W/\"7\"".to_owned());
    let validators = Validators { etag, last_modified: None };
    PollResult::Read(Box::new(ReadFeed { validators, entries, ..ReadFeed::default() }))
}

#[test]
fn items_are_new_once_and_changed_ones_wait_again() {
    let mut world = world();
    let mut items = vec![found("a.example", "1", 100), found("a.example", "2", 100)];
    let outcome = poll(&mut world, 1_000, read(items.clone()));
    assert_eq!(outcome, Outcome::Polled { new: 2, changed: 0, known: 0 });
    assert_eq!(claim(&world, 1_500), [], "not due");
    assert_eq!(claim(&world, 2_000)[0].validators.etag.as_deref(), Some("W/\"7\""));
    world.store.end_run(world.run, at(2_100)).unwrap();
    items[0].fingerprint = ContentHash::of_bytes(b"changed");
    world.store.connection().execute("UPDATE entries SET state = 'done'", []).unwrap();
    let outcome = poll(&mut world, 2_200, read(items));
    assert_eq!(outcome, Outcome::Polled { new: 0, changed: 1, known: 1 });
    assert_eq!(world.count("SELECT count(*) FROM entries WHERE state = 'waiting'"), 1);
    assert_eq!(world.reader().feed(URL).unwrap().unwrap().items, 2);
}

#[test]
fn an_entry_that_changes_in_hand_waits_again_when_it_is_done() {
    let mut world = world();
    let mut item = found("a.example", "1", 100);
    poll(&mut world, 1_000, read(vec![item.clone()]));
    let options =
        ClaimOptions { count: 9, per_host: 2, now: at(1_100), lease: Duration::from_mins(1) };
    let claimed = world.store.claims().unwrap().entries(world.run, options).unwrap();
    item.fingerprint = ContentHash::of_bytes(b"changed");
    poll(&mut world, 2_000, read(vec![item]));
    let commit = world.text("https://a.example/1", "One.", 2_100);
    world.commit(Commit { entry: Some(claimed[0].entry), ..commit });
    assert_eq!(world.count("SELECT count(*) FROM entries WHERE state = 'waiting'"), 1);
}

#[test]
fn a_failed_poll_keeps_the_validators_and_a_gone_feed_is_never_due() {
    let mut world = world();
    poll(&mut world, 1_000, read(Vec::new()));
    let failed = PollResult::Failed(Reason::new(ReasonKind::Timeout, "4 s"));
    assert_eq!(poll(&mut world, 2_000, failed), Outcome::Retried);
    let info = world.reader().feed(URL).unwrap().unwrap();
    assert_eq!((info.failures, info.problem), (1, Some(("timeout".into(), "4 s".into()))));
    assert_eq!(claim(&world, 3_000)[0].validators.etag.as_deref(), Some("W/\"7\""));
    world.store.end_run(world.run, at(3_100)).unwrap();
    let gone = PollResult::Gone(Reason::of(ReasonKind::Gone));
    assert_eq!(poll(&mut world, 3_200, gone), Outcome::Failed);
    assert_eq!(claim(&world, 1_000_000), []);
}

#[test]
fn a_poll_of_a_feed_that_was_paused_or_removed_meanwhile_ends_well() {
    let mut world = world();
    let feed = claim(&world, 1_000)[0].feed;
    let edit = |world: &World, sql| world.store.connection().execute(sql, []).unwrap();
    edit(&world, "UPDATE feeds SET state = 'paused'");
    let of = |result| {
        let (moved_to, schedule) = (None, Some("{\"a\":1}".to_owned()));
        let poll = Poll { feed, result, next_due: at(5_000), moved_to, schedule };
        Commit::new(at(2_000), Effect::Polled(Box::new(poll)))
    };
    world.commit(of(PollResult::NotModified));
    let noted = "SELECT count(*) FROM feeds WHERE state = 'paused' AND polled_at = 2000
        AND due_at = 10 AND schedule = '{\"a\":1}'";
    assert_eq!(world.count(noted), 1);
    edit(&world, "DELETE FROM feeds");
    let read = PollResult::Read(Box::new(ReadFeed {
        entries: vec![found("a.example", "1", 100)],
        ..ReadFeed::default()
    }));
    let nothing = Outcome::Polled { new: 0, changed: 0, known: 0 };
    for result in [PollResult::NotModified, read, failed()] {
        assert_eq!(world.commit(of(result)).outcome, nothing);
    }
    assert_eq!(world.count("SELECT (SELECT count(*) FROM entries) + count(*) FROM feed_days"), 0);
}

fn failed() -> PollResult {
    PollResult::Failed(Reason::new(ReasonKind::Timeout, "4 s"))
}

#[test]
fn a_feed_that_moved_is_known_by_both_urls_and_not_added_again() {
    let mut world = world();
    let feed = claim(&world, 1_000)[0].feed;
    let moved_to = Some(("https://b.example/new".to_owned(), "b.example".to_owned()));
    let result = PollResult::NotModified;
    let poll = Poll { feed, result, next_due: at(2_000), moved_to, schedule: None };
    world.commit(Commit::new(at(1_000), Effect::Polled(Box::new(poll))));
    let claimed = claim(&world, 2_000);
    assert_eq!((&*claimed[0].url, &*claimed[0].host), ("https://b.example/new", "b.example"));
    let feed = NewFeed { url: URL.into(), host: "a.example".into(), settings: None };
    assert_eq!(world.store.add_feeds(&[feed], at(3_000)).unwrap(), 0);
    assert!(world.reader().feed(URL).unwrap().is_some());
    for balance in world.reader().balances().unwrap() {
        assert!(balance.holds(), "{balance:?}");
    }
}
