//! The ways out of this machine: whose certificates are trusted, and proxies of single sources.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use world::{Answer, CA_PEM, Certificate, Origin, Site};

use crate::support::{OPEN, feed, page, start};
use crate::support::{Ran, World, ran};

/// A run over one https feed, on a machine whose own bundle of authorities is this file.
fn over_tls(world: &World, url: &str, bundle: &Path, set: &[&str]) -> Ran {
    let feeds = world.write("feeds.txt", url);
    let mut command = world.command(&["run", "--once", "--feeds", feeds.to_str().unwrap()]);
    command.args(OPEN).args(["--set", "schedule.interval=1ms"]);
    command.args(set.iter().flat_map(|set| ["--set", set]));
    command.env("SSL_CERT_FILE", bundle).env("SSL_CERT_DIR", world.path("no-such-folder"));
    ran(command.output().unwrap())
}

#[test]
fn authorities_are_the_systems_and_the_files_or_the_files_alone() {
    let site = || Site::new().at("/feed", feed(&["/a"])).at("/a", page(1));
    let ours = Origin::start_tls(Certificate::Good, site()).unwrap();
    let other = Origin::start_tls(Certificate::SelfSigned, site()).unwrap();
    let pem = World::new();
    let ca = pem.write("ca.pem", CA_PEM);
    let own = pem.write("own.pem", Certificate::SelfSigned.pem());
    let empty = pem.write("empty.pem", "");
    let file = |path: &Path| format!("fetch.ca_file={}", path.display());
    let only = "fetch.ca_only=true".to_owned();
    // (the machine's bundle, settings, which of the two origins are trusted)
    for (bundle, set, trusts) in [
        (&ca, vec![], [true, false]),
        (&empty, vec![file(&ca)], [true, false]),
        (&ca, vec![file(&own)], [true, true]),
        (&ca, vec![file(&own), only.clone()], [false, true]),
        (&own, vec![file(&ca), only.clone()], [true, false]),
    ] {
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        for (origin, is_trusted) in [&ours, &other].into_iter().zip(trusts) {
            let (world, before) = (World::new(), origin.hits().len());
            let told = over_tls(&world, &origin.url("/feed"), bundle, &set);
            let told = told.expect(if is_trusted { 0 } else { 69 });
            assert_eq!(
                world.urls().len(),
                usize::from(is_trusted),
                "{bundle:?} {set:?}: {}",
                told.err
            );
            assert_eq!(origin.hits().len() > before, is_trusted, "{bundle:?} {set:?}");
        }
    }
    let world = World::new();
    let told = over_tls(&world, &ours.url("/feed"), &ca, &[&only]).expect(78);
    assert!(told.err.contains("fetch.ca_only") && told.err.contains("PEM file"), "{}", told.err);
    let told = over_tls(&world, &ours.url("/feed"), &ca, &[&file(&empty)]).expect(74);
    assert!(told.err.contains("holds no certificate"), "{}", told.err);
}

#[test]
fn a_machine_without_authorities_says_so_and_reads_plain_http() {
    let site = || Site::new().at("/feed", feed(&["/a"])).at("/a", page(1));
    let secure = Origin::start_tls(Certificate::Good, site()).unwrap();
    let plain = start(site());
    let world = World::new();
    let nothing = world.path("no-such-bundle.pem");
    let both = format!("{}\n{}", secure.url("/feed"), plain.url("/feed"));
    let told = over_tls(&world, &both, &nothing, &[]).expect(1);
    let remedy = "this machine has no CA certificates: install the package ca-certificates or set \
                  fetch.ca_file";
    assert!(told.err.contains(remedy), "{}", told.err);
    assert_eq!(world.urls().len(), 1, "{}", told.err);
    assert_eq!(secure.connections(), 0);
    let listed = world.run(&["feed", "list", "--unwell"]).expect(0).out;
    assert!(listed.contains("no CA certificates"), "{listed}");
}

/// A SOCKS5 proxy (RFC 1928) without a password that is asked for IPv4 addresses, and how often
/// it was.
fn socks() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.66.0.3:0").unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let served = Arc::clone(&count);
    thread::spawn(move || {
        for client in listener.incoming() {
            let served = Arc::clone(&served);
            thread::spawn(move || relay(client?, &served));
        }
    });
    (address, count)
}

fn relay(mut client: TcpStream, served: &AtomicUsize) -> std::io::Result<()> {
    let mut hello = [0; 2];
    client.read_exact(&mut hello)?;
    client.read_exact(&mut vec![0; usize::from(hello[1])])?;
    client.write_all(&[5, 0])?;
    let mut ask = [0; 10];
    client.read_exact(&mut ask)?;
    assert_eq!(ask[..4], [5, 1, 0, 1]);
    served.fetch_add(1, Ordering::Relaxed);
    let ip: [u8; 4] = ask[4..8].try_into().unwrap();
    let port = u16::from_be_bytes([ask[8], ask[9]]);
    let mut target = TcpStream::connect((IpAddr::from(ip), port))?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    let (mut from, mut to) = (client.try_clone()?, target.try_clone()?);
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    std::io::copy(&mut target, &mut client)?;
    Ok(())
}

fn run(world: &World, arguments: &[&str]) -> Ran {
    world.run(&[arguments, &OPEN].concat())
}

#[test]
fn a_source_goes_its_own_way_and_its_target_is_judged_all_the_same() {
    // Two private targets: a machine beside this one, and what a page of the feed links to.
    let private = Origin::start_on(IpAddr::from([127, 66, 0, 9]), Site::new()).unwrap();
    let inner = private.url("/inner");
    let site = Site::new()
        .at("/robots.txt", Answer::status(404))
        .at("/http", feed(&["/a/1", &inner, "/hop/1"]))
        .at("/socks", feed(&["/a/2", &format!("{inner}/2"), "/hop/2"]))
        .at("/straight", feed(&["/a/3"]))
        .at("/hop/*", Answer::redirect(302, &inner))
        .on("/a/*", |ask| page(ask.hit.target[3..].parse().unwrap()));
    let origin = start(site);
    // The HTTP proxy answers by itself, as its cache would.
    let host = origin.url("");
    let cache = Site::new()
        .at(&format!("{host}/robots.txt"), Answer::status(404))
        .at(&format!("{host}/http"), feed(&["/a/1", &inner, "/hop/1"]))
        .at(&format!("{host}/hop/1"), Answer::redirect(302, &inner))
        .at("*", page(1));
    let proxy = Origin::start_on(IpAddr::from([127, 66, 0, 2]), cache).unwrap();
    let (socks, served) = socks();
    let world = World::new();
    let ways = [
        ("/http", proxy.url("")),
        ("/socks", format!("socks5://{socks}")),
        ("/straight", "direct".to_owned()),
    ];
    for (path, way) in &ways {
        let url = origin.url(path);
        run(&world, &["feed", "add", &url, "--unchecked", "--proxy", way]).expect(0);
    }
    let private_feed = private.url("/feed");
    let own = ["feed", "add", &private_feed, "--unchecked", "--proxy", &ways[0].1];
    run(&world, &own).expect(0);
    let told = run(&world, &["run", "--once"]).expect(1);
    assert_eq!(world.urls().len(), 3, "{}", told.err);
    // Each went its own way, feed and page.
    let asked: Vec<String> = proxy.hits().into_iter().map(|hit| hit.target).collect();
    for path in ["/http", "/a/1", "/hop/1"] {
        assert!(asked.contains(&format!("{host}{path}")), "{path}: {asked:?}");
        assert!(origin.hits_at(path).is_empty(), "{path}");
    }
    for path in ["/socks", "/a/2", "/hop/2", "/straight", "/a/3"] {
        assert_eq!(origin.hits_at(path).len(), 1, "{path}");
    }
    assert!(served.load(Ordering::Relaxed) > 0, "nothing went through SOCKS");
    // Neither proxy was asked for the private network, by link, by redirect or as a feed.
    assert_eq!(private.connections(), 0);
    assert!(!asked.iter().any(|target| target.contains("127.66.0.9")), "{asked:?}");
    assert_eq!(told.err.matches("127.66.0.9 is not public").count(), 5, "{}", told.err);
}

#[test]
fn every_document_of_a_source_goes_its_way_and_has_its_credentials() {
    let origin = start(Site::new());
    let host = origin.url("");
    let xml = |text: String| Answer::ok("application/xml", text);
    let index =
        format!("<sitemapindex><sitemap><loc>{host}/map.xml</loc></sitemap></sitemapindex>");
    let map = format!("<urlset><url><loc>{host}/a/1</loc></url></urlset>");
    let cache = Site::new()
        .at(&format!("{host}/robots.txt"), Answer::status(404))
        .at(&format!("{host}/index.xml"), xml(index))
        .at(&format!("{host}/map.xml"), xml(map))
        .at("*", page(1));
    let proxy = Origin::start_on(IpAddr::from([127, 66, 0, 2]), cache).unwrap();
    let world = World::new();
    let secret = world.write("secret", "bread");
    let credential = format!("basic:ann:file:{}", secret.display());
    let (url, way) = (origin.url("/index.xml"), proxy.url(""));
    let own = ["feed", "add", &url, "--unchecked", "--proxy", &way, "--credential", &credential];
    run(&world, &own).expect(0);
    run(&world, &["run", "--once"]).expect(0);
    assert_eq!(world.urls().len(), 1);
    assert_eq!(origin.connections(), 0, "something went past the proxy");
    for path in ["/index.xml", "/map.xml", "/a/1"] {
        let hits = proxy.hits_at(&format!("{host}{path}"));
        assert!(hits.iter().all(|hit| hit.header("authorization").is_some()), "{path}");
        assert_eq!(hits.len(), 1, "{path}");
    }
}
