//! Everything that HTTP may look like.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use fetch::Client;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use record::ReasonKind;
use std::io::Write;
use world::{Answer, CA_PEM, Certificate, Framing, Origin, Site, Step};

use crate::{client, feed, origin, settings};

const FEED: &[u8] = b"<rss version='2.0'><channel><title>A feed</title></channel></rss>";

async fn body(site: Site) -> Vec<u8> {
    let origin = origin(site);
    feed(&client(), &origin.url("/feed")).await.unwrap().page.body
}

fn coded(coding: &str, bytes: Vec<u8>) -> Site {
    Site::new().at("/feed", Answer::rss(bytes).header("Content-Encoding", coding))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

#[tokio::test]
async fn all_framings() {
    for framing in [Framing::Length, Framing::Chunked, Framing::Close, Framing::SilentClose] {
        let site = Site::new().at("/feed", Answer::rss(FEED).framing(framing));
        assert_eq!(body(site).await, FEED, "{framing:?}");
    }
}

#[tokio::test]
async fn all_content_codings() {
    let (start, end) = FEED.split_at(20);
    assert_eq!(body(coded("gzip", gzip(FEED))).await, FEED);
    assert_eq!(body(coded("gzip", [gzip(start), gzip(end)].concat())).await, FEED);
    assert_eq!(body(coded("zstd", zstd::encode_all(FEED, 1).unwrap())).await, FEED);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(FEED).unwrap();
    assert_eq!(body(coded("deflate", zlib.finish().unwrap())).await, FEED);
    let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
    raw.write_all(FEED).unwrap();
    assert_eq!(body(coded("deflate", raw.finish().unwrap())).await, FEED);
    let hello = include_bytes!("../../src/decode/hello.br");
    assert!(body(coded("br", hello.to_vec())).await.starts_with(b"hello hello"));
}

#[tokio::test]
async fn a_file_that_is_gzip_itself_is_unpacked() {
    let site = Site::new().at("/feed", Answer::ok("application/gzip", gzip(FEED)));
    assert_eq!(body(site).await, FEED);
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_tried_once_more() {
    let site = Site::new().at("/feed", Answer::rss(FEED).framing(Framing::SilentClose));
    let (origin, client) = (origin(site), client());
    for _ in 0..3 {
        let answer = feed(&client, &origin.url("/feed")).await.unwrap();
        assert_eq!(answer.page.body, FEED);
    }
    assert_eq!(origin.hits().len(), 3);
}

#[tokio::test]
async fn a_reset_of_a_kept_connection_is_tried_once_more() {
    let site = Site::new().turns(
        "/feed",
        vec![Answer::rss(FEED), Answer::script(vec![Step::Reset]), Answer::rss(FEED)],
    );
    let (origin, client) = (origin(site), client());
    for _ in 0..2 {
        assert_eq!(feed(&client, &origin.url("/feed")).await.unwrap().page.body, FEED);
    }
    assert_eq!(origin.hits().len(), 3);
}

#[tokio::test]
async fn connections_are_kept() {
    let site = Site::new()
        .at("/feed", Answer::rss(FEED))
        .at("/hop", Answer::redirect(302, "/feed").body("moved"))
        .at("/gone", Answer::status(404).body("nothing here"));
    let (origin, client) = (origin(site), client());
    for path in ["/feed", "/hop", "/gone", "/feed"] {
        drop(feed(&client, &origin.url(path)).await);
    }
    assert_eq!((origin.hits().len(), origin.connections()), (5, 1));
}

#[tokio::test]
async fn early_hints_come_before_the_answer() {
    let text = "HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n\
                HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<rss/>";
    let steps = vec![Step::Send(text.as_bytes().to_vec())];
    assert_eq!(body(Site::new().at("/feed", Answer::script(steps))).await, b"<rss/>");
}

#[tokio::test]
async fn sloppy_heads_are_read() {
    let text =
        "HTTP/1.1 200\r\nBad Name: x\r\nX-Folded: a\r\n b\r\nContent-Length : 6\r\n\r\n<rss/>";
    let steps = vec![Step::Send(text.as_bytes().to_vec())];
    assert_eq!(body(Site::new().at("/feed", Answer::script(steps))).await, b"<rss/>");
}

#[tokio::test]
async fn a_slow_first_byte_is_waited_for() {
    let answer = Answer::rss(FEED).delay(Duration::from_millis(300));
    assert_eq!(body(Site::new().at("/feed", answer)).await, FEED);
}

#[tokio::test]
async fn ipv6() {
    let site = Site::new().at("/feed", Answer::rss(FEED));
    // A machine without IPv6 has nothing to test.
    let Ok(origin) = Origin::start_on(IpAddr::V6(Ipv6Addr::LOCALHOST), site) else { return };
    let answer = feed(&client(), &origin.url("/feed")).await.unwrap();
    assert_eq!(answer.page.body, FEED);
}

/// A client that trusts the world's authority alone.
fn trusting(name: &str) -> Client {
    let path = std::env::temp_dir().join(format!("fetch-{}-{name}.pem", std::process::id()));
    std::fs::write(&path, CA_PEM).unwrap();
    let mut settings = settings();
    settings.ca_file = Some(path.clone());
    let client = Client::new(settings).unwrap();
    std::fs::remove_file(path).unwrap();
    client
}

#[tokio::test]
async fn only_a_valid_certificate_is_spoken_to() {
    let client = trusting("valid");
    let site = || Site::new().at("/feed", Answer::rss(FEED));
    let good = Origin::start_tls(Certificate::Good, site()).unwrap();
    for url in [good.url("/feed"), good.url_as("localhost", "/feed")] {
        assert_eq!(feed(&client, &url).await.unwrap().page.body, FEED);
    }
    for bad in [Certificate::Expired, Certificate::WrongHost, Certificate::SelfSigned] {
        let origin = Origin::start_tls(bad, site()).unwrap();
        let failure = feed(&client, &origin.url("/feed")).await.unwrap_err();
        assert_eq!(failure.reason.kind, ReasonKind::Tls, "{bad:?}: {failure}");
        assert_eq!(origin.hits(), [], "{bad:?}");
    }
}

#[tokio::test]
async fn a_machine_without_authorities_says_so() {
    let origin = Origin::start_tls(Certificate::Good, Site::new()).unwrap();
    let failure = feed(&client(), &origin.url("/feed")).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::Tls);
    assert!(failure.reason.detail.contains("fetch.ca_file"), "{failure}");
    assert_eq!(origin.connections(), 0);
}
