//! What a poll costs the whole daemon: 1,000 feeds of 100 hosts that all answer 304, CPU time a
//! poll (claim, request, commit, counts) beside a bare reqwest loop over the same URLs. Both go as
//! fast as they can, over kept connections, and both times are the least of some rounds of 1,000
//! polls, user and system. Linux only: the times are read from `/proc`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people")]

use std::net::IpAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::IF_NONE_MATCH;
use world::{Answer, Origin, Site};

const HOSTS: u8 = 100;
const FEEDS_A_HOST: usize = 10;
/// Rounds over all feeds that are measured, after one that is not.
const ROUNDS: usize = 10;
const ETAG: &str = "\"5f3c-61\"";

fn main() {
    let origins: Vec<Origin> = (1..=HOSTS)
        .map(|n| {
            let listing = "<rss version='2.0'><channel><title>R</title></channel></rss>";
            let site = (0..FEEDS_A_HOST).fold(Site::new(), |site, feed| {
                site.tagged(&format!("/{feed}"), ETAG, Answer::rss(listing))
            });
            Origin::start_on(IpAddr::from([127, 0, 0, n]), site).unwrap()
        })
        .collect();
    let urls: Vec<String> = (0..FEEDS_A_HOST)
        .flat_map(|feed| origins.iter().map(move |origin| origin.url(&format!("/{feed}"))))
        .collect();
    let connections = || origins.iter().map(Origin::connections).sum::<usize>();
    let bare = by_reqwest(&urls);
    let by_loop = connections();
    let daemon = by_daemon(&origins, &urls);
    let by_daemon = connections() - by_loop;
    println!("connections made: {by_daemon} by the daemon, {by_loop} by the loop");
    println!(
        "a poll answered 304: {daemon:.0} µs of CPU in the daemon beside {bare:.0} µs in a bare \
         reqwest loop, ratio {:.2}",
        daemon / bare
    );
}

/// CPU time a request, in µs, of the requesting thread.
fn by_reqwest(urls: &[String]) -> f64 {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy();
    let client = client.user_agent("newsluice/0.1.0").timeout(Duration::from_secs(30));
    let client = client.build().unwrap();
    let round = || {
        let before = time_of("thread-self");
        runtime.block_on(async {
            for url in urls {
                let mut answer = client.get(url).header(IF_NONE_MATCH, ETAG).send().await.unwrap();
                assert_eq!(answer.status(), 304);
                while answer.chunk().await.unwrap().is_some() {}
            }
        });
        (time_of("thread-self") - before) / urls.len() as f64
    };
    round();
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}

/// CPU time a poll, in µs, of all threads of the daemon once all feeds are known.
fn by_daemon(origins: &[Origin], urls: &[String]) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("feeds.txt");
    std::fs::write(&list, urls.join("\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsluice-under-test"));
    command.arg("--db").arg(folder.path().join("news.db"));
    command.args(["run", "-q", "--feeds"]).arg(&list);
    for set in [
        "schedule.interval=10ms",
        "fetch.host_delay=0s",
        "fetch.allow_nets=127.0.0.0/8",
        "fetch.contact=https://example.org/about",
    ] {
        command.args(["--set", set]);
    }
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let polls = || origins.iter().map(Origin::requests).sum::<usize>();
    let time = || {
        let threads = std::fs::read_dir(format!("/proc/{}/task", child.id())).unwrap();
        let names = threads.map(|thread| thread.unwrap().file_name().into_string().unwrap());
        names.map(|thread| time_of(&format!("{}/task/{thread}", child.id()))).sum::<f64>()
    };
    let mut seen = polls();
    let mut round = |count: usize| {
        let (before, from) = (time(), seen);
        while seen < from + count {
            std::thread::sleep(Duration::from_millis(10));
            seen = polls();
        }
        (time() - before) / (seen - from) as f64
    };
    round(3 * urls.len());
    let least = (0..ROUNDS).map(|_| round(urls.len())).fold(f64::INFINITY, f64::min);
    child.kill().unwrap();
    child.wait().unwrap();
    least
}

/// CPU time of a thread so far, in µs.
fn time_of(thread: &str) -> f64 {
    let text = std::fs::read_to_string(format!("/proc/{thread}/schedstat")).unwrap();
    text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e3
}
