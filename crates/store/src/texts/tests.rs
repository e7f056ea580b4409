use record::{Novelty, RecordId};

use crate::test_support::{World, as_copy_of, at};
use crate::{Effect, Outcome};

const A: &str = "https://a.example/1";
const B: &str = "https://b.example/2";

#[test]
fn a_record_comes_back_as_it_was_stored() {
    let mut world = World::new();
    let mut commit = world.text(A, "It rained.\nAll day.", 10);
    let Effect::Record(judged) = &mut commit.effect else { unreachable!() };
    judged.record.date = Some(jiff::civil::date(2024, 5, 2));
    judged.record.meta.lang = Some("en".into());
    judged.record.meta.feed = Some("https://a.example/feed".into());
    judged.record.meta.authors = vec!["A. Writer".into()];
    let record = judged.record.clone();
    let done = world.commit(commit);
    assert_eq!((done.outcome, done.revision), (Outcome::Stored, 1));
    assert_eq!(done.url.as_deref(), Some(A));
    let reader = world.reader();
    let stored = reader.record(done.id.unwrap()).unwrap().unwrap();
    assert_eq!(stored.record, record);
    assert_eq!((stored.stored.first_seen, stored.stored.fetched_at), (at(10), at(10)));
    assert_eq!(reader.find("http://a.example/1?utm_source=x").unwrap(), done.id);
    assert_eq!(reader.find(&done.id.unwrap().to_string()).unwrap(), done.id);
    assert_eq!(reader.find("https://a.example/2").unwrap(), None);
    assert_eq!(reader.record(RecordId(7)).unwrap(), None);
}

#[test]
fn an_older_capture_goes_in_before_never_on_top() {
    let mut world = World::new();
    for (millis, body) in [(10, "One."), (30, "Three."), (20, "Two."), (5, "Zero.")] {
        world.put(A, body, millis);
    }
    assert_eq!(world.bodies(A), ["Zero.", "One.", "Two.", "Three."]);
    let reader = world.reader();
    let texts = reader.history(reader.find(A).unwrap().unwrap()).unwrap();
    assert_eq!(texts.iter().map(|t| t.stored.revision).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(reader.counts().unwrap().revisions, 3);
}

#[test]
fn a_text_that_comes_back_around_a_late_one_stands_on_both_sides() {
    let mut world = World::new();
    world.put(A, "One.", 10);
    assert_eq!(world.put(A, "One.", 30).outcome, Outcome::Unchanged);
    let late = world.put(A, "Two.", 20);
    assert_eq!((late.outcome, late.revision), (Outcome::Revision, 2));
    assert_eq!(world.bodies(A), ["One.", "Two.", "One."]);
    world.put(A, "Three.", 40);
    world.put(A, "Four.", 25);
    assert_eq!(world.bodies(A), ["One.", "Two.", "Four.", "One.", "Three."]);
}

#[test]
fn captures_of_one_moment_stand_in_the_order_of_commits() {
    let mut world = World::new();
    for body in ["One.", "Two.", "Three."] {
        world.put(A, body, 10);
    }
    assert_eq!(world.bodies(A), ["One.", "Two.", "Three."]);
}

#[test]
fn the_same_commit_twice_stores_one_text() {
    let mut world = World::new();
    let (first, second) = (world.text(A, "One.", 10), world.text(A, "Two.", 20));
    world.commit(first.clone());
    assert_eq!(world.commit(first).outcome, Outcome::Unchanged);
    world.commit(second.clone());
    let again = world.commit(second);
    assert_eq!((again.outcome, again.revision), (Outcome::Unchanged, 2));
    assert_eq!(world.bodies(A), ["One.", "Two."]);
}

#[test]
fn an_unchanged_verdict_stores_no_text_but_its_aliases() {
    let mut world = World::new();
    world.put(A, "One.", 10);
    let mut commit = world.text(A, "One, more or less.", 20);
    let Effect::Record(judged) = &mut commit.effect else { unreachable!() };
    judged.verdict.novelty = Novelty::Unchanged;
    judged.aliases.push("https://a.example/print/1".into());
    assert_eq!(world.commit(commit).outcome, Outcome::Unchanged);
    assert_eq!(world.bodies("http://a.example/print/1"), ["One."]);
}

#[test]
fn an_alias_is_never_turned_to_another_record() {
    let mut world = World::new();
    let first = world.put(A, "One.", 10).id;
    let mut commit = world.text(B, "Two.", 20);
    let Effect::Record(judged) = &mut commit.effect else { unreachable!() };
    judged.aliases.push(A.into());
    world.commit(commit);
    assert_eq!(world.reader().find(A).unwrap(), first);
}

#[test]
fn a_revision_brings_its_own_link_and_a_late_one_keeps_it_to_itself() {
    let mut world = World::new();
    let original = world.put(A, "One.", 10).id.unwrap();
    let copy = world.text(B, "One, copied.", 20);
    let done = world.commit(as_copy_of(copy, original));
    assert_eq!(done.outcome, Outcome::Duplicate);
    let id = done.id.unwrap();
    assert_eq!(world.reader().text(id).unwrap().unwrap().root, original);
    world.put(B, "Of its own.", 30);
    assert_eq!(world.reader().text(id).unwrap().unwrap().root, id);
    let late = world.text(B, "An early copy.", 15);
    world.commit(as_copy_of(late, original));
    assert_eq!(world.reader().text(id).unwrap().unwrap().root, id);
    let links: Vec<bool> =
        world.reader().history(id).unwrap().iter().map(|t| t.stored.duplicate.is_some()).collect();
    assert_eq!(links, [true, true, false]);
}

#[test]
fn the_text_index_follows_the_newest_text() {
    let mut world = World::new();
    world.put(A, "Heavy rain.", 10);
    world.put(A, "Heavy snow.", 20);
    world.put(A, "Heavy hail.", 15);
    let reader = world.reader();
    let find = |word| reader.search(word, crate::SearchOptions::default()).unwrap().len();
    assert_eq!((find("rain"), find("snow"), find("hail")), (0, 1, 0));
    let check = "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)";
    world.store.connection().execute(check, []).unwrap();
}

#[test]
fn a_text_changed_in_the_batch_that_brought_it_is_found_by_its_last_words() {
    let mut world = World::new();
    world.put(A, "Heavy hail.", 5);
    let batch = [("Heavy rain.", 10), ("Heavy snow.", 20), ("Heavy fog.", 30)]
        .map(|(body, at)| world.text(B, body, at));
    world.store.commit(world.run, &batch).unwrap();
    let reader = world.reader();
    let find = |word| reader.search(word, crate::SearchOptions::default()).unwrap().len();
    assert_eq!([find("rain"), find("snow"), find("fog"), find("hail")], [0, 0, 1, 1]);
    let check = "INSERT INTO search (search, rank) VALUES ('integrity-check', 1)";
    world.store.connection().execute(check, []).unwrap();
}

#[test]
fn the_texts_of_a_batch_are_one_segment_of_the_text_index() {
    let mut world = World::new();
    let batch: Vec<_> = (0..40)
        .map(|n| world.text(&format!("https://example.org/{n}"), &format!("Heavy rain {n}."), n))
        .collect();
    world.store.commit(world.run, &batch).unwrap();
    let count = "SELECT count(DISTINCT segid) FROM search_idx";
    let segments: i64 = world.store.connection().query_row(count, [], |row| row.get(0)).unwrap();
    assert!(segments <= 1, "{segments} segments");
}
