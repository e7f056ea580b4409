//! The command line as people meet it: help, errors, closed pipes, places of files.

use std::fmt::Write;
use std::process::Stdio;

use crate::support::{World, program, ran};

/// Every verb that there is, by the program's own word.
fn verbs(of: &[&str]) -> Vec<String> {
    let help = ran(program().args(of).arg("--help").output().unwrap()).expect(0).out;
    let Some((_, list)) = help.split_once("\nCommands:\n") else { return Vec::new() };
    let lines = list.lines().take_while(|line| !line.trim().is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// A help text without what stands in all of them alike.
fn without_common(text: &str) -> String {
    let (own, common) = text.split_once("\nOptions of every command:\n").unwrap();
    let after = common.split_once("\n\n").map_or("", |(_, after)| after);
    format!("{own}\n{after}")
}

#[test]
fn every_help_is_pinned() {
    let mut all = ran(program().arg("--help").output().unwrap()).expect(0).out;
    for verb in verbs(&[]).iter().filter(|verb| *verb != "help") {
        let help = |words: &[&str]| {
            let text = ran(program().args(words).arg("-h").output().unwrap()).expect(0).out;
            format!("\n--- {}\n{}", words.join(" "), without_common(&text))
        };
        all += &help(&[verb]);
        for inner in verbs(&[verb]).iter().filter(|inner| *inner != "help") {
            all += &help(&[verb, inner]);
        }
    }
    insta::assert_snapshot!(all);
}

/// The words of every verb that has no verbs of its own.
fn leaves(of: &[&str]) -> Vec<String> {
    let inner = verbs(of).into_iter().filter(|verb| verb != "help");
    let below = inner.flat_map(|verb| leaves(&[of, &[&verb]].concat()));
    let below: Vec<String> = below.collect();
    if below.is_empty() { vec![of.join(" ")] } else { below }
}

/// What is asked of each verb so that it fails, in a folder where `junk` is no database, no list
/// and no archive, and `gone` is not there.
const FAILING: &[(&str, &[&str])] = &[
    ("run", &["--db junk --once", "--once --feeds gone", "--once --archive junk/x"]),
    ("backfill", &["gone", "--db junk http://127.0.0.1:1/", "--since soon http://127.0.0.1:1/"]),
    ("replay", &["gone", "--db junk junk", ""]),
    ("reprocess", &["gone", "--db junk junk", "junk --where colour=red"]),
    ("retry", &["", "--all", "--db junk --all", "--reason whim"]),
    ("fetch", &["", "nonsense", "http://127.0.0.1:1/"]),
    ("clean", &["", "gone"]),
    (
        "feed add",
        &["", "ftp://example.org/", "http://127.0.0.1:1/", "--db junk http://127.0.0.1:1/"],
    ),
    ("feed list", &["--db junk", "--of"]),
    ("feed set", &["", "1 --interval soon", "--db junk 1 --tag a"]),
    ("feed rm", &["", "1", "--db junk 1"]),
    ("feed pause", &["", "1", "--db junk 1"]),
    ("feed resume", &["", "1", "--db junk 1"]),
    ("feed discover", &["", "ftp://example.org/", "http://127.0.0.1:1/"]),
    ("feed import", &["", "gone", "junk"]),
    ("feed export", &["--format verse", "--db junk"]),
    ("feed sync", &["", "gone", "--db junk junk"]),
    ("feed filter test", &["", "1", "--db junk 1"]),
    ("feed parse", &["", "gone", "junk"]),
    ("dedup", &["", "gone", "junk"]),
    ("export", &["", "--db junk", "--format verse"]),
    ("show", &["", "x", "--db junk x"]),
    ("explain", &["", "x", "--db junk x"]),
    ("history", &["", "x", "--db junk x"]),
    ("stories", &["", "--db junk"]),
    ("story split", &["", "1", "--db junk 1 x"]),
    ("story merge", &["", "1", "--db junk 1 2"]),
    ("search", &["", "rain", "--db junk rain"]),
    ("demo", &["--db junk"]),
    ("status", &["", "--db junk", "--watch soon"]),
    ("doctor", &["", "--db junk", "--days many"]),
    ("check", &["--db junk", "-c gone", "--set fetch.timout=1"]),
    ("digest", &["", "--db junk"]),
    ("maintain backup", &["", "copy", "--db junk copy"]),
    ("maintain restore", &["", "gone", "junk"]),
    ("maintain integrity", &["", "--db junk"]),
    ("maintain vacuum", &["", "--db junk"]),
    ("maintain rebuild", &["", "--db junk"]),
    ("maintain upgrade", &["", "--db junk"]),
    ("completions", &["", "cobol"]),
    ("man", &["nonsense"]),
];

#[test]
fn an_error_of_every_verb_is_pinned() {
    let tried: Vec<&str> = FAILING.iter().map(|(verb, _)| *verb).collect();
    assert_eq!(tried, leaves(&[]), "each verb is to fail here once at least");
    let mut all = String::new();
    for (verb, lines) in FAILING {
        for line in *lines {
            let world = World::new();
            let folder = std::fs::canonicalize(world.path(".")).unwrap();
            world.write("junk", "neither database, list nor archive, whatever is said of it\n");
            let mut command = program();
            command.env("HOME", &folder).current_dir(&folder);
            command.env("NEWSLUICE_FETCH_CONTACT", "https://example.org/about");
            command.args(verb.split(' ')).args(line.split_whitespace());
            let ran = ran(command.output().unwrap());
            assert_ne!(ran.code, 0, "{verb} {line}: {}", ran.out);
            assert!(!ran.err.contains("panicked"), "{verb} {line}: {}", ran.err);
            let said = format!("{}{}", ran.err, ran.out).replace(folder.to_str().unwrap(), "~");
            let said = said.replace("newsluice-under-test", "newsluice");
            // How long it took is another each time.
            let said: Vec<&str> =
                said.lines().map(|l| l.split(" failed; ").next().unwrap()).collect();
            let said = said.join("\n");
            writeln!(all, "$ newsluice {verb} {line}\n{said}\nexit {}\n", ran.code).unwrap();
        }
    }
    insta::assert_snapshot!(all);
}

#[test]
fn errors_are_one_line_with_the_thing_first_and_the_remedy_last() {
    let world = World::new();
    let missing = world.db().display().to_string();
    let cases: [(&[&str], i32, String); 7] = [
        (&["status"], 74, format!("newsluice: database {missing}: not there; ")),
        (&["show", "x"], 74, format!("newsluice: database {missing}: not there; ")),
        (
            &["check", "--set", "fetch.timout=1"],
            78,
            "newsluice: config --set: unknown setting".into(),
        ),
        (&["check", "--set", "fetch.timeout=soon"], 78, "newsluice: config: ".into()),
        (&["check", "-c", "/nonexistent.toml"], 78, "newsluice: config /nonexistent.toml: ".into()),
        (&["replay", "/nonexistent"], 65, "/nonexistent: ".into()),
        (&["export", "--format", "text"], 2, String::new()),
    ];
    for (arguments, code, start) in cases {
        if arguments == ["export", "--format", "text"] {
            world.run(&["replay", &world.write("a.txt", "Rain\nIt rained.").to_string_lossy()]);
        }
        let ran = world.run(arguments).expect(code);
        let first = ran.err.lines().next().unwrap();
        assert!(first.starts_with(&start), "{arguments:?}: {}", ran.err);
        assert!(!ran.err.contains("panicked") && !first.ends_with('.'), "{}", ran.err);
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let world = World::new();
    world.run(&["demo"]).expect(0);
    let id: String =
        world.sqlite().query_row("SELECT id FROM records LIMIT 1", [], |row| row.get(0)).unwrap();
    let commands: [&[&str]; 16] = [
        &["--help"],
        &["man"],
        &["man", "settings"],
        &["completions", "bash"],
        &["check"],
        &["check", "--print"],
        &["check", "--schema"],
        &["status"],
        &["search", "ferry"],
        &["show", &id],
        &["explain", &id],
        &["history", &id],
        &["stories"],
        &["export", "--duplicates"],
        &["export", "--format", "csv"],
        &["digest"],
    ];
    for arguments in commands {
        let mut command = world.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take()); // before it has written anything, or in the middle
        let ran = ran(child.wait_with_output().unwrap());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{arguments:?}");
    }
}

/// Something to do for each verb, by the names of a `World` in which the demo ran.
fn something_to_do(verb: &str) -> Option<&'static [&'static str]> {
    Some(match verb {
        "backfill" => &["list.txt"],
        "check" | "demo" | "digest" | "doctor" | "export" | "man" | "status" | "stories"
        | "feed export" | "feed list" | "maintain integrity" | "maintain rebuild"
        | "maintain upgrade" | "maintain vacuum" => &[],
        "clean" | "replay" => &["a.txt"],
        "completions" => &["bash"],
        "dedup" => &["a.jsonl"],
        "explain" | "history" | "show" => &["ID"],
        "feed add" => &["https://example.org/feed", "--unchecked"],
        "feed discover" | "fetch" => &["http://127.0.0.1:1/"],
        "feed filter" => &["test", "1", "--keep", "title:x"],
        "feed import" => &["feeds.txt"],
        "feed parse" => &["feed.xml"],
        "feed pause" | "feed resume" | "feed rm" => &["1"],
        "feed set" => &["1", "--tag", "x"],
        "feed sync" => &["feeds.txt", "--dry-run"],
        "maintain backup" | "maintain restore" => &["copy.db"],
        "reprocess" => &["--dry-run", "a.txt"],
        "retry" => &["--all", "--dry-run"],
        "run" => &["--once"],
        "search" => &["ferry"],
        "story merge" | "story split" => &["ID", "ID"],
        _ => return None,
    })
}

#[test]
fn no_verb_panics_when_nobody_reads_what_it_says() {
    let world = World::new();
    world.run(&["demo"]).expect(0);
    let id: String =
        world.sqlite().query_row("SELECT id FROM records LIMIT 1", [], |row| row.get(0)).unwrap();
    world.write("a.txt", "Rain\nIt rained.\n");
    world.write("a.jsonl", "{\"id\":\"1\",\"title\":\"Rain\",\"body\":\"It rained.\"}\n");
    world.write("list.txt", "");
    world.write("feeds.txt", "https://example.org/feed\n");
    world.write("feed.xml", "<rss version='2.0'><channel><title>R</title></channel></rss>");
    let mut all = Vec::new();
    for verb in verbs(&[]).iter().filter(|verb| *verb != "help") {
        let inner = verbs(&[verb]);
        let inner: Vec<_> = inner.iter().filter(|inner| *inner != "help").collect();
        all.extend(inner.iter().map(|inner| format!("{verb} {inner}")));
        all.extend(inner.is_empty().then(|| verb.clone()));
    }
    for verb in &all {
        let Some(more) = something_to_do(verb) else {
            panic!("{verb}: say what it is to do in something_to_do");
        };
        let words = verb.split(' ').chain(more.iter().copied());
        let words: Vec<&str> = words.map(|word| if word == "ID" { &id } else { word }).collect();
        for (json, is_deaf) in [(false, false), (true, false), (false, true)] {
            let mut command = world.command(&words);
            command.current_dir(world.path("")).args(json.then_some("--json"));
            let errors = if is_deaf { Stdio::piped() } else { world.log("err").into() };
            let mut child = command.stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
            drop((child.stdout.take(), child.stderr.take()));
            let code = child.wait().unwrap().code();
            let said = std::fs::read_to_string(world.path("err")).unwrap_or_default();
            assert!(code.is_some_and(|code| code != 101), "{words:?}: {code:?} {said}");
            assert!(!said.contains("panicked"), "{words:?}: {said}");
        }
    }
}

#[test]
fn files_live_where_xdg_says() {
    let world = World::new();
    world.write("config/newsluice/newsluice.toml", "[fetch]\ncontact = \"a@example.org\"\n");
    let text = world.write("a.txt", "Rain\nIt rained.\n");
    let in_place = |arguments: &[&str]| {
        let mut command = program();
        command.env("XDG_CONFIG_HOME", world.path("config"));
        command.env("XDG_DATA_HOME", world.path("data"));
        ran(command.args(arguments).output().unwrap())
    };
    in_place(&["replay", text.to_str().unwrap()]).expect(0);
    assert!(world.path("data/newsluice/news.db").exists());
    let printed = in_place(&["check", "--print"]).expect(0).out;
    assert!(printed.contains("contact = \"a@example.org\""), "{printed}");
}

#[test]
fn logs_are_plain_or_json_as_set_and_have_no_colours() {
    let world = World::new();
    let text = world.write("a.txt", "Rain\nIt rained.\n");
    let text = text.to_str().unwrap();
    world.run(&["replay", text]).expect(0);
    let logged = |more: &[&str]| {
        let mut command = world.command(&["fetch", "http://127.0.0.1:1/"]);
        command.args(more).env("NO_COLOR", "1").env("TERM", "xterm-256color");
        ran(command.output().unwrap()).err
    };
    let plain = logged(&[]);
    assert!(plain.contains("fetch.contact is not set") && !plain.contains('\u{1b}'), "{plain}");
    let json = logged(&["--set", "log.format=json"]);
    let line = json.lines().find(|line| line.contains("fetch.contact")).unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!(line["level"], "WARN");
    let wrong = logged(&["--set", "log.format=yaml"]);
    assert!(wrong.contains("log") && wrong.contains("json"), "{wrong}");
}

#[test]
fn the_settings_reference_and_schema_know_every_setting() {
    let world = World::new();
    let reference = world.run(&["man", "settings"]).expect(0).out;
    let schema = world.run(&["check", "--schema"]).expect(0).out;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let sections = schema["properties"].as_object().unwrap();
    assert!(sections.len() >= 7);
    for (section, described) in sections {
        for key in described["properties"].as_object().unwrap().keys() {
            assert!(reference.contains(&format!("  {section}.{key} = ")), "{section}.{key}");
        }
    }
}

#[test]
fn secrets_may_stand_in_files() {
    let world = World::new();
    let secret = world.write("proxy", "http://user:word@127.0.0.1:3128\n");
    let printed = |name: &str, value: &str| {
        ran(world.command(&["check", "--print"]).env(name, value).output().unwrap())
    };
    let ran = printed("NEWSLUICE_FETCH_PROXY_FILE", secret.to_str().unwrap()).expect(0);
    // Where it is said, it is said without the password.
    assert!(ran.out.contains("proxy = \"http://127.0.0.1:3128/\""), "{}", ran.out);
    assert!(!ran.out.contains("word@"), "{}", ran.out);
    let ran = printed("NEWSLUICE_FETCH_PROXY_FILE", "/nonexistent").expect(78);
    assert!(ran.err.contains("NEWSLUICE_FETCH_PROXY_FILE"), "{}", ran.err);
    let ran = printed("NEWSLUICE_FETCH_PROXI_FILE", "/nonexistent").expect(78);
    assert!(ran.err.contains("unknown setting"), "{}", ran.err);
}

#[test]
fn a_revision_is_shown_as_what_it_changed() {
    let world = World::new();
    world.run(&["demo"]).expect(0);
    let find = "SELECT url FROM records WHERE revision = 2";
    let url: String = world.sqlite().query_row(find, [], |row| row.get(0)).unwrap();
    let out = world.run(&["history", &url]).expect(0).out;
    assert!(out.contains("\n  - Town to pay for school meals from autumn\n"), "{out}");
    assert!(out.contains("\n  + Town to pay for school meals from January, not autumn\n"), "{out}");
    assert!(!out.contains("Opponents had asked"), "what stayed is not shown: {out}");
    let json = world.run(&["history", "--json", &url]).expect(0).out;
    assert_eq!(json.lines().count(), 2);
    world.run(&["history", "nothing"]).expect(1);
}

#[test]
fn a_table_for_spreadsheets_has_a_row_a_record() {
    let world = World::new();
    world.run(&["replay", crate::support::repository("seeds").to_str().unwrap()]).expect(0);
    let out = world.run(&["export", "--format", "csv", "-o", "-"]).expect(0).out;
    assert!(out.starts_with("id,date,title,url,"), "{out}");
    assert_eq!(out.matches("\r\n").count(), 6);
}
