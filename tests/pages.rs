//! How pages are asked for, and what becomes of those that are not to be had.

use world::{Answer, Site};

use crate::support::{World, article, feed, list, once, page, start};

#[test]
fn pages_obey_robots_txt_and_a_refusal_is_final() {
    let robots = "User-agent: *\nDisallow: /a/\nAllow: /a/open\n";
    let links = ["/a/closed", "/a/open/1", "/b"];
    let obeyed = start(
        Site::new()
            .at("/feed", feed(&links))
            .at("/robots.txt", Answer::text(robots))
            .at("/a/*", page(1))
            .at("/b", page(2)),
    );
    let closed = start(
        Site::new()
            .at("/feed", feed(&["/b"]))
            .at("/robots.txt", Answer::status(503))
            .at("/b", page(3)),
    );
    let world = World::new();
    let feeds = list(&world, &[obeyed.url("/feed"), closed.url("/feed")]);
    for _ in 0..3 {
        once(&world, &feeds);
    }
    assert_eq!(obeyed.hits_at("/robots.txt").len(), 1);
    assert!(obeyed.hits_at("/a/closed").is_empty() && closed.hits_at("/b").is_empty());
    let order: Vec<_> = obeyed.hits().into_iter().map(|hit| hit.target).collect();
    let at = |target: &str| order.iter().position(|t| t == target).unwrap();
    assert!(at("/robots.txt") < at("/a/open/1").min(at("/b")), "{order:?}");
    assert_eq!(world.count("SELECT count(*) FROM records"), 2);
    let dead = "SELECT count(*) FROM entries WHERE state = 'dead' AND reason = 'robots'";
    assert_eq!(world.count(dead), 1);
    assert_eq!(world.count("SELECT count(*) FROM entries WHERE state = 'waiting'"), 1);
}

#[test]
fn an_article_whose_page_is_a_wall_or_a_circle_is_taken_from_its_feed() {
    let text =
        |number| article(number).lines().skip(2).map(|p| format!("<p>{p}</p>")).collect::<String>();
    let whole = |link: &str, number| {
        let title = article(number).lines().next().unwrap().to_owned();
        format!(
            "<item><title>{title}</title><link>{link}</link><guid>{link}</guid>\
             <content:encoded><![CDATA[{}]]></content:encoded></item>",
            text(number)
        )
    };
    let teaser = "<item><title>T</title><link>/a/4</link><description>Soon.</description></item>";
    let items = [whole("/a/1", 1), whole("/a/2", 2), whole("/a/3", 3), teaser.to_owned()].concat();
    let feed = format!(
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'>\
         <channel><title>R</title>{items}</channel></rss>"
    );
    let wall = "<!DOCTYPE html><title>Just a moment...</title><p>Enable JavaScript and cookies";
    let cookie = |location: &str| Answer::redirect(302, location).header("Set-Cookie", "ok=1");
    let site = Site::new()
        .at("/feed", Answer::rss(feed))
        .at("/robots.txt", Answer::text("User-agent: *\nDisallow: /a/3"))
        .at("/a/1", Answer::redirect(302, "/consent"))
        .at("/consent", cookie("/a/1"))
        .at("/a/2", Answer::html(wall))
        .at("/a/4", Answer::status(410));
    let origin = start(site);
    let world = World::new();
    once(&world, &list(&world, &[origin.url("/feed")]));
    assert_eq!(world.urls(), ["/a/1", "/a/2", "/a/3"].map(|path| origin.url(path)).into());
    let exported = world.run(&["export"]).expect(0).out;
    for number in 1..=3 {
        let last = article(number).lines().last().unwrap().to_owned();
        assert!(exported.contains(&last), "{number}: {exported}");
    }
    assert!(origin.hits_at("/a/3").is_empty());
    assert!(
        origin.hits_at("/a/1").len() <= 11
            && origin.hits().iter().all(|hit| hit.header("cookie").is_none())
    );
}

#[test]
fn a_page_that_is_not_there_is_asked_for_once_more_and_one_that_is_gone_never() {
    let links = ["/a/missing", "/a/gone", "/a/late"];
    let site = Site::new()
        .at("/feed", feed(&links))
        .at("/a/missing", Answer::status(404))
        .at("/a/gone", Answer::status(410))
        .turns("/a/late", vec![Answer::status(404), page(1)]);
    let origin = start(site);
    let world = World::new();
    let feeds = list(&world, &[origin.url("/feed")]);
    for _ in 0..6 {
        once(&world, &feeds);
    }
    assert_eq!(links.map(|path| origin.hits_at(path).len()), [2, 1, 2]);
    assert_eq!(world.urls(), [origin.url("/a/late")].into(), "it came an hour late");
    let dead =
        "SELECT count(*) FROM entries WHERE state = 'dead' AND reason IN ('not-found', 'gone')";
    assert_eq!(world.count(dead), 2);
}
