//! Site rules from a folder: checked by the pages beside them, followed where they agree.

use std::fs;

use crate::support::{World, repository};

fn examples() -> String {
    format!("clean.sites={}", repository("config/sites").display())
}

#[test]
fn the_examples_come_out_as_they_say() {
    let world = World::new();
    let ran = world.run(&["check", "--set", &examples()]).expect(0);
    assert!(ran.out.contains("config/sites: 3, fine"), "{}", ran.out);
}

#[test]
fn a_wrong_rule_is_a_wrong_setting_and_an_old_one_is_told() {
    let world = World::new();
    let rule = world.write("sites/x.toml", "hosts = ['a.org']\nbody = ['p[']\n");
    let setting = format!("clean.sites={}", rule.parent().unwrap().display());
    let ran = world.run(&["check", "--set", &setting]).expect(78);
    assert!(ran.err.contains("site rule x: body: 'p[' is no selector"), "{}", ran.err);
    fs::write(&rule, "hosts = ['a.org']\nbody = ['p']\n").unwrap();
    let ran = world.run(&["check", "--set", &setting]).expect(1);
    assert!(ran.err.contains("site rule x: no page beside it"), "{}", ran.err);
    fs::copy(repository("config/sites/ghost.html"), rule.with_extension("html")).unwrap();
    let ran = world.run(&["check", "--set", &setting]).expect(1);
    assert!(ran.err.contains("site rule x: no [test]"), "{}", ran.err);
}

#[test]
fn the_page_of_a_known_site_is_cleaned_by_its_rule() {
    let world = World::new();
    let page = repository("config/sites/harbour-courier.html");
    let list = serde_json::json!({
        "id": "a", "path": page, "url": "https://www.harbour-courier.example/2024/03/05/ferry",
    });
    let list = world.write("list.jsonl", format!("{list}\n"));
    let list = list.to_str().unwrap();
    let title = |ran: &str| {
        let line: serde_json::Value = serde_json::from_str(ran).unwrap();
        line["provenance"]["title"].as_str().unwrap_or_default().to_owned()
    };
    let with = world.run(&["clean", "--list", list, "--set", &examples()]).expect(0).out;
    let without = world.run(&["clean", "--list", list]).expect(0).out;
    assert!(!with.contains("Tell the paper"), "{with}");
    assert_ne!((title(&with), &with), (title(&without), &without));
}
