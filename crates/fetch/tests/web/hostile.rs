//! Origins that want to hold us, fill us up or crash us.

use std::io::Write;
use std::time::{Duration, Instant};

use fetch::{Client, Request};
use flate2::Compression;
use flate2::write::GzEncoder;
use record::ReasonKind;
use world::{Answer, Site, Step};

use crate::{client, feed, origin, settings};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n";

fn impatient() -> Client {
    let mut settings = settings();
    settings.timeout = Duration::from_millis(200);
    Client::new(settings).unwrap()
}

#[tokio::test]
async fn a_deadline_holds_for_the_whole_request() {
    let drip = |bytes: &[u8]| Step::Drip(bytes.to_vec(), Duration::from_millis(20));
    let body = vec![b'x'; 1000];
    let redirect = Answer::redirect(302, "/slow").delay(Duration::from_millis(60));
    let cases = [
        ("no answer", Answer::script(vec![Step::Hang])),
        ("dripping head", Answer::script(vec![drip(&[HEAD, HEAD].concat())])),
        ("dripping body", Answer::script(vec![Step::Send(HEAD.to_vec()), drip(&body)])),
        ("stall", Answer::script(vec![Step::Send(HEAD.to_vec()), Step::Hang])),
        ("slow redirects", redirect),
    ];
    for (name, answer) in cases {
        let origin = origin(Site::new().at("/slow", answer));
        let started = Instant::now();
        let failure = feed(&impatient(), &origin.url("/slow")).await.unwrap_err();
        assert_eq!(failure.reason.kind, ReasonKind::Timeout, "{name}: {failure}");
        assert!(started.elapsed() < Duration::from_millis(1500), "{name}");
    }
}

#[tokio::test]
async fn endless_bodies_stop_at_the_cap() {
    let megabyte = vec![b' '; 1 << 20];
    let steps = vec![Step::Send(HEAD.to_vec()), Step::Repeat(megabyte, 100)];
    let origin = origin(Site::new().at("/feed", Answer::script(steps)));
    let url = origin.url("/feed");
    let request = Request { limit: Some(2 << 20), ..Request::feed(&url) };
    let failure = client().get(&request).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::TooLarge, "{failure}");
    assert_eq!(failure.reason.detail, "more than 2097152 bytes");
}

#[tokio::test]
async fn a_bomb_stops_at_the_cap() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..64 {
        bomb.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let answer = Answer::rss(bomb.finish().unwrap()).header("Content-Encoding", "gzip");
    let origin = origin(Site::new().at("/feed", answer));
    let url = origin.url("/feed");
    let request = Request { limit: Some(1 << 20), ..Request::feed(&url) };
    let failure = client().get(&request).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::TooLarge, "{failure}");
}

#[tokio::test]
async fn endless_heads_are_refused() {
    let line = b"X-Filler: yes\r\n".to_vec();
    let long = [b"X-Long: ".as_slice(), &vec![b'x'; 2 << 20], b"\r\n\r\n"].concat();
    let start = Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec());
    for steps in [vec![start.clone(), Step::Repeat(line, 200_000)], vec![start, Step::Send(long)]] {
        let origin = origin(Site::new().at("/feed", Answer::script(steps)));
        let failure = feed(&client(), &origin.url("/feed")).await.unwrap_err();
        assert_eq!(failure.reason.kind, ReasonKind::BrokenAnswer, "{failure}");
        assert!(origin.hits()[0].sent < 4 << 20);
    }
}
