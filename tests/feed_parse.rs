//! `feed parse`: a line of JSON for each input, in input order, whatever the input is.

use serde_json::Value;

use crate::support::{World, program, ran};

const FEED: &str = "<rss><channel><title>News</title><link>https://example.org/</link>
    <item><title>Rain &amp; wind</title><link>/rain</link><guid>g-1</guid>
    <pubDate>Thu, 02 May 2024 10:00:00 +0200</pubDate><category>weather</category></item>
    <item><title>cut o";

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_list_gives_a_line_for_each_input() {
    let world = World::new();
    world.write("raw/cut.xml", FEED);
    world.write("raw/page.html", "<html><body>Hello</body></html>");
    let list = world.write(
        "list.jsonl",
        "{\"file\":\"cut\",\"path\":\"raw/cut.xml\",\"url\":\"https://example.org/feed\"}\n\
         not json\n\n\
         {\"file\":\"page\",\"path\":\"raw/page.html\",\"content_type\":\"text/html\"}\n\
         {\"path\":\"raw/missing.xml\"}\n",
    );
    let out = world.run(&["feed", "parse", "--problems", "--list", list.to_str().unwrap()]);
    let lines = lines(&out.expect(1).out);
    let files: Vec<&str> = lines.iter().map(|line| line["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["cut", "2", "page", "raw/missing.xml"]);

    let cut = &lines[0];
    assert_eq!((&cut["ok"], &cut["feed"]["title"]), (&true.into(), &"News".into()));
    assert_eq!(cut["entries"].as_array().unwrap().len(), 1);
    let entry = &cut["entries"][0];
    for (field, value) in [
        ("id", "g-1"),
        ("title", "Rain & wind"),
        ("link", "https://example.org/rain"),
        ("published", "2024-05-02T08:00:00Z"),
    ] {
        assert_eq!(entry[field], value, "{field}");
    }
    assert_eq!(entry["tags"], serde_json::json!(["weather"]));
    assert!(!cut["problems"].as_array().unwrap().is_empty(), "{cut}");

    assert!(lines.iter().skip(1).all(|line| line["ok"] == false));
    assert!(lines[2]["error"].as_str().unwrap().contains("html page"), "{}", lines[2]);
}

#[test]
fn files_are_named_on_the_command_line() {
    let world = World::new();
    let feed = world.write("feed.xml", FEED);
    let path = feed.to_str().unwrap();
    let line = &lines(&world.run(&["feed", "parse", path]).expect(0).out)[0];
    assert_eq!(line["file"], path);
    assert!(line.get("problems").is_none(), "{line}");
    let empty = world.write("empty.xml", "");
    world.run(&["feed", "parse", empty.to_str().unwrap()]).expect(65);
    ran(program().args(["feed", "parse"]).output().unwrap()).expect(2);
}

#[test]
fn dates_are_read_or_said_to_be_none() {
    let world = World::new();
    let dates = world.write("dates.jsonl", "{\"s\":\"5 May 2024 10:00 CEST\"}\n{\"s\":\"soon\"}\n");
    let out = world.run(&["feed", "parse", "--dates", dates.to_str().unwrap()]).expect(0).out;
    let lines = lines(&out);
    assert_eq!(lines[0]["date"], "2024-05-05T08:00:00Z");
    assert!(lines[1].get("date").is_none() && lines[1]["error"].is_string(), "{}", lines[1]);
}
