//! Bad input is normal input: a clear line, a reason in the tally, and the rest stored.

use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::{Ran, World, article};

/// Replays `name` beside one good article and returns what was said.
#[track_caller]
fn beside_a_good_one(world: &World, name: &str, reason: &str) -> Ran {
    world.write("in/zz_good.txt", article(1));
    let path = world.path("in");
    let ran = world.run(&["replay", path.to_str().unwrap()]).expect(1);
    let line = ran.err.lines().find(|line| line.contains(name));
    let line = line.unwrap_or_else(|| panic!("nothing about {name} in:\n{}", ran.err));
    assert!(line.contains(reason), "{line}");
    assert!(ran.err.contains("1 stored") && ran.err.contains("1 failed"), "{}", ran.err);
    assert_eq!(world.count("SELECT count(*) FROM records"), 1);
    ran
}

#[test]
fn files_that_are_no_text() {
    let cases: [(&str, Vec<u8>, &str); 5] = [
        ("empty.txt", Vec::new(), "empty"),
        ("blank.txt", b" \n\n\t\n".to_vec(), "empty"),
        ("binary.txt", vec![0, 1, 2, 3, 255, 0, 7], "not text"),
        ("title.txt", b"A title alone\n".to_vec(), "no body"),
        ("dated.txt", b"A title\n20240502\nhttps://example.org/a\n".to_vec(), "no body"),
    ];
    for (name, bytes, reason) in cases {
        let world = World::new();
        world.write(&format!("in/{name}"), bytes);
        beside_a_good_one(&world, name, reason);
    }
}

#[test]
fn a_line_of_100_megabytes() {
    let world = World::new();
    world.write("in/line.txt", vec![b'x'; 100 << 20]);
    beside_a_good_one(&world, "line.txt", "larger than the cap");
}

#[test]
fn text_in_other_encodings_is_read() {
    let world = World::new();
    let text = article(5).replace("The ", "Thé ").replace("the ", "thé ");
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    world.write("in/utf16.txt", utf16);
    let latin: Vec<u8> = article(6)
        .replace("the ", "thé ")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    world.write("in/latin1.txt", latin);
    let mut broken = article(7).into_bytes();
    broken[40] = 0xff;
    world.write("in/broken.txt", broken);
    let path = world.path("in");
    world.run(&["replay", path.to_str().unwrap()]).expect(0);
    assert_eq!(world.count("SELECT count(*) FROM records WHERE body LIKE '%thé %'"), 2);
    assert_eq!(world.count("SELECT count(*) FROM records"), 3);
}

#[test]
fn what_the_file_system_refuses() {
    let world = World::new();
    world.write("in/x", "");
    std::fs::remove_file(world.path("in/x")).unwrap();
    symlink("nowhere", world.path("in/link.txt")).unwrap();
    beside_a_good_one(&world, "link.txt", "symbolic link that leads nowhere");

    let world = World::new();
    world.write("in/locked/a.txt", article(2));
    let locked = world.path("in/locked");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    // Nothing is locked to the superuser, who runs the tests in many containers.
    if std::fs::read_dir(&locked).is_err() {
        beside_a_good_one(&world, "locked", "permission denied");
    }
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o755)).unwrap();

    let world = World::new();
    let ran = world.run(&["replay", "/nonexistent/a.txt"]).expect(65);
    assert!(ran.err.contains("/nonexistent/a.txt: cannot be read: no such file"), "{}", ran.err);
}

#[test]
fn pages_that_want_to_break_the_parser() {
    let deep = format!("<html><title>t</title>{}x{}", "<div>".repeat(100_000), "</div>");
    let world = World::new();
    world.write("in/deep.html", deep);
    beside_a_good_one(&world, "deep.html", "deeper than the cap");

    let world = World::new();
    world.write("in/wide.html", format!("<html><p {}>", "a=b ".repeat(100_000)));
    world.write("in/zz_good.txt", article(1));
    let path = world.path("in");
    world.run(&["replay", path.to_str().unwrap()]).expect(1);
}

#[test]
fn a_feed_file_is_named_as_one() {
    let world = World::new();
    world.write("in/feed.xml", "<rss version='2.0'><channel><title>t</title></channel></rss>");
    beside_a_good_one(&world, "feed.xml", "not read");
}

#[test]
fn broken_json_lines_name_their_place() {
    let world = World::new();
    let good = r#"{"title":"A title","url":"https://example.org/j","body":"A paragraph."}"#;
    world.write("in/a.jsonl", format!("{good}\n{{\"title\":\n{{\"title\":\"x\"}}\n"));
    let path = world.path("in");
    let ran = world.run(&["replay", path.to_str().unwrap()]).expect(1);
    assert!(ran.err.contains("a.jsonl@72: malformed"), "{}", ran.err);
    assert!(ran.err.contains("1 stored") && ran.err.contains("2 failed"), "{}", ran.err);
}

#[test]
fn databases_that_cannot_be_used() {
    let seed = article(1);

    let world = World::new();
    let input = world.write("a.txt", &seed);
    let input = input.to_str().unwrap();
    world.write("news.db", "this is not a database, it is a text, and long enough to be one");
    let ran = world.run(&["replay", input]).expect(74);
    assert!(ran.err.contains("not a Newsluice database"), "{}", ran.err);

    let world = World::new();
    let input = world.write("a.txt", &seed);
    let input = input.to_str().unwrap();
    world.run(&["replay", input]).expect(0);
    rusqlite_write(&world, "PRAGMA user_version = 9999");
    let ran = world.run(&["replay", input]).expect(74);
    assert!(ran.err.contains("newer version of the program"), "{}", ran.err);
}

#[test]
fn a_database_held_by_another_process() {
    let world = World::new();
    let input = world.write("a.txt", article(1));
    let input = input.to_str().unwrap();
    world.run(&["replay", input]).expect(0);
    let connection = rusqlite_open(&world);
    connection.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let other = world.write("b.txt", article(2));
    let other = other.to_str().unwrap();
    let ran = world.run(&["replay", other, "--set", "store.busy_timeout=100ms"]).expect(75);
    assert!(ran.err.contains("another process"), "{}", ran.err);
    connection.execute_batch("ROLLBACK").unwrap();
    world.run(&["replay", other]).expect(0);
    assert_eq!(world.count("SELECT count(*) FROM records"), 2);
}

#[expect(clippy::disallowed_methods, reason = "plays another program that holds the database")]
fn rusqlite_open(world: &World) -> rusqlite::Connection {
    rusqlite::Connection::open(world.db()).unwrap()
}

fn rusqlite_write(world: &World, statement: &str) {
    rusqlite_open(world).execute_batch(statement).unwrap();
}
