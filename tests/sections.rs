//! Section pages as sources: the articles that a page links to, without a feed.

use world::{Answer, Origin, Site};

use crate::support::{OPEN, feed, page, start};
use crate::support::{Ran, World, article};

fn run(world: &World, arguments: &[&str], code: i32) -> Ran {
    world.run(&[arguments, &OPEN].concat()).expect(code)
}

fn once(world: &World, code: i32) -> Ran {
    run(world, &["run", "--once", "--set", "schedule.interval=1ms"], code)
}

/// A section page with these articles, and with all that is none.
fn section(numbers: &[u64], foreign: &str) -> Answer {
    let card = |n: &u64| {
        let text = article(*n);
        let title = text.lines().next().unwrap();
        format!(
            "<article><a href='/city/2024/05/02/{n}'><img src='/i/{n}.jpg'></a>\
             <h2><a href='/city/2024/05/02/{n}?utm_source=front'>{title}</a></h2></article>"
        )
    };
    let cards: String = numbers.iter().map(card).collect();
    Answer::html(format!(
        "<!DOCTYPE html><html><head><title>City</title></head><body>\
         <nav><a href='/sport'>Sport</a><a href='/2024/05/02/a-guide-to-our-pages'>A guide to all of \
         our pages</a></nav><main>{cards}<a href='/tag/bridges-and-rivers'>All about bridges and \
         rivers</a><a href='{foreign}/2024/05/02/a-fine-advertisement'>A fine advertisement of \
         somebody else</a><a href='/city/'>More from the city, every day</a></main>\
         <footer><a href='/2023/01/01/how-we-work'>How we work and why we do</a></footer></body></html>"
    ))
}

fn city(pages: Vec<Answer>) -> Site {
    Site::new()
        .at("/robots.txt", Answer::status(404))
        .turns("/city/", pages)
        .at("/bare", Answer::html("<html><p>Nothing here."))
        .on("/city/2024/05/02/*", |ask| {
            let path = ask.hit.target.split('?').next().unwrap();
            page(path.rsplit('/').next().unwrap().parse().unwrap())
        })
}

#[test]
fn its_articles_are_entries_each_once_and_new_ones_only() {
    let elsewhere = start(Site::new().at("*", page(99)));
    let far = elsewhere.url("").replacen("127.0.0.1", "localhost", 1);
    let origin = start(city(vec![
        section(&[1, 2, 3], &far).header("ETag", "\"1\""),
        Answer::status(304).header("ETag", "\"1\""),
        section(&[3, 4, 1, 2], &far),
        section(&[4, 3, 2], &far),
    ]));
    let world = World::new();
    let url = origin.url("/city/");
    let added = run(&world, &["feed", "add", &url, "--kind", "section", "--unchecked"], 0);
    assert!(added.err.contains("added as feed 1"), "{}", added.err);
    for stored in [3, 3, 4, 4] {
        let told = once(&world, 0);
        let asked: Vec<_> = origin.hits().into_iter().map(|hit| hit.target).collect();
        assert_eq!(world.urls().len(), stored, "{asked:?}: {}", told.err);
    }
    let polls = origin.hits_at("/city/");
    let tags: Vec<_> = polls.iter().map(|hit| hit.header("if-none-match")).collect();
    assert_eq!(tags, [None, Some("\"1\""), Some("\"1\""), None]);
    assert!(polls[0].header("accept").unwrap().starts_with("text/html"));
    for n in 1..=4 {
        assert_eq!(origin.hits_at(&format!("/city/2024/05/02/{n}")).len(), 1, "article {n}");
    }
    assert_eq!(elsewhere.connections(), 0);
    assert_eq!(world.count("SELECT count(*) FROM entries"), 4);
    let listed = run(&world, &["--json", "feed", "list"], 0).out;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed["settings"]["kind"], "section", "{listed}");
    assert_eq!((&listed["title"], &listed["week"]["stored"]), (&"City".into(), &4.into()));
    assert_eq!(listed["health"], "well");
}

#[test]
fn what_a_feed_lists_too_is_fetched_once_and_items_of_other_hosts_are_marked() {
    let elsewhere = start(Site::new().at("/robots.txt", Answer::status(404)).at("/ad", page(99)));
    let far = elsewhere.url("/ad").replacen("127.0.0.1", "localhost", 1);
    let site = city(vec![section(&[1, 2], "http://other.test")]);
    let origin = start(site.at("/feed", feed(&["/city/2024/05/02/2", "/city/2024/05/02/3", &far])));
    let world = World::new();
    run(&world, &["feed", "add", &origin.url("/city/"), "--kind", "section"], 0);
    run(&world, &["feed", "add", &origin.url("/feed")], 0);
    once(&world, 0);
    for n in 1..=3 {
        assert_eq!(origin.hits_at(&format!("/city/2024/05/02/{n}")).len(), 1, "article {n}");
    }
    assert_eq!(world.urls().len(), 4);
    let marked = "SELECT count(*) FROM entries WHERE is_foreign AND url LIKE '%/ad'";
    assert_eq!(world.count(marked), 1);
    assert_eq!(world.count("SELECT sum(is_foreign) FROM entries"), 1);
}

#[test]
fn it_is_shown_before_it_is_added_and_kept_in_lists() {
    let origin = start(city(vec![section(&[1, 2, 3], "http://other.test")]));
    let world = World::new();
    let shown = run(&world, &["feed", "add", &origin.url("/city/"), "--kind", "section"], 0);
    assert!(shown.out.contains("entries   3") && shown.out.contains("City"), "{}", shown.out);
    let none = run(&world, &["feed", "add", &origin.url("/bare"), "--kind", "section"], 65);
    assert!(none.err.contains("without links that look like articles"), "{}", none.err);
    let feedless = run(&world, &["feed", "add", &origin.url("/bare")], 65);
    assert!(feedless.err.contains("--kind section"), "{}", feedless.err);
    let list = world.path("list.opml");
    run(&world, &["feed", "export", "-o", list.to_str().unwrap()], 0);
    let other = World::new();
    run(&other, &["feed", "import", list.to_str().unwrap()], 0);
    once(&other, 0);
    assert_eq!(other.urls().len(), 3);
    run(&other, &["feed", "set", "1", "--kind", "feed"], 0);
    let told = once(&other, 69);
    assert!(told.err.contains("not a feed"), "{}", told.err);
}

/// A poll of an [`Origin`] that says less than before is no harm.
#[test]
fn an_empty_front_is_a_failed_poll_and_nothing_is_forgotten() {
    let pages = vec![
        section(&[1], "http://other.test").header("ETag", "\"1\""),
        Answer::html("<html><p>We are working on it.").header("ETag", "\"2\""),
        section(&[1, 2], "http://other.test"),
    ];
    let origin: Origin = start(city(pages));
    let world = World::new();
    run(&world, &["feed", "add", &origin.url("/city/"), "--kind", "section", "--unchecked"], 0);
    once(&world, 0);
    once(&world, 69);
    once(&world, 0);
    let tags = origin.hits_at("/city/");
    assert_eq!(
        tags[2].header("if-none-match"),
        Some("\"1\""),
        "what was no section vouches for none"
    );
    assert_eq!(world.urls().len(), 2);
}
