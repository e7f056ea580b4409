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
