//! The five seeds: what the README's first command promises.

use crate::support::{World, ran, repository, texts};

fn replayed() -> World {
    let world = World::new();
    let seeds = repository("seeds");
    let ran = world.run(&["replay", seeds.to_str().unwrap()]).expect(0);
    assert!(ran.err.contains("5 seen: 5 stored"), "{}", ran.err);
    world
}

fn exported(world: &World, name: &str) -> Vec<String> {
    let folder = world.path(name);
    world.run(&["export", "--format", "text", "-o", folder.to_str().unwrap()]).expect(0);
    texts(&folder)
}

#[test]
fn replaying_twice_changes_nothing() {
    let world = replayed();
    let digest = world.digest();
    let seeds = repository("seeds");
    let again = world.run(&["replay", seeds.to_str().unwrap()]).expect(0);
    assert!(again.err.contains("0 stored") && again.err.contains("5 unchanged"), "{}", again.err);
    assert_eq!(world.digest(), digest);
}

#[test]
fn the_export_is_what_is_expected_to_the_byte() {
    let world = replayed();
    let expected = texts(&repository("tests/expected/seeds"));
    assert_eq!(exported(&world, "out"), expected);
}

#[test]
fn cleaning_the_export_again_changes_nothing() {
    let world = replayed();
    let first = exported(&world, "out");
    let second = World::new();
    let folder = world.path("out");
    second.run(&["replay", folder.to_str().unwrap()]).expect(0);
    assert_eq!(exported(&second, "out"), first);
}

#[test]
fn names_are_numbered_and_carry_the_id() {
    let world = replayed();
    exported(&world, "out");
    let mut names: Vec<_> = std::fs::read_dir(world.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    for (number, name) in names.iter().enumerate() {
        let id = name.strip_prefix(&format!("{number:03}_")).unwrap().strip_suffix(".txt").unwrap();
        let shown = world.run(&["show", id]).expect(0);
        assert!(shown.out.contains(id));
    }
}

#[test]
fn standard_input_is_an_input() {
    let world = World::new();
    let file = std::fs::File::open(repository("seeds/001_45d882a358e8baeb.txt")).unwrap();
    let output = world.command(&["replay", "-"]).stdin(file).output().unwrap();
    let ran = ran(output).expect(0);
    assert!(ran.err.contains("1 stored"), "{}", ran.err);
}
