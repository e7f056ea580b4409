//! Health and metrics of a running daemon.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use world::{Answer, Site};

use crate::support::{Daemon, OPEN, feed, list, page, start, wait_for};
use crate::support::{World, repository};

fn get(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

/// The names that a dashboard asks for.
fn asked_for(dashboard: &str) -> BTreeSet<&str> {
    let names = dashboard.split(|c: char| !(c.is_ascii_lowercase() || c == '_'));
    names.filter(|name| name.starts_with("newsluice_")).collect()
}

#[test]
fn health_and_metrics_are_on_the_port_that_the_setting_opens() {
    let site = Site::new()
        .tagged("/feed", "\"1\"", feed(&["/a", "/b"]))
        .at("/a", page(1))
        .at("/b", Answer::status(410));
    let origin = start(site);
    let world = World::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let feeds = list(&world, &[origin.url("/feed")]);
    let listen = format!("http.listen=127.0.0.1:{port}");
    let mut command = world.command(&["run", "--feeds", &feeds, "--set", &listen]);
    command.args(OPEN).args(["--set", "schedule.interval=1h"]);
    let running = Daemon::of(command);
    let counted = |text: String| {
        text.contains("\nnewsluice_records 1\n")
            && text.contains("newsluice_dead_letters{reason=\"gone\"} 1\n")
    };
    wait_for("both outcomes are counted", || get(port, "/metrics").is_some_and(counted));
    assert!(get(port, "/healthz").unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
    assert!(get(port, "/readyz").unwrap().ends_with("\r\n\r\nready\n"));
    assert!(get(port, "/else").unwrap().starts_with("HTTP/1.1 404 "));
    let metrics = get(port, "/metrics").unwrap();
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");
    assert!(
        metrics.contains("newsluice_tasks_total{of=\"entry\",outcome=\"stored\"} 1\n"),
        "{metrics}"
    );
    assert!(metrics.contains("newsluice_feeds{state=\"waiting\"} 1\n"), "{metrics}");
    let dashboard = std::fs::read_to_string(repository("config/grafana.json")).unwrap();
    serde_json::from_str::<serde_json::Value>(&dashboard).unwrap();
    for name in asked_for(&dashboard) {
        let family = name.trim_end_matches("_total");
        assert!(metrics.contains(&format!("# TYPE {family} ")), "{name} is no metric:\n{metrics}");
    }
    running.stop();
    assert_eq!(get(port, "/healthz"), None);
}

#[test]
fn a_port_open_to_the_world_is_refused() {
    let world = World::new();
    let feeds = list(&world, &["http://127.0.0.1:1/feed".to_owned()]);
    let ran = world.run(&["run", "--feeds", &feeds, "--set", "http.listen=0.0.0.0:9"]).expect(78);
    assert!(ran.err.contains("is not on loopback"), "{}", ran.err);
}
