//! The daemon and its neighbours: signals, the service manager, edits beside it.

use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::{Duration, Instant};

use world::{Answer, Site, Step};

use crate::support::World;
use crate::support::{Daemon, OPEN, feed, list, page, start, wait_for};

/// The program without end over the feeds of this list, at a poll a second.
fn daemon(world: &World, feeds: &str, more: &[&str]) -> Command {
    let own = ["run", "--feeds", feeds, "--set", "schedule.interval=1s"];
    world.command(&[&own[..], &OPEN, more].concat())
}

/// What is told to a service manager.
struct Manager(UnixDatagram);

impl Manager {
    fn hear(world: &World, command: &mut Command) -> Self {
        let path = world.path("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        command.env("NOTIFY_SOCKET", path);
        Self(socket)
    }

    /// Listens until this is said; what was said until then.
    #[track_caller]
    fn until(&self, word: &str) -> String {
        let (mut all, mut buffer) = (String::new(), [0; 4096]);
        while !all.contains(word) {
            let length = self.0.recv(&mut buffer).unwrap();
            all.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
        all
    }
}

#[test]
fn a_dead_letter_is_fetched_again_within_two_seconds_of_retry() {
    let site = Site::new().at("/feed", feed(&["/a", "/b"])).at("/a", Answer::status(410));
    let origin = start(site.on("/b", |ask| match ask.nth {
        0 => Answer::status(410),
        _ => page(1),
    }));
    let world = World::new();
    let running = Daemon::of(daemon(&world, &list(&world, &[origin.url("/feed")]), &[]));
    wait_for("both pages are given up", || {
        world.db().exists()
            && world.run(&["retry", "--all", "--dry-run"]).err.contains("2 pages would wait again")
    });
    world.run(&["retry", "--url", "*/nothing*"]).expect(1);
    let typo = world.run(&["retry", "--reason", "gona"]).expect(2);
    assert!(typo.err.contains("did you mean 'gone'?"), "{}", typo.err);
    world.run(&["retry"]).expect(2);
    let asked = Instant::now();
    world.run(&["retry", "--reason", "gone", "--host", "127.0.0.1", "--url", "/b"]).expect(0);
    wait_for("it is asked for again", || origin.hits_at("/b").len() == 2);
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    wait_for("it is stored", || world.urls().len() == 1);
    assert_eq!(origin.hits_at("/a").len(), 1);
    running.stop();
}

#[test]
fn a_hang_up_reads_settings_and_feeds_again_and_loses_nothing() {
    let hang = Answer::script(vec![Step::Pause(Duration::from_millis(1500)), Step::Reset]);
    let site = Site::new()
        .tagged("/one", "\"1\"", feed(&["/slow"]))
        .tagged("/two", "\"2\"", feed(&["/b"]))
        .turns("/slow", vec![hang, page(1)])
        .at("/b", page(2));
    let origin = start(site);
    let world = World::new();
    let config = world.write("c.toml", "[fetch]\ncontact = \"before@example.org\"\n");
    let feeds = world.write("feeds.txt", origin.url("/one"));
    let mut command = world.command(&["run", "--config", config.to_str().unwrap()]);
    command.args(["--feeds", feeds.to_str().unwrap(), "--set", "schedule.interval=1s"]);
    command.args(&OPEN[..4]);
    let manager = Manager::hear(&world, &mut command);
    let running = Daemon::of(command);
    manager.until("READY=1");
    wait_for("a request is under way", || origin.hits_at("/slow").len() == 1);

    world.write("c.toml", "[fetch]\ncontct = \"\"\n");
    running.signal("HUP");
    manager.until("READY=1");
    world.write("c.toml", "[fetch]\ncontact = \"after@example.org\"\n");
    world.write("feeds.txt", format!("{}\n{}", origin.url("/one"), origin.url("/two")));
    running.signal("HUP");
    let said = manager.until("READY=1");
    assert!(said.contains("RELOADING=1") && said.contains("MONOTONIC_USEC="), "{said}");
    wait_for("what was under way and what is new are stored", || world.urls().len() == 2);
    let ran = running.stop();
    manager.until("STOPPING=1");
    assert!(ran.err.contains("did you mean 'fetch.contact'?"), "{}", ran.err);
    let agent = |path: &str| origin.hits_at(path)[0].header("user-agent").unwrap().to_owned();
    assert!(agent("/slow").contains("before@") && agent("/two").contains("after@"));
    let polls = origin.hits_at("/one");
    assert!(polls[1..].iter().all(|hit| hit.header("if-none-match") == Some("\"1\"")));
}

#[test]
fn the_watchdog_hears_of_a_daemon_only_while_its_database_answers() {
    let origin = start(Site::new().tagged("/feed", "\"1\"", feed(&[])));
    let world = World::new();
    let mut command = daemon(&world, &list(&world, &[origin.url("/feed")]), &[]);
    command.env("WATCHDOG_USEC", "200000");
    let manager = Manager::hear(&world, &mut command);
    let running = Daemon::of(command);
    manager.until("READY=1");
    manager.until("WATCHDOG=1");
    running.stop();
}

#[test]
fn a_second_daemon_is_told_so() {
    let origin = start(Site::new().tagged("/feed", "\"1\"", feed(&[])));
    let world = World::new();
    let feeds = list(&world, &[origin.url("/feed")]);
    let mut command = daemon(&world, &feeds, &[]);
    let manager = Manager::hear(&world, &mut command);
    let running = Daemon::of(command);
    manager.until("READY=1");
    let second = world.run(&["run", "--feeds", &feeds]).expect(75);
    assert!(second.err.contains("in use by another process"), "{}", second.err);
    world.run(&["status"]).expect(0);
    running.stop();
}
