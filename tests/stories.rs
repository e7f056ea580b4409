//! Stories through the whole pipeline: found, shown, put right, and the same after any kill.

use std::time::Duration;

use serde_json::Value;

use crate::support::{World, repository};

/// A report of a made-up event, by its first numbers from one side, then from another one,
/// later from both: two stories at first, which grow together.
fn report(number: u64) -> String {
    let (event, variant) = (number / 12 * 3 + number % 3, number / 3 % 4);
    let sides: &[u64] = match variant {
        0 => &[0],
        1 => &[1],
        _ => &[0, 1],
    };
    let name = |side: u64, i: u64| format!("Kel{event}vor{side}{i}");
    let word = |side: u64, i: u64| format!("mur{event}den{side}{i}");
    let title: Vec<String> =
        sides.iter().map(|s| format!("{} {}", name(*s, 0), word(*s, variant))).collect();
    let lines = sides.iter().map(|s| {
        format!(
            "The {} and {} {} {}, said {}.\n{} {} {} and {} {}.\n",
            name(*s, 1),
            name(*s, 2),
            word(*s, variant % 2 + 10),
            word(*s, 3),
            name(*s, 3),
            name(*s, 0),
            word(*s, 4),
            word(*s, 5),
            word(*s, variant + 20),
            word(*s, 6),
        )
    });
    format!(
        "{}\n202405{:02}\nhttps://site{variant}.example/{number}\n{}",
        title.join(" "),
        1 + number / 60 % 27,
        lines.collect::<String>(),
    )
}

fn folder(world: &World, files: u64) -> String {
    for number in 0..files {
        let text = match number % 9 {
            // The same page again with another text: a revision, which stays in its story.
            8 => report(number - 3).replace("police", "the police"),
            _ => report(number),
        };
        world.write(&format!("in/{number:05}.txt"), text);
    }
    world.path("in").to_str().unwrap().to_owned()
}

fn listed(world: &World, arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["--json", "stories", "-n", "1000"];
    all.extend(arguments);
    let ran = world.run(&all).expect(0);
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_seeds_are_two_stories() {
    let world = World::new();
    world.run(&["replay", repository("seeds").to_str().unwrap()]).expect(0);
    let sizes: Vec<_> =
        listed(&world, &["--biggest"]).iter().map(|s| s["records"].clone()).collect();
    assert_eq!(sizes, [3, 2]);
    let text = world.run(&["stories"]).expect(0).out;
    assert!(text.contains("3 records"), "{text}");
    let found = listed(&world, &["Minsk", "agreements"]);
    let id = found[0]["id"].as_str().unwrap();
    let shown = world.run(&["show", "--story", id]).expect(0).out;
    assert!(shown.contains("began the story") && shown.contains("like the story"), "{shown}");
    let json = world.run(&["--json", "show", "--story", id]).expect(0).out;
    let story: Value = serde_json::from_str(&json).unwrap();
    let member = &story["members"][1];
    assert!(member["basis"]["score"].as_f64() >= member["basis"]["threshold"].as_f64());
    let exported = world.run(&["export"]).expect(0).out;
    assert!(exported.lines().all(|line| line.contains("\"story_id\"")), "{exported}");
    world.run(&["show", "--story", "0000000000000000"]).expect(1);
    world.run(&["stories", "--at-least", "9"]).expect(1);
}

#[test]
fn the_same_stories_for_any_number_of_workers_and_through_any_kill() {
    let files = 700;
    let unbroken = World::new();
    let path = folder(&unbroken, files);
    unbroken.run(&["replay", &path, "--jobs", "1"]).expect(0);
    let merged = unbroken.count("SELECT count(*) FROM stories WHERE merged_into IS NOT NULL");
    assert!(listed(&unbroken, &[]).len() > 50 && merged > 0, "{merged}");
    for jobs in ["2", "8"] {
        let world = World::new();
        world.run(&["replay", &path, "--jobs", jobs]).expect(0);
        assert_eq!(world.digest(), unbroken.digest());
    }
    let killed = World::new();
    let mut random = 11u64;
    for _ in 0..12 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let mut child = killed
            .command(&["replay", &path, "--set", "store.batch=16"])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // Not a sleep to wait for something: the moment of the kill is the point.
        std::thread::sleep(Duration::from_millis(20 + (random >> 33) % 60));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    killed.run(&["replay", &path]).expect(0);
    assert_eq!(killed.digest(), unbroken.digest());
    assert_eq!(listed(&killed, &[]), listed(&unbroken, &[]));
}

#[test]
fn what_a_user_decides_sticks() {
    let world = World::new();
    let path = folder(&world, 60);
    world.run(&["replay", &path]).expect(0);
    let before = listed(&world, &[]);
    let story = before[0]["id"].as_str().unwrap();
    let json = world.run(&["--json", "show", "--story", story]).expect(0).out;
    let members: Value = serde_json::from_str(&json).unwrap();
    let ids: Vec<&str> =
        members["members"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap()).collect();
    let leaver = *ids.iter().find(|id| **id != story).unwrap();
    world.run(&["story", "split", story, leaver]).expect(0);
    let again = world.run(&["story", "split", story, story]).expect(1);
    assert!(again.err.contains("stays"), "{}", again.err);
    world.run(&["story", "merge", story, "nobody"]).expect(1);

    // What comes later keeps to it, and so does a replay of everything.
    let story_of = |id: &str| {
        let shown = world.run(&["--json", "show", id]).expect(0).out;
        serde_json::from_str::<Value>(&shown).unwrap()["story_id"].as_str().unwrap().to_owned()
    };
    assert_eq!(story_of(leaver), leaver);
    let digest = world.digest();
    world.run(&["replay", &path]).expect(0);
    assert_eq!(world.digest(), digest, "a replay moves nothing");
    for number in 60..700 {
        world.write(
            &format!("in/{number:05}.txt"),
            report(number % 60).replace(".example", ".test"),
        );
    }
    world.run(&["replay", &path]).expect(0);
    assert_ne!(story_of(leaver), story_of(story), "no merge pass overrules it");

    let kept = world.run(&["story", "merge", leaver, story]).expect(0).out;
    assert_eq!(story_of(leaver), story_of(story));
    assert!(kept.contains(&story_of(story)), "{kept}");
    let by_alias = world.run(&["--json", "show", "--story", leaver]).expect(0).out;
    assert!(by_alias.contains(&format!("\"id\":\"{}\"", story_of(story))), "{by_alias}");
}
