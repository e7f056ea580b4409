//! A full disk: nothing is lost, and work goes on by itself when there is room.
//!
//! Needs a small file system of its own: where none can be mounted the tests say so and pass.

use std::path::PathBuf;
use std::process::Command;

use world::{Origin, Site};

use crate::support::World;
use crate::support::{Daemon, OPEN, feed, list, page, start, wait_for};

/// A file system of so many MiB in memory, unmounted at the end.
struct Small(PathBuf);

impl Small {
    fn mount(world: &World, mebibytes: u32) -> Option<Self> {
        let path = world.path("disk");
        std::fs::create_dir_all(&path).unwrap();
        let size = format!("size={mebibytes}m");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&path);
        if mount.output().is_ok_and(|output| output.status.success()) {
            return Some(Self(path));
        }
        println!("skipped: no file system can be mounted here");
        None
    }

    /// Fills it but for so many KiB.
    fn fill_but(&self, kibibytes: u64, mebibytes: u64) {
        let files = std::fs::read_dir(&self.0).unwrap();
        let used: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
        let ballast = (mebibytes << 20) - (kibibytes << 10) - used;
        let ballast = vec![0; usize::try_from(ballast).unwrap()];
        std::fs::write(self.0.join("ballast"), ballast).unwrap();
    }

    fn make_room(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

const ARTICLES: usize = 60;

/// A feed that answers 304 for ever to who has its tag.
fn origin() -> Origin {
    let links: Vec<String> = (0..ARTICLES).map(|n| format!("/a/{n}")).collect();
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    let site = Site::new().tagged("/feed", "\"1\"", feed(&links));
    start(site.on("/a/*", |ask| page(ask.hit.target[3..].parse().unwrap())))
}

fn daemon(world: &World, disk: &Small, origin: &Origin, min_free: &str) -> Command {
    let feeds = list(world, &[origin.url("/feed")]);
    let mut command = crate::support::program();
    command.arg("--db").arg(disk.0.join("news.db")).args(["run", "--feeds", &feeds]);
    command.args(["--set", "schedule.interval=1s", "--set", min_free]).args(OPEN);
    command.args(["--set", "fetch.host_delay=0", "--set", "fetch.per_host=8"]);
    command
}

fn stored(disk: &Small) -> i64 {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let Ok(db) = rusqlite::Connection::open_with_flags(disk.0.join("news.db"), flags) else {
        return 0;
    };
    db.query_row("SELECT count(*) FROM records", [], |row| row.get(0)).unwrap_or(0)
}

#[test]
fn below_min_free_nothing_is_fetched_until_there_is_room() {
    let world = World::new();
    let Some(disk) = Small::mount(&world, 40) else { return };
    let origin = origin();
    disk.fill_but(1500, 40); // the limit is a twentieth: 2 MiB
    let running = Daemon::of(daemon(&world, &disk, &origin, "store.min_free=1GiB"));
    wait_for("the database", || disk.0.join("news.db-socket").exists());
    let db = disk.0.join("news.db");
    let db = db.to_str().unwrap();
    let status = || {
        crate::support::ran(
            crate::support::program().args(["--db", db, "status"]).output().unwrap(),
        )
    };
    wait_for("it can be read", || status().code == 0);
    let feeds = list(&world, &[origin.url("/feed")]);
    std::thread::sleep(std::time::Duration::from_millis(700)); // time in which it would ask
    assert!(origin.hits().is_empty());
    disk.make_room();
    wait_for("all are stored", || stored(&disk) == i64::try_from(ARTICLES).unwrap());
    let ran = running.stop();
    assert_eq!(ran.err.matches("store.min_free keeps").count(), 1, "{}", ran.err);
    assert!(ran.err.contains("fetching goes on"), "{}", ran.err);

    disk.fill_but(900, 40);
    let mut once = crate::support::program();
    once.args(["--db", db, "run", "--once", "--feeds", &feeds]);
    let told = crate::support::ran(once.output().unwrap()).expect(74);
    assert!(told.err.contains("make some and start again"), "{}", told.err);
}

#[test]
fn a_disk_that_is_full_in_the_middle_loses_nothing() {
    let world = World::new();
    let Some(disk) = Small::mount(&world, 40) else { return };
    let origin = origin();
    disk.fill_but(1200, 40); // a new database takes 800 of them
    let running = Daemon::of(daemon(&world, &disk, &origin, "store.min_free=0"));
    let stuck = || origin.hits().len() > 10 && stored(&disk) < i64::try_from(ARTICLES).unwrap();
    wait_for("it stands before a full disk", stuck);
    let full = std::time::Instant::now();
    std::thread::sleep(std::time::Duration::from_millis(2500)); // time to say so too often
    disk.make_room();
    wait_for("all are stored", || stored(&disk) == i64::try_from(ARTICLES).unwrap());
    let seconds = full.elapsed().as_secs() + 3;
    let ran = running.stop();
    let said = ran.err.matches("no room left on the disk").count() as u64;
    assert!(said <= seconds, "{said} times in {seconds} s:\n{}", ran.err);
    for n in 0..ARTICLES {
        assert_eq!(origin.hits_at(&format!("/a/{n}")).len(), 1, "{n}");
    }
}
