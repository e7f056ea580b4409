//! Secrets stay with their host and are nowhere shown.

use std::fmt::Write as _;
use std::io;
use std::sync::{Arc, Mutex};

use fetch::{Client, Credentials, Proxy, Request};
use tracing::Level;
use world::{Answer, Origin, Site};

use crate::{client, origin, settings};

const SECRET: &str = "hunter2";
/// `me:hunter2` in base 64.
const BASIC: &str = "Basic bWU6aHVudGVyMg==";

fn credentials(origin: &Origin) -> Credentials {
    Credentials::new(&origin.url("/feed"))
        .unwrap()
        .basic("me", SECRET)
        .cookie("session=hunter2")
        .header("X-Api-Key", SECRET)
        .unwrap()
}

/// Two origins: the first redirects to the second, by another port.
fn pair(status: u16) -> (Origin, Origin) {
    let other = origin(Site::new().at("*", Answer::rss("<rss/>")));
    let site = Site::new()
        .at("/feed", Answer::redirect(status, &other.url("/landed")).header("Set-Cookie", "a=b"))
        .at("/here", Answer::redirect(status, "/final"))
        .at("/final", Answer::rss("<rss/>"));
    (origin(site), other)
}

#[tokio::test]
async fn credentials_do_not_cross_hosts() {
    for status in [301, 302, 307, 308] {
        let (first, other) = pair(status);
        let secret = credentials(&first);
        let url = first.url("/feed");
        let request = Request { credentials: Some(&secret), ..Request::feed(&url) };
        let answer = client().get(&request).await.unwrap();
        let hit = &first.hits()[0];
        assert_eq!(hit.header("authorization"), Some(BASIC));
        assert_eq!(hit.header("cookie"), Some("session=hunter2"));
        assert_eq!(hit.header("x-api-key"), Some(SECRET));
        for name in ["authorization", "cookie", "x-api-key", "referer"] {
            assert_eq!(other.hits()[0].header(name), None, "{name}");
        }
        // Nor when the feed has moved and is asked for at its new place.
        let moved = answer.moved.unwrap_or_else(|| other.url("/landed"));
        let request = Request { credentials: Some(&secret), ..Request::feed(&moved) };
        client().get(&request).await.unwrap();
        assert_eq!(other.hits()[1].header("authorization"), None);
    }
}

#[tokio::test]
async fn credentials_go_along_within_their_host() {
    let (first, _) = pair(302);
    let url = first.url("/here");
    let secret = credentials(&first);
    let request = Request { credentials: Some(&secret), ..Request::feed(&url) };
    client().get(&request).await.unwrap();
    assert_eq!(first.hits()[1].header("authorization"), Some(BASIC));
}

#[tokio::test]
async fn a_password_in_the_url_opens_the_feed_and_is_nowhere_shown() {
    let (first, other) = pair(301);
    let with_password =
        |origin: &Origin, path: &str| origin.url(path).replacen("http://", "http://me:hunter2@", 1);
    let client = client();
    let answer = client.get(&Request::feed(&with_password(&first, "/feed"))).await.unwrap();
    assert_eq!(first.hits()[0].header("authorization"), Some(BASIC));
    assert_eq!(other.hits()[0].header("authorization"), None);
    assert!(!format!("{answer:?}").contains(SECRET));
    let bad = with_password(&first, "/none");
    let failure = client.get(&Request::feed(&bad)).await.unwrap_err();
    assert!(!format!("{failure:?} {failure}").contains(SECRET));
    let long = format!("{bad}{}", "x".repeat(9000));
    let failure = client.get(&Request::feed(&long)).await.unwrap_err();
    assert!(!format!("{failure:?} {failure}").contains(SECRET));
    for bad in [
        "ftp://me:hunter2@example.org/feed",
        "http://me:hunter2@exa mple.org/feed",
        "http://me:x/hunter2@example.org/feed",
        "me:hunter2@example.org/feed",
        "http://me:hunter2@",
    ] {
        let failure = client.get(&Request::feed(bad)).await.unwrap_err();
        assert!(!format!("{failure:?} {failure}").contains(SECRET), "{failure:?}");
    }
}

#[tokio::test]
async fn a_password_in_a_redirect_is_not_taken_up() {
    let other = origin(Site::new().at("*", Answer::rss("<rss/>")));
    let target = other.url("/x").replacen("http://", "http://me:hunter2@", 1);
    let first = origin(Site::new().at("/feed", Answer::redirect(301, &target)));
    let answer = client().get(&Request::feed(&first.url("/feed"))).await.unwrap();
    assert_eq!(other.hits()[0].header("authorization"), None);
    assert_eq!(answer.moved, Some(other.url("/x")));
}

/// Everything that is logged, down to the last detail of the libraries.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_secret_is_logged_or_printed() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (first, _other) = pair(302);
    let secret = credentials(&first);
    let mut settings = settings();
    let proxy = first.url("").replacen("http://", "http://me:hunter2@", 1);
    settings.proxy = Some(Proxy::new(&proxy, &["127.0.0.1".to_owned()]).unwrap());
    let mut shown = format!("{settings:?} {secret:?}");
    let client = Client::new(settings).unwrap();
    for path in ["/feed", "/final", "/none"] {
        for url in [first.url(path), first.url(path).replacen("http://", "http://me:hunter2@", 1)] {
            let plain = url.replace("me:hunter2@", "");
            let request = Request { credentials: Some(&secret), ..Request::feed(&plain) };
            write!(shown, "{request:?}").unwrap();
            write!(shown, "{:?}", client.get(&request).await).unwrap();
            write!(shown, "{:?}", client.get(&Request::feed(&url)).await).unwrap();
        }
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("127.0.0.1"), "nothing was logged at all");
    for text in [SECRET, "aHVudGVyMg"] {
        assert!(!log.contains(text), "{log}");
        assert!(!shown.contains(text), "{shown}");
    }
}
