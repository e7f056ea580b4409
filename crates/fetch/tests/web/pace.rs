//! No more at once, no faster, and not before the host said.

use std::time::Duration;

use fetch::{Client, HostKey, Request};
use record::ReasonKind;
use world::{Answer, Hit, Site};

use crate::{client, feed, origin, settings};

fn overlapping(hits: &[Hit]) -> usize {
    let running = |hit: &Hit| {
        hits.iter().filter(|other| other.at <= hit.at && other.done.unwrap() > hit.at).count()
    };
    hits.iter().map(running).max().unwrap_or(0)
}

#[tokio::test]
async fn at_most_two_at_once() {
    let answer = Answer::html("<p>slow").delay(Duration::from_millis(60));
    let (origin, client) = (origin(Site::new().at("*", answer)), client());
    let urls: Vec<_> = (0..6).map(|n| origin.url(&format!("/{n}"))).collect();
    let get = |n: usize| feed(&client, &urls[n]);
    let pages = tokio::join!(get(0), get(1), get(2), get(3), get(4), get(5));
    assert!(matches!(pages, (Ok(_), Ok(_), Ok(_), Ok(_), Ok(_), Ok(_))));
    // The client may be done with an answer just before the origin notes that it sent it.
    while origin.hits().iter().any(|hit| hit.done.is_none()) {
        tokio::task::yield_now().await;
    }
    assert_eq!(overlapping(&origin.hits()), 2);
}

#[tokio::test]
async fn requests_are_spaced_redirects_too() {
    let site = Site::new().at("/a", Answer::redirect(302, "/b")).at("/b", Answer::rss("<rss/>"));
    let origin = origin(site);
    let mut settings = settings();
    settings.host_delay = Duration::from_millis(80);
    let client = Client::new(settings).unwrap();
    let url = origin.url("/a");
    let both = tokio::join!(feed(&client, &url), feed(&client, &url));
    assert!(matches!(both, (Ok(_), Ok(_))));
    let hits = origin.hits();
    assert_eq!(hits.len(), 4);
    for pair in hits.windows(2) {
        assert!(pair[1].at > pair[0].at + Duration::from_millis(70), "{hits:?}");
    }
}

#[tokio::test]
async fn a_hold_is_the_whole_hosts() {
    for (status, value, seconds) in [
        (429, "10", 10),
        (503, "20", 20),
        (429, "Sun, 22 Nov 2026 12:00:31 GMT", 31),
        (503, "99999999", 24 * 3600),
    ] {
        let busy = Answer::status(status)
            .header("Retry-After", value)
            .header("Date", "Sun, 22 Nov 2026 12:00:00 GMT");
        let site = Site::new().at("/busy", busy).at("*", Answer::rss("<rss/>"));
        let (origin, client) = (origin(site), client());
        let failure = client.get(&Request::page(&origin.url("/busy"))).await.unwrap_err();
        let at = failure.retry_at.unwrap().as_millisecond();
        let start: jiff::Timestamp = crate::START.parse().unwrap();
        let wait = at - start.as_millisecond();
        assert!((seconds * 1000..seconds * 1000 + 900).contains(&wait), "{value}: {wait}");
        let later = feed(&client, &origin.url("/feed")).await.unwrap_err();
        assert_eq!(later.reason.kind, ReasonKind::HostHold);
        assert!(later.unsent && later.retry_at.unwrap() > start);
        let host = HostKey::of_url(&origin.url("/")).unwrap();
        assert!(client.held_until(&host).is_some());
        // robots.txt and the page that was refused.
        assert_eq!(origin.hits().len(), 2);
        let other = crate::origin(Site::new().at("/feed", Answer::rss("<rss/>")));
        assert!(feed(&client, &other.url("/feed")).await.is_ok());
    }
}

#[tokio::test]
async fn no_slot_in_time_says_when_to_come_back() {
    let origin = origin(Site::new().at("*", Answer::rss("<rss/>")));
    let mut settings = settings();
    settings.host_delay = Duration::from_mins(1);
    let client = Client::new(settings).unwrap();
    let url = origin.url("/");
    feed(&client, &url).await.unwrap();
    let failure = feed(&client, &url).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::HostHold);
    let first: jiff::Timestamp = crate::START.parse().unwrap();
    assert!(failure.retry_at.unwrap().duration_since(first).as_secs() >= 59);
    assert_eq!(origin.hits().len(), 1);
}

#[tokio::test]
async fn a_cancelled_request_frees_its_place() {
    let hang = Answer::html("").delay(Duration::from_millis(200));
    let (origin, client) =
        (origin(Site::new().at("/slow", hang).at("/", Answer::rss("x"))), client());
    let (slow, url) = (origin.url("/slow"), origin.url("/"));
    for _ in 0..3 {
        let cut = tokio::time::timeout(Duration::from_millis(20), feed(&client, &slow)).await;
        assert!(cut.is_err());
    }
    assert!(feed(&client, &url).await.is_ok());
}
