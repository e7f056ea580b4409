//! Runs over feeds: one that ends by itself, and one that is told to.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Ran, World, ran};

/// Settings of all runs over origins: `127.66.0.0/16` stays closed, as a private network would be.
pub(crate) const OPEN: [&str; 6] = [
    "--set",
    "fetch.allow_nets=127.0.0.0/16",
    "--set",
    "fetch.host_delay=20ms",
    "--set",
    "fetch.contact=https://example.org/about",
];

/// The feed list of these URLs, and the arguments that name it.
pub(crate) fn list(world: &World, urls: &[String]) -> String {
    world.write("feeds.txt", urls.join("\n")).to_str().unwrap().to_owned()
}

/// Runs once; the exit code is not the point here.
pub(crate) fn once(world: &World, feeds: &str) -> Ran {
    let more = ["run", "--once", "--feeds", feeds, "--set", "schedule.interval=1ms"];
    world.run(&[&more[..], &OPEN].concat())
}

/// A run without end, told to end when it is dropped.
pub(crate) struct Daemon(Option<Child>);

impl Daemon {
    pub(crate) fn start(world: &World, feeds: &str, timeout: &str) -> Self {
        let timeout = format!("fetch.timeout={timeout}");
        let more =
            ["run", "--feeds", feeds, "--set", "schedule.interval=1s", "--set", timeout.as_str()];
        Self::of(world.command(&[&more[..], &OPEN].concat()))
    }

    /// This command, which runs without end.
    pub(crate) fn of(mut command: Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(Some(command.spawn().unwrap()))
    }

    /// Sends a signal of this name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// SIGTERM; it must end by it, with 0 and within 6 seconds.
    pub(crate) fn stop(mut self) -> Ran {
        self.signal("TERM");
        let child = self.0.take().unwrap();
        let asked = Instant::now();
        let ran = ran(child.wait_with_output().unwrap()).expect(0);
        assert!(asked.elapsed() < Duration::from_secs(6), "{:?}: {}", asked.elapsed(), ran.err);
        ran
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// Waits for something to come true, with the origins' side of the story if it does not.
#[track_caller]
pub(crate) fn wait_for(what: &str, is_true: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < Duration::from_secs(20), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
