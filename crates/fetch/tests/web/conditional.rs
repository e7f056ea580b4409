//! Conditional requests and what every request carries.

use fetch::{Request, Validators};
use world::{Answer, Site};

use crate::{client, feed, origin};

#[tokio::test]
async fn validators_go_back_exactly_as_they_came() {
    let odd = "W/\"a, b;\\é|{}=\"";
    let modified = "Sun,  1 Nov 2026 01:02:03 +0000 (odd)";
    let answer = Answer::rss("<rss/>").header("Last-Modified", modified);
    let latin: String = odd.to_owned();
    let site = Site::new().at("/feed", answer.header("ETag", &latin));
    let (origin, client) = (origin(site), client());
    let url = origin.url("/feed");
    let first = feed(&client, &url).await.unwrap();
    assert!(!first.not_modified);
    let request = Request { validators: Some(&first.validators), ..Request::feed(&url) };
    client.get(&request).await.unwrap();
    let hits = origin.hits();
    assert_eq!(hits[0].header("if-none-match"), None);
    assert_eq!(hits[0].header("if-modified-since"), None);
    assert_eq!(hits[1].header("if-none-match"), Some(odd));
    assert_eq!(hits[1].header("if-modified-since"), Some(modified));
}

#[tokio::test]
async fn no_validator_is_invented_and_a_dropped_one_is_forgotten() {
    let site = Site::new().turns(
        "/feed",
        vec![
            Answer::rss("<rss/>").header("ETag", "\"1\""),
            Answer::rss("<rss/>").header("ETag", "\"2\"").header("Last-Modified", "yesterday"),
            Answer::rss("<rss/>"),
        ],
    );
    let (origin, client) = (origin(site), client());
    let url = origin.url("/feed");
    let mut validators = Validators::default();
    for _ in 0..4 {
        let request = Request { validators: Some(&validators), ..Request::feed(&url) };
        validators = client.get(&request).await.unwrap().validators;
    }
    let sent: Vec<_> = origin
        .hits()
        .iter()
        .map(|hit| {
            let header = |name| hit.header(name).map(str::to_owned);
            (header("if-none-match"), header("if-modified-since"))
        })
        .collect();
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        sent,
        [(None, None), (some("\"1\""), None), (some("\"2\""), some("yesterday")), (None, None)]
    );
}

#[tokio::test]
async fn not_modified_keeps_the_validators_and_renews_them() {
    let site = Site::new().at("/feed", Answer::status(304).header("ETag", "\"new\""));
    let (origin, client) = (origin(site), client());
    let url = origin.url("/feed");
    let sent = Validators { etag: Some("\"old\"".into()), last_modified: Some("then".into()) };
    let request = Request { validators: Some(&sent), ..Request::feed(&url) };
    let answer = client.get(&request).await.unwrap();
    assert!(answer.not_modified);
    assert_eq!(answer.validators.etag.as_deref(), Some("\"new\""));
    assert_eq!(answer.validators.last_modified.as_deref(), Some("then"));
    let failure = feed(&client, &url).await.unwrap_err();
    assert_eq!(failure.reason.to_string(), "an incomplete or malformed answer: 304 not modified");
}

#[tokio::test]
async fn every_request_says_who_asks_and_nothing_superfluous() {
    let site = Site::new()
        .at("/feed", Answer::redirect(302, "/there").header("Set-Cookie", "id=1; Path=/"))
        .at("/there", Answer::rss("<rss/>").header("Set-Cookie", "id=2; Path=/"));
    let (origin, client) = (origin(site), client());
    for _ in 0..2 {
        feed(&client, &origin.url("/feed")).await.unwrap();
    }
    for hit in origin.hits() {
        assert_eq!(hit.method, "GET");
        let agent = hit.header("user-agent").unwrap();
        assert!(agent.starts_with("newsluice/"), "{agent}");
        assert!(agent.ends_with(" (+https://example.org/about)"), "{agent}");
        assert!(hit.header("accept").unwrap().contains("application/rss+xml"));
        assert!(hit.header("accept-encoding").unwrap().contains("gzip"));
        for absent in ["cookie", "referer", "from", "origin", "authorization"] {
            assert_eq!(hit.header(absent), None, "{absent}");
        }
        assert!(!hit.target.contains('?'));
    }
}
