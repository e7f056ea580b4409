//! Sources that are no plain feeds, and entries that came and went between two polls.

use world::{Answer, Site};

use crate::support::{OPEN, feed, page, start};
use crate::support::{Ran, World};

fn once(world: &World, feeds: &[String]) -> Ran {
    let feeds = world.write("feeds.txt", feeds.join("\n"));
    let own = ["run", "--once", "--feeds", feeds.to_str().unwrap()];
    world.run(&[&own[..], &["--set", "schedule.interval=1ms"], &OPEN].concat())
}

fn links(numbers: std::ops::Range<u64>) -> Vec<String> {
    numbers.map(|n| format!("/a/{n}")).collect()
}

pub(crate) fn listing(numbers: std::ops::Range<u64>, older: Option<&str>) -> Answer {
    let links = links(numbers);
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    let Some(older) = older else { return feed(&links) };
    let items: String = links
        .iter()
        .map(|link| format!("<item><title>T</title><link>{link}</link><guid>{link}</guid></item>"))
        .collect();
    Answer::rss(format!(
        "<rss version='2.0' xmlns:a='http://www.w3.org/2005/Atom'><channel><title>R</title>\
         <a:link rel='next' href='{older}'/>{items}</channel></rss>"
    ))
}

fn site() -> Site {
    Site::new().on("/a/*", |ask| page(ask.hit.target[3..].parse().unwrap()))
}

const GAPS: &str = "SELECT gaps * 1000 + missed FROM feeds";

#[test]
fn a_window_that_rolled_over_is_a_gap_and_is_written_down() {
    let origin = start(site().turns("/feed", vec![listing(0..3, None), listing(10..14, None)]));
    let world = World::new();
    for _ in 0..3 {
        once(&world, &[origin.url("/feed")]).expect(0);
    }
    assert_eq!(world.urls().len(), 7);
    assert_eq!(world.count(GAPS), 1004, "four undated entries in the place of three");
}

#[test]
fn a_gap_is_filled_from_the_older_pages_that_the_feed_offers() {
    let site = site()
        .turns("/feed", vec![listing(0..3, Some("/p2")), listing(10..14, Some("/p2"))])
        .at("/p2", listing(6..10, Some("/p3")))
        .at("/p3", listing(2..6, Some("/p4")));
    let origin = start(site);
    let world = World::new();
    for _ in 0..3 {
        once(&world, &[origin.url("/feed")]).expect(0);
    }
    assert_eq!(world.urls().len(), 14);
    assert_eq!(world.count(GAPS), 0);
    assert!(origin.hits_at("/p4").is_empty(), "what is known ends the search");
    assert_eq!((origin.hits_at("/p2").len(), origin.hits_at("/p3").len()), (1, 1));
}

#[test]
fn a_news_sitemap_is_a_source_by_itself_or_through_its_index() {
    let page_of = |n: u64| format!("<url><loc>http://HOST/a/{n}</loc></url>");
    let map: String = (0..3).map(page_of).collect();
    let site = site()
        .on("/map.xml", move |ask| {
            let host = ask.header("host").unwrap();
            let map = map.replace("HOST", host);
            Answer::ok("application/xml", format!("<urlset>{map}</urlset>"))
        })
        .on("/index.xml", |ask| {
            let host = ask.header("host").unwrap();
            let index = format!("<sitemap><loc>http://{host}/map.xml</loc></sitemap>");
            Answer::ok("application/xml", format!("<sitemapindex>{index}</sitemapindex>"))
        });
    let origin = start(site);
    for source in ["/map.xml", "/index.xml"] {
        let world = World::new();
        for _ in 0..2 {
            once(&world, &[origin.url(source)]).expect(0);
        }
        assert_eq!(world.urls().len(), 3, "{source}");
    }
    assert!(links(0..3).iter().all(|page| origin.hits_at(page).len() == 2), "once a database");
}
