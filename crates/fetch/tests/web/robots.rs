//! robots.txt before the first page of each host.

use std::time::{Duration, Instant};

use fetch::{Client, Failure, HostKey, Request};
use record::ReasonKind;
use world::{Answer, Origin, Site, Step};

use crate::{client, feed, origin, settings};

fn site(robots: Answer) -> Site {
    Site::new().at("/robots.txt", robots).at("*", Answer::html("<p>a page"))
}

async fn page(client: &Client, url: &str) -> Result<u16, Failure> {
    client.get(&Request::page(url)).await.map(|answer| answer.status)
}

fn targets(origin: &Origin) -> Vec<String> {
    origin.hits().into_iter().map(|hit| hit.target).collect()
}

#[tokio::test]
async fn it_is_asked_first_once_and_obeyed() {
    let robots = "User-agent: *\nDisallow: /a\nAllow: /a/press\n";
    let (origin, client) = (origin(site(Answer::text(robots))), client());
    let failure = page(&client, &origin.url("/a/x")).await.unwrap_err();
    assert_eq!(failure.to_string(), format!("{}: robots.txt forbids it", origin.url("/a/x")));
    assert!(failure.unsent && failure.retry_at.is_none());
    assert_eq!(page(&client, &origin.url("/a/press")).await.unwrap(), 200);
    assert_eq!(page(&client, &origin.url("/b?q")).await.unwrap(), 200);
    assert_eq!(targets(&origin), ["/robots.txt", "/a/press", "/b?q"]);
}

#[tokio::test]
async fn many_at_once_ask_for_it_once() {
    let robots = Answer::text("").delay(Duration::from_millis(50));
    let (origin, client) = (origin(site(robots)), client());
    let (a, b, c) = (origin.url("/a"), origin.url("/b"), origin.url("/c"));
    let pages = tokio::join!(page(&client, &a), page(&client, &b), page(&client, &c));
    assert!(matches!(pages, (Ok(200), Ok(200), Ok(200))));
    assert_eq!(origin.hits_at("/robots.txt").len(), 1);
}

#[tokio::test]
async fn a_feed_that_the_user_asked_for_is_not_under_it() {
    let (origin, client) = (origin(site(Answer::text("User-agent: *\nDisallow: /"))), client());
    feed(&client, &origin.url("/feed")).await.unwrap();
    assert_eq!(targets(&origin), ["/feed"]);
}

#[tokio::test]
async fn none_means_yes_and_an_error_means_no() {
    for (answer, allowed) in [
        (Answer::status(404), true),
        (Answer::status(403), true),
        (Answer::redirect(302, "/robots.txt"), true),
        (Answer::html("<title>Not found</title>"), true),
        (Answer::status(500), false),
        (Answer::status(503), false),
        (Answer::status(429), false),
        (Answer::script(vec![Step::Reset]), false),
    ] {
        let what = format!("{answer:?}");
        let (origin, client) = (origin(site(answer)), client());
        let result = page(&client, &origin.url("/a")).await;
        assert_eq!(result.is_ok(), allowed, "{what}");
        if let Err(failure) = result {
            assert_eq!(failure.reason.kind, ReasonKind::Robots, "{what}");
            assert!(failure.retry_at.is_some(), "{what}");
            assert_eq!(origin.hits_at("/a").len(), 0, "{what}");
        }
    }
}

#[tokio::test]
async fn an_endless_one_is_read_to_500_kib() {
    let steps = vec![
        Step::Send(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /a\n".to_vec()),
        Step::Repeat(b"# more and more\n".repeat(1000), 10_000),
    ];
    let (origin, client) = (origin(site(Answer::script(steps))), client());
    assert!(page(&client, &origin.url("/a")).await.is_err());
    assert_eq!(page(&client, &origin.url("/b")).await.unwrap(), 200);
    assert!(origin.hits()[0].sent < 20 << 20);
}

#[tokio::test]
async fn a_redirect_to_another_host_is_under_that_hosts_rules() {
    let forbidden = origin(site(Answer::text("User-agent: newsluice\nDisallow: /")));
    let (open, client) =
        (origin(Site::new().at("/a", Answer::redirect(302, &forbidden.url("/a")))), client());
    let failure = page(&client, &open.url("/a")).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::Robots);
    assert_eq!(failure.hops.len(), 1);
    assert_eq!(targets(&forbidden), ["/robots.txt"]);
}

#[tokio::test]
async fn a_crawl_delay_spaces_all_requests() {
    let robots = "User-agent: *\nCrawl-delay: 0.2\n";
    let (origin, client) = (origin(site(Answer::text(robots))), client());
    let (a, b, c) = (origin.url("/a"), origin.url("/b"), origin.url("/c"));
    let pages = tokio::join!(page(&client, &a), page(&client, &b), page(&client, &c));
    assert!(matches!(pages, (Ok(200), Ok(200), Ok(200))));
    let hits = origin.hits();
    for pair in hits.windows(2) {
        assert!(pair[1].at > pair[0].at + Duration::from_millis(190), "{hits:?}");
    }
}

#[tokio::test]
async fn what_was_learned_survives_a_restart() {
    let site = site(Answer::text("User-agent: *\nDisallow: /a\n"))
        .at("/busy", Answer::status(429).header("Retry-After", "60"));
    let origin = origin(Site::new().at("/busy", Answer::status(429).header("Retry-After", "60")));
    let open = crate::origin(site);
    let first = client();
    assert!(page(&first, &open.url("/b")).await.is_ok());
    assert!(feed(&first, &origin.url("/busy")).await.is_err());
    let learned = first.learned();
    assert_eq!((learned.len(), first.learned().len()), (2, 0));
    let json = serde_json::to_string(
        &learned.iter().map(|(host, memory)| (host.as_str(), memory)).collect::<Vec<_>>(),
    )
    .unwrap();
    let second = Client::new(settings()).unwrap();
    for (host, memory) in serde_json::from_str::<Vec<(String, _)>>(&json).unwrap() {
        second.remember(&HostKey::from_stored(&host), memory);
    }
    let started = Instant::now();
    let failure = feed(&second, &origin.url("/busy")).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::HostHold);
    assert!(started.elapsed() < Duration::from_secs(1));
    assert!(page(&second, &open.url("/a")).await.is_err());
    assert_eq!((origin.hits().len(), targets(&open)), (1, vec!["/robots.txt".into(), "/b".into()]));
}
