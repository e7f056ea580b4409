//! What a running daemon tells of itself, and what a run without a network says.

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use world::{Answer, Origin, Site};

use crate::support::World;
use crate::support::{Daemon, OPEN, feed, list, page, start, wait_for};

fn status(world: &World) -> Value {
    serde_json::from_str(&world.run(&["status", "--json"]).expect(0).out).unwrap()
}

fn daemon(world: &World, feeds: &str, interval: &str) -> Daemon {
    let interval = format!("schedule.interval={interval}");
    let own = ["run", "--feeds", feeds, "--set", &interval];
    Daemon::of(world.command(&[&own[..], &OPEN].concat()))
}

#[test]
fn a_daemon_tells_its_queues_rates_slow_hosts_and_last_errors() {
    let quick = start(
        Site::new()
            .at("/feed", feed(&["/a/1", "/a/2"]))
            .on("/a/*", |ask| page(ask.hit.target[3..].parse().unwrap())),
    );
    let slow = start(Site::new().at("/feed", feed(&[]).delay(Duration::from_mins(1))));
    let closed = start(Site::new().at("/feed", Answer::status(403)));
    let world = World::new();
    let feeds = list(&world, &[&quick, &slow, &closed].map(|origin| origin.url("/feed")));
    let running = daemon(&world, &feeds, "1h");
    wait_for("pages, an error and a slow host are told", || {
        world.path("news.db-socket").exists() && {
            let live = &status(&world)["live"];
            live["stored"] == 2 && live["polls_failed"] == 1 && live["slow_hosts"][0].is_object()
        }
    });
    let told = status(&world);
    let live = &told["live"];
    let stages: Vec<_> =
        live["queues"].as_array().unwrap().iter().map(|q| q["stage"].as_str().unwrap()).collect();
    assert_eq!(stages, ["clean", "dedup", "commit"]);
    assert!(live["queues"][0]["room"].as_u64().unwrap() > 0, "{live}");
    let address = slow.url("").trim_start_matches("http://").to_owned();
    assert_eq!(live["slow_hosts"][0]["host"], address.trim_end_matches('/'));
    assert_eq!((&live["under_way"], &live["slow_hosts"][0]["in_hand"]), (&1.into(), &1.into()));
    let error = live["last_errors"][0]["says"].as_str().unwrap();
    assert!(error.contains(&closed.url("/feed")) && error.contains("403"), "{error}");
    assert!(live["tasks_a_minute"].as_f64().unwrap() > 0.0, "{live}");
    assert!(told["bytes"].as_u64().unwrap() > 0 && told["disk_free_bytes"].is_u64(), "{told}");
    assert!(told["days_until_full"].is_null(), "one day tells no growth: {told}");
    let text = world.run(&["status"]).expect(0).out;
    for part in ["daemon      up for ", "under way   1 requests", "slow host   ", "last error  "] {
        assert!(text.contains(part), "{part}: {text}");
    }
    running.stop();
    assert!(status(&world)["live"].is_null());
    assert!(world.run(&["status"]).expect(0).out.contains("newsluice run' starts one"));
}

#[test]
fn watching_gives_a_line_each_time_and_ends_with_0() {
    let world = World::new();
    world.run(&["replay", &world.write("a.txt", "Rain\nIt rained.").to_string_lossy()]).expect(0);
    for signal in ["INT", "TERM"] {
        let mut command = world.command(&["status", "--watch", "100ms"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let lines: Vec<String> = lines.take(3).map(Result::unwrap).collect();
        assert!(
            lines.iter().all(|line| line == "1 records, 0 waiting, 0 failed, no daemon"),
            "{lines:?}"
        );
        let id = child.id().to_string();
        std::process::Command::new("kill").args(["-s", signal, &id]).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
    }
    world.run(&["status", "--watch", "1ms"]).expect(2);
}

/// Addresses of this machine where nobody listens: no other test binds to this one.
fn nobody(address: &str, count: usize) -> Vec<SocketAddr> {
    let bound: Vec<_> = (0..count).map(|_| TcpListener::bind((address, 0)).unwrap()).collect();
    bound.iter().map(|listener| listener.local_addr().unwrap()).collect()
}

fn feeds_at(world: &World, addresses: &[SocketAddr]) -> String {
    let urls: Vec<_> = addresses.iter().map(|address| format!("http://{address}/feed")).collect();
    list(world, &urls)
}

#[test]
fn no_network_is_told_once_with_when_it_is_tried_again() {
    let world = World::new();
    let feeds = feeds_at(&world, &nobody("127.0.200.1", 8));
    let own = ["run", "--once", "--feeds", &feeds];
    let ran = world.run(&[&own[..], &OPEN].concat()).expect(69);
    let told: Vec<_> = ran.err.lines().filter(|line| line.contains("no network")).collect();
    assert_eq!(told.len(), 1, "{}", ran.err);
    assert!(
        told[0].contains("3 hosts in a row") && told[0].contains("trying again in "),
        "{told:?}"
    );
    assert!(!ran.err.lines().any(|line| line.starts_with("feed http")), "{}", ran.err);
    assert!(ran.err.contains("0 feeds answered, 8 failed"), "{}", ran.err);
}

#[test]
fn a_network_that_comes_back_is_told_once() {
    let world = World::new();
    let addresses = nobody("127.0.201.1", 4);
    let running = daemon(&world, &feeds_at(&world, &addresses), "1s");
    wait_for("the network is gone", || {
        world.path("news.db-socket").exists() && status(&world)["live"]["has_no_network"] == true
    });
    let back: Vec<Origin> = addresses
        .iter()
        .map(|address| Origin::start_at(*address, Site::new().at("/feed", feed(&[]))).unwrap())
        .collect();
    wait_for("all are polled again", || back.iter().all(|origin| !origin.hits().is_empty()));
    wait_for("the network is back", || status(&world)["live"]["has_no_network"] == false);
    let said = running.stop().err;
    assert_eq!(said.matches("no network").count(), 1, "{said}");
    assert_eq!(said.matches("the network is back").count(), 1, "{said}");
    assert!(!said.lines().any(|line| line.starts_with("feed http")), "{said}");
}
