//! The n-th system call fails, or is the last: what was acknowledged is there all the same.
//!
//! Uses strace's fault injection; where there is no strace the tests say so and pass. They try
//! a few places by default; `NEWSLUICE_FAULTS=200` tries each of the first 200.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::support::{World, acknowledged, article, program};

/// The places in the stream of calls that are tried.
fn places() -> Vec<usize> {
    match std::env::var("NEWSLUICE_FAULTS").ok().and_then(|n| n.parse().ok()) {
        Some(most) => (1..=most).collect(),
        None => vec![1, 2, 3, 5, 8, 13, 21, 34, 55, 89],
    }
}

/// The program under strace with this fault, and without the caller's settings.
pub(crate) fn under_strace(fault: &str) -> Command {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", "signal=none", "-e", fault]);
    command.arg(program().get_program()).stdin(Stdio::null());
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("HOME", "/nonexistent");
    command
}

pub(crate) fn has_strace() -> bool {
    let found = Command::new("strace").arg("-V").stdout(Stdio::null()).status().is_ok();
    if !found {
        println!("skipped: no strace here");
    }
    found
}

/// Replays fifty files while strace injects `fault`; then looks at what is left, and finishes
/// the replay without it. Returns whether the fault was felt.
#[track_caller]
fn replay_with(fault: &str) -> bool {
    let world = World::new();
    for number in 0..50 {
        world.write(&format!("in/{number:03}.txt"), article(number));
    }
    let folder = world.path("in");
    let ack = world.path("acks");
    let (folder, ack_name) = (folder.to_str().unwrap(), ack.to_str().unwrap());
    let arguments = ["replay", folder, "--ack", ack_name, "--set", "store.batch=10", "--jobs", "2"];
    let mut command = under_strace(fault);
    command.arg("--db").arg(world.db()).args(arguments);
    let ended = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert_ne!(ended.code(), Some(78), "{fault}: it did not even begin");
    let promised = acknowledged(&ack);
    let restarted = world.run(&arguments);
    assert_eq!(restarted.code, 0, "{fault}: {}", restarted.err);
    let check: String =
        world.sqlite().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok", "{fault}");
    let stored: BTreeSet<String> = world.urls();
    assert!(promised.is_subset(&stored), "{fault}: an acknowledged record is missing");
    assert_eq!(stored.len(), 50, "{fault}");
    !ended.success()
}

fn each(call: &str, how: &str) {
    if !has_strace() {
        return;
    }
    let faults = places().into_iter().map(|n| format!("inject={call}:{how}:when={n}"));
    let felt = faults.filter(|fault| replay_with(fault)).count();
    println!("{call} {how}: {felt} of {} felt", places().len());
    assert!(felt > 0, "{call} {how}: none was felt");
}

#[test]
fn killed_at_the_nth_write() {
    each("pwrite64", "signal=KILL");
}

#[test]
fn killed_at_the_nth_sync() {
    each("fdatasync,fsync", "signal=KILL");
}

#[test]
fn no_room_at_the_nth_write() {
    each("pwrite64", "error=ENOSPC");
}

#[test]
fn a_bad_disk_at_the_nth_write() {
    each("pwrite64", "error=EIO");
}

#[test]
fn a_bad_disk_at_the_nth_sync() {
    each("fdatasync,fsync", "error=EIO");
}
