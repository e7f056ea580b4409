//! The README's examples, run as they stand there.

use std::os::unix::fs::symlink;
use std::process::Command;

use crate::support::{World, ran, repository};

/// The shell examples after this mark are run.
const MARK: &str = "<!-- tested -->\n```sh\n";

#[test]
fn the_examples_of_the_readme_do_what_they_say() {
    let readme = std::fs::read_to_string(repository("README.md")).unwrap();
    let blocks: Vec<&str> =
        readme.split(MARK).skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 2, "examples that are run stand after {MARK:?}");
    let world = World::new();
    let program = world.path("bin/newsluice");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    symlink(env!("CARGO_BIN_EXE_newsluice-under-test"), &program).unwrap();
    symlink(repository("seeds"), world.path("seeds")).unwrap();
    let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
    // One after another in one folder, as a reader would.
    for block in blocks {
        let mut shell = Command::new("sh");
        shell.args(["-eu", "-c", block]).current_dir(world.path("."));
        shell.env_clear().env("PATH", &path).env("HOME", world.path("home"));
        let done = ran(shell.output().unwrap());
        assert_eq!(done.code, 0, "{block}\n{}\n{}", done.out, done.err);
    }
}

/// The command lines within backquotes of a text, and those after `Example: `.
fn commands(text: &str) -> Vec<String> {
    let inline = text.split('`').skip(1).step_by(2);
    let examples = text.lines().filter_map(|line| line.trim().strip_prefix("Example: "));
    let all = inline.chain(examples).filter(|command| command.starts_with("newsluice "));
    // Of what another program does with it, nothing is asked here.
    all.map(|command| command.split(['|', '>', '#', ';']).next().unwrap().to_owned()).collect()
}

#[test]
fn every_command_that_is_named_anywhere_is_one() {
    let world = World::new();
    let program = world.path("bin/newsluice");
    std::fs::create_dir_all(program.parent().unwrap()).unwrap();
    symlink(env!("CARGO_BIN_EXE_newsluice-under-test"), &program).unwrap();
    let read = |name: &str| std::fs::read_to_string(repository(name)).unwrap();
    let mut texts: Vec<String> =
        ["README.md", "ARCHITECTURE.md", "config/sites/README.md", "config/newsluice.toml"]
            .map(|name| read(name).replace("```", ""))
            .into();
    texts.push(read("tests/snapshots/main__command_line__every_help_is_pinned.snap"));
    let all: Vec<String> = texts.iter().flat_map(|text| commands(text)).collect();
    assert!(all.len() > 40, "{} commands", all.len());
    let mut wrong = Vec::new();
    for command in all {
        // Whatever stands before '--help' is read first, and refused if there is no such thing.
        let line = format!("{} --help", command.replace('…', "").replace(['[', ']'], ""));
        let mut shell = Command::new("sh");
        shell.args(["-eu", "-c", &line]).current_dir(world.path("."));
        let path = format!("{}:/usr/bin:/bin", program.parent().unwrap().display());
        shell.env_clear().env("PATH", path).env("HOME", world.path("home"));
        let done = ran(shell.output().unwrap());
        if done.code != 0 {
            wrong.push(format!("{command}\n  {}", done.err.lines().next().unwrap_or_default()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_query_of_the_readme_is_answered() {
    let world = World::new();
    world.run(&["demo"]).expect(0);
    let readme = std::fs::read_to_string(repository("README.md")).unwrap();
    let queries: Vec<&str> = readme.split("'SELECT ").skip(1).collect();
    assert!(queries.len() >= 2, "{} queries", queries.len());
    for query in queries {
        let query = format!("SELECT {}", query.split('\'').next().unwrap());
        world.sqlite().prepare(&query).unwrap().query([]).unwrap().next().unwrap();
    }
}
