//! Conduct on the wire: what origins hear from the program, run once and run for long.

use std::time::Duration;

use world::{Answer, Hit, Origin, Site, Step};

use crate::support::{Daemon, World, feed, least_gap, list, once, page, start, wait_for};

fn if_none_match(hits: &[Hit]) -> Vec<Option<&str>> {
    hits.iter().map(|hit| hit.header("if-none-match")).collect()
}

#[test]
fn validators_are_sent_back_exactly_the_newest_only_and_forgotten_when_dropped() {
    let odd = "W/\"a b'<ü>\\\"";
    let date = "Sunday, 22-Nov-26 10:00:00 GMT";
    let tagged = |etag: &str| feed(&[]).header("ETag", etag);
    let renewed = |etag: &str| Answer::status(304).header("ETag", etag);
    let site = Site::new()
        .at("/both", tagged(odd).header("Last-Modified", date))
        .turns("/new", vec![tagged("\"1\""), tagged("\"2\""), renewed("\"3\""), tagged("\"4\"")])
        .turns("/dropped", vec![tagged("\"1\""), feed(&[])]);
    let origin = start(site);
    let world = World::new();
    let feeds = list(&world, &["/both", "/new", "/dropped"].map(|path| origin.url(path)));
    for _ in 0..4 {
        once(&world, &feeds).expect(0);
    }
    let both = origin.hits_at("/both");
    let latin: String = odd.bytes().map(char::from).collect();
    for hit in &both[1..] {
        let sent = hit.header("if-none-match").unwrap();
        assert!(sent == odd || sent == latin, "{sent}");
        assert_eq!(hit.header("if-modified-since"), Some(date));
    }
    let tags = [None, Some("\"1\""), Some("\"2\""), Some("\"3\"")];
    let new = origin.hits_at("/new");
    assert_eq!(if_none_match(&new), tags);
    assert!(new.iter().all(|hit| hit.header("if-modified-since").is_none()));
    let dropped = origin.hits_at("/dropped");
    assert_eq!(if_none_match(&dropped), [None, Some("\"1\""), None, None]);
    for hit in origin.hits() {
        assert!(hit.header("user-agent").unwrap().contains("https://example.org/about"));
        assert!(hit.header("cookie").or(hit.header("referer")).is_none());
        assert_eq!((hit.method.as_str(), hit.target.contains('?')), ("GET", false));
    }
}

#[test]
fn a_feed_moves_after_two_sightings_with_its_validators_and_a_gone_one_is_left_alone() {
    let site = Site::new()
        .at("/301", Answer::redirect(301, "/new301"))
        .at("/308", Answer::redirect(308, "/new308"))
        .at("/302", Answer::redirect(302, "/new302"))
        .at("/307", Answer::redirect(307, "new307"))
        .tagged("/new301", "\"1\"", feed(&[]))
        .tagged("/new308", "\"2\"", feed(&[]))
        .tagged("/new302", "\"3\"", feed(&[]))
        .tagged("/new307", "\"4\"", feed(&[]))
        .at("/gone", Answer::status(410));
    let origin = start(site);
    let world = World::new();
    let paths = ["/301", "/308", "/302", "/307", "/gone"];
    let feeds = list(&world, &paths.map(|path| origin.url(path)));
    for _ in 0..5 {
        once(&world, &feeds);
    }
    let visits = |path: &str| origin.hits_at(path).len();
    assert_eq!(paths.map(visits), [2, 2, 5, 5, 1]);
    for (path, tag) in [("/new301", "\"1\""), ("/new308", "\"2\""), ("/new302", "\"3\"")] {
        let hits = origin.hits_at(path);
        assert_eq!(if_none_match(&hits), [&[None], &[Some(tag); 4][..]].concat(), "{path}");
    }
    assert_eq!(world.count("SELECT count(*) FROM feeds"), 5);
}

#[test]
fn an_answer_that_is_no_whole_feed_is_not_vouched_for() {
    let head = b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 5000\r\n\r\n<rss><channel>";
    let cut = vec![Step::Send(head.to_vec())];
    let half = Answer::rss("<rss version='2.0'><channel><title>R</title><item><link>/a/9</li");
    let firsts = [
        ("/html", Answer::html("<!DOCTYPE html><p>Back soon.")),
        ("/empty", Answer::rss("")),
        ("/short", Answer::script(cut)),
        ("/half", half),
        ("/nothing", Answer::rss("<rss version='2.0'><channel></channel></rss>")),
    ];
    let mut site = Site::new();
    for (number, (path, first)) in firsts.into_iter().enumerate() {
        let link = format!("/a/{number}");
        let good = feed(&[&link]).header("ETag", "\"1\"");
        let first = first.header("ETag", "\"1\"");
        site = site
            .on(path, move |ask| match (ask.header("if-none-match"), ask.nth) {
                (Some("\"1\""), _) => Answer::status(304),
                (_, 0) => first.clone(),
                _ => good.clone(),
            })
            .at(&link, page(number as u64));
    }
    let origin = start(site);
    let world = World::new();
    let paths = ["/html", "/empty", "/short", "/half", "/nothing"];
    let feeds = list(&world, &paths.map(|path| origin.url(path)));
    for _ in 0..3 {
        once(&world, &feeds);
    }
    for path in paths {
        let hits = origin.hits_at(path);
        assert_eq!(if_none_match(&hits), [None, None, Some("\"1\"")], "{path}");
    }
    let stored = world.urls();
    assert_eq!(stored.len(), 5, "{stored:?}");
}

#[test]
fn neither_a_link_nor_a_redirect_leads_into_a_private_network() {
    let private = Origin::start_on("127.66.0.1".parse().unwrap(), Site::new().at("/*", page(1)));
    let private = private.unwrap();
    let port = private.address().port();
    let spelt = [
        private.url("/a"),
        format!("http://0x7f420001:{port}/b"),
        format!("http://[::ffff:127.66.0.1]:{port}/c"),
    ];
    let links = ["/jump", "file:///etc/passwd", &spelt[0], &spelt[1], &spelt[2]];
    let site = Site::new()
        .at("/feed", feed(&links))
        .at("/moved", Answer::redirect(301, &private.url("/feed")))
        .at("/file", Answer::redirect(302, "file:///etc/passwd"))
        .at("/round", Answer::redirect(302, "/round"))
        .at("/jump", Answer::redirect(302, &private.url("/d")));
    let origin = start(site);
    let world = World::new();
    let paths = ["/feed", "/moved", "/file", "/round"];
    let feeds = list(&world, &paths.map(|path| origin.url(path)));
    once(&world, &feeds);
    assert_eq!(private.connections(), 0);
    assert!(origin.hits_at("/round").len() <= 22);
    assert_eq!(world.count("SELECT count(*) FROM records"), 0);
}

#[test]
fn a_password_in_a_feed_s_url_stays_with_its_host_and_out_of_what_is_written() {
    let other = start(Site::new().at("/feed", feed(&[])));
    let site = Site::new()
        .at("/away", Answer::redirect(302, &other.url("/feed")))
        .at("/feed", feed(&["/a"]))
        .at("/no", Answer::status(403))
        .at("/a", page(1));
    let origin = start(site);
    let world = World::new();
    let secret = |path: &str| origin.url(path).replace("http://", "http://me:hush-hush@");
    let feeds = list(&world, &["/away", "/feed", "/no"].map(secret));
    let said = once(&world, &feeds);
    let exported = world.run(&["export"]).expect(0).out;
    assert_eq!(exported.lines().count(), 1);
    for text in [&said.out, &said.err, &exported] {
        assert!(!text.contains("hush-hush"), "{text}");
    }
    assert!(origin.hits_at("/feed")[0].header("authorization").is_some());
    assert!(origin.hits_at("/away")[0].header("authorization").is_some());
    assert!(other.hits()[0].header("authorization").is_none());
}

#[test]
fn a_long_run_keeps_its_pace_backs_off_holds_hosts_and_recovers() {
    let rest = |status: u16| Answer::status(status).header("Retry-After", "4");
    let well =
        start(Site::new().tagged("/feed", "\"1\"", feed(&["/a/1", "/a/2"])).on("/a/*", |ask| {
            page(
                u64::try_from(ask.hit.target.len()).unwrap()
                    + u64::from(ask.hit.target.ends_with('2')),
            )
        }));
    let absent = start(Site::new());
    let flaps = start(
        Site::new()
            .on("/feed", |ask| match ask.nth % 2 {
                0 => Answer::status(500),
                _ => feed(&["/a/3"]),
            })
            .at("/a/3", page(3)),
    );
    let busy =
        [429, 503].map(|status| start(Site::new().turns("/feed", vec![rest(status), feed(&[])])));
    let tired = start(
        Site::new()
            .at("/feed", feed(&["/a/4"]))
            .turns("/a/4", vec![rest(429), page(4)])
            .at("/robots.txt", Answer::status(404)),
    );
    let cut = Step::Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n<html>".to_vec());
    let broken = start(
        Site::new()
            .at("/feed", feed(&["/a/5"]))
            .turns("/a/5", vec![Answer::script(vec![cut]), page(5)]),
    );
    let mut urls: Vec<String> = Vec::new();
    urls.extend([&well, &absent, &flaps, &tired, &broken].map(|origin| origin.url("/feed")));
    urls.extend(busy.iter().map(|origin| origin.url("/feed")));
    let world = World::new();
    let daemon = Daemon::start(&world, &list(&world, &urls), "4s");
    wait_for("all held hosts were asked again", || {
        busy.iter().all(|origin| origin.hits_at("/feed").len() >= 2)
            && tired.hits_at("/a/4").len() >= 2
            && broken.hits_at("/a/5").len() >= 2
            && flaps.hits_at("/a/3").len() == 1
            && well.hits_at("/feed").len() >= 7
    });
    let ran = daemon.stop();
    let polls = well.hits_at("/feed");
    assert!(least_gap(&polls) >= Duration::from_millis(750), "{:?}", least_gap(&polls));
    assert!(polls[1..].iter().all(|hit| hit.header("if-none-match") == Some("\"1\"")));
    assert_eq!((well.hits_at("/a/1").len(), well.hits_at("/a/2").len()), (1, 1));
    assert!(absent.hits().len() * 10 <= polls.len() * 7, "{}", absent.hits().len());
    for origin in &busy {
        assert!(least_gap(&origin.hits_at("/feed")[..2]) >= Duration::from_secs(4));
    }
    let hits = tired.hits();
    let refused = hits.iter().position(|hit| hit.target == "/a/4").unwrap();
    let gap = hits[refused + 1].at.saturating_sub(hits[refused].at);
    assert!(gap >= Duration::from_secs(4), "{gap:?}");
    let stored = world.urls();
    assert_eq!(stored.len(), 5, "{stored:?}\n{}", ran.err);
}

#[test]
fn requests_that_hang_hold_up_neither_other_hosts_nor_the_end() {
    let hanging = start(
        Site::new()
            .at("/feed", feed(&["/a"]))
            .at("/never", Answer::script(vec![Step::Hang]))
            .at("/robots.txt", Answer::status(404))
            .at("/a", Answer::script(vec![Step::Hang])),
    );
    let well = start(Site::new().tagged("/feed", "\"1\"", feed(&[])));
    let world = World::new();
    let urls = [hanging.url("/feed"), hanging.url("/never"), well.url("/feed")];
    let feeds = list(&world, &urls);
    let daemon = Daemon::start(&world, &feeds, "60s");
    wait_for("the page hangs, and the other host goes on", || {
        !hanging.hits_at("/never").is_empty() && well.hits().len() > 2
    });
    daemon.stop();
    // What was cut short waits again, and nothing is held against it.
    for tasks in ["feeds", "entries"] {
        let held = format!("SELECT count(*) FROM {tasks} WHERE state <> 'waiting' OR unfinished");
        assert_eq!(world.count(&held), 0, "{tasks}");
    }

    let slow = start(Site::new().at("/feed", Answer::script(vec![Step::Hang])));
    let second = World::new();
    let daemon = Daemon::start(&second, &list(&second, &[slow.url("/feed")]), "1s");
    wait_for("the deadline", || slow.hits().first().is_some_and(|hit| hit.done.is_some()));
    let held = slow.hits()[0].done.unwrap().saturating_sub(slow.hits()[0].at);
    assert!(held < Duration::from_secs(2), "{held:?}");
    daemon.stop();
}
