//! What politeness and safety cost: CPU time beside a bare reqwest loop in the same run.
//!
//! 1,000 conditional requests answered 304, and 500 pages of 160 KB, plain and gzip. Prints the
//! least CPU time of the requesting thread in seven rounds for both (what else runs on the machine
//! only adds to it), and their ratio. A word names what to measure: `-- 304`.
//! Linux only: the time is read from `/proc/thread-self/schedstat`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people")]

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use fetch::{Client, Request, Settings, Validators};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};
use world::{Answer, Origin, Site};

const ETAG: &str = "\"5f3c-61\"";
const MODIFIED: &str = "Sun, 22 Nov 2026 11:00:00 GMT";
const ROUNDS: usize = 7;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let origin = Origin::start(site()).unwrap();
    let ours = client();
    let bare = bare();
    let only = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    for (name, path, count) in
        [("304", "/feed", 1000), ("160 KB plain", "/plain", 500), ("160 KB gzip", "/gzip", 500)]
    {
        if only.as_deref().is_some_and(|only| !name.contains(only)) {
            continue;
        }
        let url = origin.url(path);
        let (mut mine, mut theirs) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..ROUNDS {
            mine = mine.min(cpu(|| runtime.block_on(by_us(&ours, &url, count))));
            theirs = theirs.min(cpu(|| runtime.block_on(by_reqwest(&bare, &url, count))));
        }
        let ratio = mine / theirs;
        println!("{count} × {name}: {mine:.1} ms beside {theirs:.1} ms, ratio {ratio:.2}");
    }
}

fn site() -> Site {
    let page: Vec<u8> = (0..2000)
        .flat_map(|n: u32| {
            format!(
                "<p>Line {n} of {:08x}, with words enough to fill it.</p>\n",
                n.wrapping_mul(2_654_435_761)
            )
            .into_bytes()
        })
        .cycle()
        .take(160_000)
        .collect();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&page).unwrap();
    let gzip = Answer::html(gzip.finish().unwrap()).header("Content-Encoding", "gzip");
    Site::new()
        .tagged("/feed", ETAG, Answer::rss("<rss/>").header("Last-Modified", MODIFIED))
        .at("/plain", Answer::html(page))
        .at("/gzip", gzip)
}

fn client() -> Client {
    let clock = Arc::new(|| "2026-11-22T12:00:00Z".parse().unwrap());
    let mut settings = Settings::new(clock);
    settings.allow_nets = vec!["127.0.0.0/8".parse().unwrap()];
    settings.host_delay = Duration::ZERO;
    settings.ca_only = true;
    Client::new(settings).unwrap()
}

fn bare() -> reqwest::Client {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let builder = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy();
    builder.user_agent("newsluice/0.1.0").timeout(Duration::from_secs(30)).build().unwrap()
}

async fn by_us(client: &Client, url: &str, count: usize) {
    let validators =
        Validators { etag: Some(ETAG.to_owned()), last_modified: Some(MODIFIED.to_owned()) };
    let request = Request { validators: Some(&validators), ..Request::feed(url) };
    for _ in 0..count {
        client.get(&request).await.unwrap();
    }
}

async fn by_reqwest(client: &reqwest::Client, url: &str, count: usize) {
    for _ in 0..count {
        let request = client.get(url).header(IF_NONE_MATCH, ETAG);
        let mut answer = request.header(IF_MODIFIED_SINCE, MODIFIED).send().await.unwrap();
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.unwrap() {
            body.extend_from_slice(&chunk);
        }
        std::hint::black_box(body);
    }
}

/// CPU time of this thread in milliseconds.
fn cpu(work: impl FnOnce()) -> f64 {
    let spent = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        text.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1e6
    };
    let before = spent();
    work();
    spent() - before
}
