//! Peak memory in hostile cases: a process of its own, since the peak is the process's.
//!
//! Linux only: the peak is read from `/proc/self/status`. The origins live in the same process
//! and are counted in.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use fetch::{Client, Request, Settings};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use record::ReasonKind;
use world::{Answer, Origin, Site, Step};

/// What no case may exceed, in KiB.
const PEAK: u64 = 96 * 1024;
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n";

fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// 64 members or frames of 32 MiB of zeros: 2 GiB.
fn bomb(coding: &str) -> Answer {
    let zeros = vec![0; 1 << 20];
    let bytes = match coding {
        "gzip" => {
            let mut out = GzEncoder::new(Vec::new(), Compression::fast());
            (0..32).for_each(|_| out.write_all(&zeros).unwrap());
            out.finish().unwrap().repeat(64)
        }
        "zstd" => {
            let mut out = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
            (0..32).for_each(|_| out.write_all(&zeros).unwrap());
            out.finish().unwrap().repeat(64)
        }
        "deflate" => {
            let mut out = ZlibEncoder::new(Vec::new(), Compression::fast());
            (0..64).for_each(|_| out.write_all(&zeros).unwrap());
            out.finish().unwrap()
        }
        _ => include_bytes!("bomb.br").to_vec(),
    };
    Answer::rss(bytes).header("Content-Encoding", coding)
}

fn hostile() -> Site {
    let megabyte = vec![b' '; 1 << 20];
    let endless = vec![Step::Send(HEAD.to_vec()), Step::Repeat(megabyte.clone(), 4096)];
    let status = Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec());
    let many = vec![status.clone(), Step::Repeat(b"X-A: b\r\n".to_vec(), 1 << 24)];
    let huge = vec![status, Step::Send(b"X-A: ".to_vec()), Step::Repeat(megabyte, 4096)];
    Site::new()
        .at("/gzip", bomb("gzip"))
        .at("/zstd", bomb("zstd"))
        .at("/deflate", bomb("deflate"))
        .at("/br", bomb("br"))
        .at("/endless", Answer::script(endless.clone()))
        .at("/many-headers", Answer::script(many))
        .at("/huge-header", Answer::script(huge))
        .at("/robots.txt", Answer::script(endless))
}

#[tokio::test]
async fn no_hostile_answer_takes_96_mib() {
    let clock = Arc::new(|| "2026-11-22T12:00:00Z".parse().unwrap());
    let mut settings = Settings::new(clock);
    settings.allow_nets = vec!["127.0.0.0/8".parse().unwrap()];
    settings.host_delay = Duration::ZERO;
    settings.per_host = 8;
    settings.ca_only = true;
    let client = Client::new(settings).unwrap();
    let origin = Origin::start(hostile()).unwrap();
    for (path, kind) in [
        ("/many-headers", ReasonKind::BrokenAnswer),
        ("/huge-header", ReasonKind::BrokenAnswer),
        ("/gzip", ReasonKind::TooLarge),
        ("/zstd", ReasonKind::TooLarge),
        ("/deflate", ReasonKind::TooLarge),
        ("/br", ReasonKind::TooLarge),
        ("/endless", ReasonKind::TooLarge),
    ] {
        let url = origin.url(path);
        let failure = client.get(&Request::feed(&url)).await.unwrap_err();
        assert_eq!(failure.reason.kind, kind, "{failure}");
        assert!(peak() < PEAK, "{path}: {} KiB", peak());
    }
    // A page, under an endless robots.txt.
    let url = origin.url("/endless");
    let failure = client.get(&Request::page(&url)).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::TooLarge);
    assert!(peak() < PEAK, "{} KiB", peak());
    // All bombs at once: two are large at a time, the others wait.
    let urls = ["/gzip", "/zstd", "/deflate", "/br", "/endless"].map(|path| origin.url(path));
    let get = async |n: usize| {
        let request = Request::feed(&urls[n]);
        client.get(&request).await.unwrap_err().reason.kind
    };
    let kinds = tokio::join!(get(0), get(1), get(2), get(3), get(4));
    assert!(peak() < PEAK * 4 / 3, "{kinds:?}: {} KiB", peak());
}
