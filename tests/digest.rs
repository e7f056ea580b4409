//! The same captures in the same order give the same database, whatever the machine does.

use crate::support::{World, article, repository};

/// A folder of made-up articles with copies and broken files among them.
fn folder(world: &World, files: u64) -> String {
    for number in 0..files {
        let text = match number % 10 {
            3 => article(number - 3).replace("/2024", "/copy"),
            7 => String::new(),
            _ => article(number),
        };
        world.write(&format!("in/{number:05}.txt"), text);
    }
    world.path("in").to_str().unwrap().to_owned()
}

fn digest_with(arguments: &[&str]) -> String {
    let world = World::new();
    let path = folder(&world, 150);
    let mut all = vec!["replay", path.as_str()];
    all.extend(arguments);
    world.run(&all).expect(1);
    world.digest()
}

#[test]
fn equal_for_any_number_of_workers_and_any_queue() {
    let one = digest_with(&["--jobs", "1"]);
    assert_eq!(digest_with(&["--jobs", "2"]), one);
    assert_eq!(digest_with(&["--jobs", "8"]), one);
    assert_eq!(digest_with(&["--jobs", "4", "--set", "pipeline.queue=1"]), one);
    assert_eq!(digest_with(&["--jobs", "2", "--set", "store.batch=1"]), one);
    assert_eq!(digest_with(&["--jobs", "3", "--set", "pipeline.memory=4KiB"]), one);
}

#[test]
fn another_text_gives_another_digest() {
    let digest_of = |text: &str| {
        let world = World::new();
        let path = world.write("a.txt", text);
        world.run(&["replay", path.to_str().unwrap()]).expect(0);
        world.digest()
    };
    let seed = std::fs::read_to_string(repository("seeds/004_6e641d416cccd12d.txt")).unwrap();
    assert_ne!(digest_of(&seed), digest_of(&seed.replace("Senior", "Junior")));
}

#[test]
fn the_digest_of_texts_does_not_know_the_order() {
    let digest_of = |numbers: [u64; 3]| {
        let world = World::new();
        for (place, number) in numbers.iter().enumerate() {
            let path = world.write(&format!("{place}.txt"), article(*number));
            world.run(&["replay", path.to_str().unwrap()]).expect(0);
        }
        (world.run(&["digest", "--texts"]).expect(0).out, world.digest())
    };
    let (texts, ordered) = digest_of([1, 2, 3]);
    let (shuffled_texts, shuffled) = digest_of([3, 1, 2]);
    assert_eq!(texts, shuffled_texts);
    assert_ne!(ordered, shuffled);
}
