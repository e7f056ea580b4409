//! Memory is flat however much streams through.

use std::io::Read;
use std::process::Stdio;

use crate::support::{World, article};

/// The peak resident size of a replay of so many files, in KiB.
fn peak(files: u64) -> u64 {
    let world = World::new();
    for number in 0..files {
        world.write(&format!("in/{number:05}.txt"), article(number));
    }
    let folder = world.path("in");
    let mut child = world
        .command(&["replay", folder.to_str().unwrap(), "--jobs", "2"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = format!("/proc/{}/status", child.id());
    // VmHWM only rises, so the last look is the peak but for the very last moments.
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(size.unwrap_or(0));
        std::thread::yield_now();
    }
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(said.contains(&format!("{files} seen: {files} stored")), "{said}");
    peak
}

/// Files after which the queues and a batch are full: with fewer, it is their filling that is
/// measured.
const FULL: u64 = 2000;

/// The full size is 2,000 against 20,000 files: `NEWSLUICE_MEMORY=20000`.
#[test]
fn more_files_take_the_same_memory() {
    let most = std::env::var("NEWSLUICE_MEMORY").ok().and_then(|n| n.parse().ok());
    let most: u64 = most.unwrap_or(4000);
    let less = FULL.max(most / 10);
    let (few, many) = (peak(less), peak(most));
    println!("peak of {less} files: {few} KiB, of {most} files: {many} KiB");
    assert!(many * 10 <= few * 12, "{few} KiB, then {many} KiB");
    assert!(many < 150 << 10, "{many} KiB");
}
