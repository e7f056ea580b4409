//! Through a proxy: the proxy is exempt from the guard, the target is not.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use fetch::{Client, Proxy, Request, Settings};
use record::ReasonKind;
use world::{Answer, Origin, Site};

use crate::{feed, origin, settings};

/// An HTTP proxy that answers everything itself, at a private address.
fn proxy() -> Origin {
    let site = Site::new().at("*", Answer::rss("<rss>by proxy</rss>"));
    Origin::start_on(IpAddr::from([127, 66, 0, 2]), site).unwrap()
}

fn through(url: &str, except: &[String]) -> Settings {
    let mut settings = settings();
    settings.proxy = Some(Proxy::new(url, except).unwrap());
    settings.lookup = Some(Arc::new(|name| match name {
        "public.test" => Ok(vec![[127, 0, 0, 1].into()]),
        "private.test" => Ok(vec![[127, 66, 0, 1].into()]),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    }));
    settings
}

#[tokio::test]
async fn requests_go_through_it_with_its_password() {
    let proxy = proxy();
    let url = proxy.url("").replacen("http://", "http://me:hunter2@", 1);
    let client = Client::new(through(&url, &[])).unwrap();
    for target in ["http://public.test/feed", "http://127.0.0.1:9/feed", "http://unknown.test/"] {
        let answer = feed(&client, target).await.unwrap();
        assert_eq!(answer.page.body, b"<rss>by proxy</rss>");
        assert_eq!(answer.page.url.as_deref(), Some(target));
    }
    let hits = proxy.hits();
    assert_eq!(hits[0].target, "http://public.test/feed");
    assert_eq!(hits[0].header("proxy-authorization"), Some("Basic bWU6aHVudGVyMg=="));
}

#[tokio::test]
async fn a_private_target_is_refused() {
    let proxy = proxy();
    let client = Client::new(through(&proxy.url(""), &[])).unwrap();
    for target in ["http://127.66.0.1/", "http://private.test/", "http://[::ffff:10.0.0.1]/"] {
        let failure = feed(&client, target).await.unwrap_err();
        assert_eq!(failure.reason.kind, ReasonKind::BlockedAddress, "{target}: {failure}");
    }
    assert_eq!(proxy.connections(), 0);
}

#[tokio::test]
async fn exceptions_and_a_requests_own_proxy() {
    let (proxy, origin) = (proxy(), origin(Site::new().at("*", Answer::rss("<rss/>"))));
    let client = Client::new(through(&proxy.url(""), &["test".to_owned()])).unwrap();
    let named = origin.url_as("public.test", "/feed");
    assert_eq!(feed(&client, &named).await.unwrap().page.body, b"<rss/>");
    let direct = Proxy::direct();
    let url = origin.url("/feed");
    let request = Request { proxy: Some(&direct), ..Request::feed(&url) };
    assert_eq!(client.get(&request).await.unwrap().page.body, b"<rss/>");
    assert_eq!(proxy.connections(), 0);
    // The proxy's own host is exempt for the proxy alone.
    let own = proxy.url("/");
    let request = Request { proxy: Some(&direct), ..Request::feed(&own) };
    let failure = client.get(&request).await.unwrap_err();
    assert_eq!(failure.reason.kind, ReasonKind::BlockedAddress);
}

/// A SOCKS5 proxy (RFC 1928) for one connection to an IPv4 address, without a password.
fn socks() -> SocketAddr {
    let listener = TcpListener::bind("127.66.0.3:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut hello = [0; 2];
        client.read_exact(&mut hello).unwrap();
        client.read_exact(&mut vec![0; usize::from(hello[1])]).unwrap();
        client.write_all(&[5, 0]).unwrap();
        let mut ask = [0; 10];
        client.read_exact(&mut ask).unwrap();
        assert_eq!(ask[..4], [5, 1, 0, 1]);
        let ip: [u8; 4] = ask[4..8].try_into().unwrap();
        let port = u16::from_be_bytes([ask[8], ask[9]]);
        let mut target = TcpStream::connect((IpAddr::from(ip), port)).unwrap();
        client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
        let (mut from, mut to) = (client.try_clone().unwrap(), target.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut from, &mut to));
        std::io::copy(&mut target, &mut client)
    });
    address
}

#[tokio::test]
async fn socks5() {
    let origin = origin(Site::new().at("*", Answer::rss("<rss/>")));
    let client = Client::new(through(&format!("socks5://{}", socks()), &[])).unwrap();
    let answer = feed(&client, &origin.url_as("public.test", "/feed")).await.unwrap();
    assert_eq!(answer.page.body, b"<rss/>");
    assert_eq!(origin.hits().len(), 1);
}
