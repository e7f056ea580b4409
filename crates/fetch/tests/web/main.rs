//! The client against the loopback world.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod address;
mod broken;
mod conditional;
mod hostile;
mod leak;
mod pace;
mod proxy;
mod redirect;
mod robots;
mod wire;

use std::sync::Arc;
use std::time::{Duration, Instant};

use fetch::{Answer, Client, Failure, Request, Settings};
use jiff::Timestamp;
use world::{Origin, Site};

/// The time at the start of every test; it goes on as the real one does.
const START: &str = "2026-11-22T12:00:00Z";

/// Settings under which 127.0.0.0/16 and ::1 are public and hosts want no pause.
fn settings() -> Settings {
    let start: Timestamp = START.parse().unwrap();
    let began = Instant::now();
    let clock = move || start.checked_add(began.elapsed()).unwrap();
    let mut settings = Settings::new(Arc::new(clock));
    settings.contact = Some("https://example.org/about".to_owned());
    settings.allow_nets = vec!["127.0.0.0/16".parse().unwrap(), "::1".parse().unwrap()];
    settings.timeout = Duration::from_secs(4);
    settings.host_delay = Duration::ZERO;
    settings.ca_only = true;
    settings
}

fn client() -> Client {
    Client::new(settings()).unwrap()
}

fn origin(site: Site) -> Origin {
    Origin::start(site).unwrap()
}

async fn feed(client: &Client, url: &str) -> Result<Answer, Failure> {
    client.get(&Request::feed(url)).await
}
