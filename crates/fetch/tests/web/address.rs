//! Addresses that must not be connected to, in every disguise.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fetch::Client;
use record::ReasonKind;
use world::{Answer, Origin, Site};

use crate::{client, feed, origin, settings};

/// A private server, where 127.66.0.0/16 plays the private network.
fn private() -> Origin {
    let site = Site::new().at("*", Answer::rss("<rss><title>secret</title></rss>"));
    Origin::start_on(IpAddr::from([127, 66, 0, 1]), site).unwrap()
}

fn spellings(port: u16) -> Vec<String> {
    [
        "127.66.0.1",
        "127.66.1",
        "2134966273",
        "0x7f420001",
        "0x7F.0x42.0.1",
        "0177.0102.0.1",
        "127.66.0.1.",
        "%31%32%37.66.0.1",
        "１２７.66.0.1",
        "127。66。0。1",
        "[::ffff:127.66.0.1]",
        "[::ffff:7f42:1]",
        "[64:ff9b::127.66.0.1]",
        "[2002:7f42:1::]",
        "0.0.0.0",
        "[::]",
        "169.254.169.254",
    ]
    .map(|host| format!("http://{host}:{port}/"))
    .to_vec()
}

#[tokio::test]
async fn no_spelling_opens_a_private_address() {
    let (private, client) = (private(), client());
    for url in spellings(private.address().port()) {
        let failure = feed(&client, &url).await.unwrap_err();
        assert_eq!(failure.reason.kind, ReasonKind::BlockedAddress, "{url}: {failure}");
        assert!(failure.unsent);
    }
    assert_eq!(private.connections(), 0);
}

#[tokio::test]
async fn no_redirect_does_either() {
    let private = private();
    for target in spellings(private.address().port()) {
        let origin = origin(Site::new().at("/feed", Answer::redirect(301, &target)));
        let failure = feed(&client(), &origin.url("/feed")).await.unwrap_err();
        assert_eq!(failure.reason.kind, ReasonKind::BlockedAddress, "{target}: {failure}");
        assert_eq!(failure.hops.len(), 1);
    }
    assert_eq!(private.connections(), 0);
}

#[tokio::test]
async fn a_name_is_judged_by_the_address_that_is_connected_to() {
    let (private, public) = (private(), origin(Site::new().at("/", Answer::rss("<rss/>"))));
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let mut settings = settings();
    // The second answer is another one: DNS rebinding.
    settings.lookup = Some(Arc::new(move |_| {
        let first = counter.fetch_add(1, Ordering::Relaxed) == 0;
        Ok(vec![if first { [127, 0, 0, 1] } else { [127, 66, 0, 1] }.into()])
    }));
    let client = Client::new(settings).unwrap();
    let url = public.url_as("rebind.test", "/");
    assert_eq!(feed(&client, &url).await.unwrap().page.body, b"<rss/>");
    let url = private.url_as("rebind.test", "/");
    let failure = feed(&client, &url).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::BlockedAddress, "{failure}");
    assert_eq!((asked.load(Ordering::Relaxed), private.connections()), (2, 0));
}

#[tokio::test]
async fn an_open_address_beside_a_closed_one_is_the_one_used() {
    let public = origin(Site::new().at("/", Answer::rss("<rss/>")));
    let mut settings = settings();
    settings.lookup = Some(Arc::new(|_| Ok(vec![[127, 66, 0, 1].into(), [127, 0, 0, 1].into()])));
    let client = Client::new(settings).unwrap();
    let answer = feed(&client, &public.url_as("two.test", "/")).await.unwrap();
    assert_eq!(answer.hops[0].address, Some(public.address()));
}

#[tokio::test]
async fn loopback_is_closed_by_default() {
    let public = origin(Site::new().at("/", Answer::rss("<rss/>")));
    let mut settings = settings();
    settings.allow_nets.clear();
    let client = Client::new(settings).unwrap();
    for url in [public.url("/"), public.url_as("localhost", "/")] {
        let failure = feed(&client, &url).await.unwrap_err();
        assert_eq!(failure.reason.kind, ReasonKind::BlockedAddress, "{failure}");
    }
    assert_eq!(public.connections(), 0);
}
