//! What each verb says to people and to scripts.

use crate::support::{World, article, program, ran, repository};

fn with_seeds() -> World {
    let world = World::new();
    let seeds = repository("seeds");
    world.run(&["replay", seeds.to_str().unwrap()]).expect(0);
    world
}

#[test]
fn help_teaches_every_verb() {
    let help = ran(program().arg("--help").output().unwrap()).expect(0).out;
    for verb in ["run", "backfill", "replay", "clean", "dedup", "export", "show", "search"] {
        assert!(help.contains(&format!("  {verb} ")), "{verb}: {help}");
        ran(program().args([verb, "--help"]).output().unwrap()).expect(0);
    }
}

#[test]
fn a_verb_that_is_not_there_is_a_usage_error() {
    ran(program().arg("replya").output().unwrap()).expect(2);
    ran(program().output().unwrap()).expect(2);
    ran(program().args(["replay"]).output().unwrap()).expect(2);
}

#[test]
fn wrong_settings_are_told_with_a_suggestion() {
    let world = World::new();
    let config = world.write("c.toml", "[fetch]\ntimout = \"1s\"\n");
    let ran = world.run(&["check", "--config", config.to_str().unwrap()]).expect(78);
    assert!(ran.err.contains("did you mean 'fetch.timeout'?"), "{}", ran.err);
    world.run(&["check", "--config", "/nonexistent.toml"]).expect(78);
    world.run(&["check"]).expect(0);
}

#[test]
fn search_finds_words_and_shows_where() {
    let world = with_seeds();
    let ran = world.run(&["search", "Minsk", "agreements"]).expect(0);
    assert!(ran.out.contains("Putin and Johnson discuss NATO expansion"), "{}", ran.out);
    let json = world.run(&["--json", "search", "Minsk"]).expect(0).out;
    for line in json.lines() {
        let hit: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(hit["id"].as_str().unwrap().len(), 16);
    }
    world.run(&["search", "\"unbalanced (AND"]);
    let nothing = world.run(&["search", "zebrafish"]).expect(1);
    assert!(nothing.err.contains("nothing found"), "{}", nothing.err);
}

#[test]
fn a_record_is_shown_by_id_and_by_url() {
    let world = with_seeds();
    let url = "https://www.cbsnews.com/news/ukraine-putin-accuses-us-nato-of-ignoring-russia-security-needs/";
    let by_url = world.run(&["show", url]).expect(0).out;
    assert!(by_url.contains("20220202"), "{by_url}");
    let json = world.run(&["--json", "show", url]).expect(0).out;
    let record: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(record["date"], "20220202");
    let by_id = world.run(&["show", record["id"].as_str().unwrap()]).expect(0).out;
    assert_eq!(by_id, by_url);
    let missing = world.run(&["show", "0000000000000000"]).expect(1);
    assert!(missing.err.contains("no record"), "{}", missing.err);
}

#[test]
fn status_counts_for_scripts() {
    let world = with_seeds();
    let status = world.run(&["--json", "status"]).expect(0).out;
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    for field in ["feeds", "entries", "records", "duplicates", "revisions", "stories", "failed"] {
        assert!(status[field].is_u64(), "{field}: {status}");
    }
    assert_eq!(status["records"], 5);
}

#[test]
fn export_as_json_lines_round_trips() {
    let world = with_seeds();
    let lines = world.run(&["export", "--format", "jsonl", "-o", "-"]).expect(0).out;
    assert_eq!(lines.lines().count(), 5);
    let input = world.write("export.jsonl", &lines);
    let second = World::new();
    second.run(&["replay", input.to_str().unwrap()]).expect(0);
    let again = second.run(&["export", "--format", "jsonl", "-o", "-"]).expect(0).out;
    let body = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        (value["title"].clone(), value["date"].clone(), value["url"].clone(), value["body"].clone())
    };
    assert_eq!(
        lines.lines().map(body).collect::<Vec<_>>(),
        again.lines().map(body).collect::<Vec<_>>()
    );
}

#[test]
fn clean_prints_a_line_for_each_input_in_order() {
    let world = World::new();
    world.write("in/a.txt", article(1));
    world.write("in/b.txt", "");
    world.write("in/c.txt", article(2));
    let path = world.path("in");
    let ran = world.run(&["clean", path.to_str().unwrap()]).expect(1);
    let lines: Vec<serde_json::Value> =
        ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let inputs: Vec<&str> = lines.iter().map(|line| line["input"].as_str().unwrap()).collect();
    assert_eq!(inputs, ["a", "b", "c"]);
    assert!(lines[0]["body"].is_string() && lines[1]["error"].is_string());
    assert!(!world.db().exists(), "a stage alone needs no database");
}

#[test]
fn completions_and_manual_are_generated() {
    let script = ran(program().args(["completions", "bash"]).output().unwrap()).expect(0).out;
    assert!(script.contains("newsluice"));
    let manual = ran(program().arg("man").output().unwrap()).expect(0).out;
    assert!(manual.contains(".TH newsluice"), "{manual}");
}

#[test]
fn a_reader_that_goes_away_is_success() {
    let world = with_seeds();
    let mut child = world
        .command(&["export", "--format", "jsonl", "-o", "-"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
