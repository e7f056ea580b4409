//! The health of sources of every kind, and what is advised.

use serde_json::Value;
use world::{Answer, Origin, Site};

use crate::support::{OPEN, feed, page, start};
use crate::support::{Ran, World};

const WALL: &str = "<!DOCTYPE html><title>Just a moment...</title><p>Enable JavaScript and cookies";

/// A command so many days after the first.
fn on_day(world: &World, day: i64, arguments: &[&str]) -> Ran {
    after_hours(world, day * 24, arguments)
}

fn after_hours(world: &World, hours: i64, arguments: &[&str]) -> Ran {
    let clock = world.write("clock", (hours * 3_600_000).to_string());
    let mut command = world.command(&[arguments, &OPEN].concat());
    crate::support::ran(command.env("TEST_CLOCK_FILE", clock).output().unwrap())
}

fn links(prefix: &str, numbers: std::ops::Range<u64>) -> Answer {
    let links: Vec<String> = numbers.map(|n| format!("{prefix}/{n}")).collect();
    feed(&links.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The pages of a source, each with a text by its number.
fn pages(site: Site, path: &str) -> Site {
    site.on(path, |ask| page(ask.hit.target.rsplit('/').next().unwrap().parse().unwrap()))
}

/// A source for each thing that a doctor finds. Polls come on days 0, 2, 4, 6 and 20.
fn sources_of_every_kind() -> Origin {
    let four = |first: Answer, last: Answer| {
        vec![first.clone(), first.clone(), first.clone(), first, last]
    };
    let mut site = Site::new()
        .tagged("/well", "\"1\"", links("/w", 0..3))
        .at("/gone", Answer::status(410))
        .at("/missing", Answer::status(404))
        .at("/closed", Answer::status(403))
        .at("/page", Answer::html("<html><body>Back soon.</body></html>"))
        .at("/moved", Answer::redirect(301, "/here"))
        .at("/here", links("/h", 300..303))
        .at("/walled", links("/x", 0..6))
        .at("/x/*", Answer::html(WALL))
        // The same articles as those of /original, at addresses of its own.
        .at("/original", links("/o", 100..122))
        .at("/copies", links("/c", 100..122))
        .turns("/gap", vec![links("/g", 200..203), links("/g", 200..203), links("/g", 210..214)])
        .turns("/layout", four(links("/l", 400..412), links("/l", 430..436)))
        .on("/l/*", |ask| match ask.hit.target[3..].parse().unwrap() {
            number @ ..430 => page(number),
            _ => Answer::html("<html><body><div id=app></div><script>x()</script></body></html>"),
        });
    for path in ["/w/*", "/h/*", "/o/*", "/c/*", "/g/*"] {
        site = pages(site, path);
    }
    start(site)
}

const SOURCES: [&str; 12] = [
    "/well",
    "/gone",
    "/missing",
    "/closed",
    "/page",
    "/moved",
    "/walled",
    "/original",
    "/copies",
    "/gap",
    "/layout",
    "/locked",
];

/// The tag stays while the content changes. Trust goes by host: it needs one of its own.
fn liar() -> Origin {
    let site = Site::new().on("/liar", |ask| {
        let (tag, day) = ("\"same\"", if ask.nth < 2 { 500..502 } else { 500..503 });
        if ask.header("if-none-match") == Some(tag) {
            return Answer::status(304).header("ETag", tag);
        }
        links("/i", day).header("ETag", tag)
    });
    start(pages(site, "/i/*"))
}

/// A database in which each of the sources was polled for twenty days.
fn polled(world: &World, origin: &Origin, liar: &Origin) {
    let token = world.write("token", "hunter2");
    let add = |path: &&str| {
        let own = ["feed", "add", &origin.url(path), "--unchecked"];
        let credential = format!("bearer:file:{}", token.display());
        let secret = ["--credential", &credential];
        let more = if *path == "/locked" { &secret[..] } else { &[] };
        on_day(world, 0, &[&own[..], more].concat()).expect(0);
    };
    let poll = |day: i64| {
        on_day(world, day, &["run", "--once", "--set", "schedule.verify_304=2"]);
    };
    SOURCES.iter().filter(|path| **path != "/copies").for_each(add);
    on_day(world, 0, &["feed", "add", &liar.url("/liar"), "--unchecked"]).expect(0);
    std::fs::remove_file(&token).unwrap();
    poll(0);
    // The copies come after what they copy.
    add(&"/copies");
    [0, 2, 4, 6, 20].into_iter().for_each(poll);
}

fn checkups(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_kind_of_trouble_is_found_with_the_command_against_it() {
    let (origin, liar, world) = (sources_of_every_kind(), liar(), World::new());
    polled(&world, &origin, &liar);
    let ran = on_day(&world, 20, &["doctor", "--json"]).expect(1);
    let found = checkups(&ran);
    let of = |path: &str| {
        let urls = [origin.url(path), origin.url("/here"), liar.url(path)];
        let is_meant = |c: &&Value| {
            c["url"] == urls[0].as_str()
                || c["url"] == urls[2].as_str()
                || (path == "/moved" && c["url"] == urls[1].as_str())
        };
        found.iter().find(is_meant).unwrap_or_else(|| panic!("{path}: {}", ran.out))
    };
    let number = |path: &str| of(path)["feed"].to_string();
    let expected = [
        ("/gone", "gone", format!("feed rm {}", number("/gone"))),
        ("/missing", "failing", format!("feed discover {}", origin.url("/missing"))),
        (
            "/closed",
            "failing",
            format!(
                "feed set {} --credential basic:USER:file:/path/to/password",
                number("/closed")
            ),
        ),
        ("/page", "failing", format!("feed discover {}", origin.url("/page"))),
        (
            "/locked",
            "failing",
            format!("feed set {} --clear credential --clear headers", number("/locked")),
        ),
        ("/walled", "walls", format!("feed set {} --full-text feed", number("/walled"))),
        ("/copies", "copies", format!("feed rm {}", number("/copies"))),
        ("/layout", "layout", format!("explain {}", origin.url("/l/435"))),
        ("/original", "silent", format!("feed discover {}", origin.url("/original"))),
    ];
    for (path, code, command) in expected {
        let advice = of(path)["advice"].as_array().unwrap();
        let given = advice.iter().find(|advice| advice["code"] == code);
        let given = given.unwrap_or_else(|| panic!("{path}: {advice:?}"));
        assert_eq!(given["command"], format!("newsluice {command}"), "{path}");
    }
    let advice = of("/gap")["advice"].as_array().unwrap();
    let gap = advice.iter().find(|advice| advice["code"] == "gaps").unwrap();
    let start = format!("newsluice feed set {} --interval ", number("/gap"));
    assert!(gap["command"].as_str().unwrap().starts_with(&start), "{gap}");
    assert_eq!(of("/gap")["gaps"]["polls"], 1);
    assert_eq!(of("/moved")["liveness"]["moved_from"][0], origin.url("/moved"));
    assert_eq!(of("/walled")["given_up"]["bot-wall"], 6);
    assert_eq!(of("/copies")["duplicates"]["articles"], 22);
    assert_eq!(of("/copies")["duplicates"]["most_of"], origin.url("/original"));
    let fell = &of("/layout")["extraction"]["fell"];
    assert_eq!((&fell["before"], &fell["now"]), (&1.0.into(), &0.0.into()));
    assert_eq!(of("/liar")["caching"]["false_304"], 1, "{}", of("/liar"));
    assert_eq!(of("/well")["caching"]["not_modified"], 4, "{}", of("/well"));
    assert_eq!(of("/original")["caching"]["validators"], false);
    let cost = of("/well")["cost"]["requests_an_article"].as_f64().unwrap();
    assert!((cost - 8.0 / 3.0).abs() < 0.01, "5 polls and 3 pages for 3 articles: {cost}");
}

#[test]
fn people_read_the_same_in_words() {
    let origin = start(pages(
        Site::new().tagged("/well", "\"1\"", links("/w", 0..3)).at("/gone", Answer::status(410)),
        "/w/*",
    ));
    let world = World::new();
    for path in ["/well", "/gone"] {
        on_day(&world, 0, &["feed", "add", &origin.url(path), "--unchecked"]).expect(0);
    }
    for day in [0, 1] {
        on_day(&world, day, &["run", "--once", "--set", "schedule.interval=1230m"]);
    }
    let ran = after_hours(&world, 25, &["doctor"]).expect(1);
    // Ports and sizes differ from run to run.
    let mut text = ran.out + &ran.err;
    text = text.replace(&origin.address().port().to_string(), "PORT");
    let words: Vec<&str> = text.split(' ').collect();
    let is_size = |n: usize| words.get(n + 1).is_some_and(|w| w.starts_with("KiB"));
    let masked = words.iter().enumerate().map(|(n, word)| match word.strip_prefix('(') {
        None if is_size(n) => "SIZE",
        _ => word,
    });
    insta::assert_snapshot!(masked.collect::<Vec<_>>().join(" "));
    let well = on_day(&world, 1, &["doctor", "1"]).expect(0);
    assert!(well.err.contains("1 source: nothing to do"), "{}", well.err);
    let unwell = on_day(&world, 1, &["doctor", "--unwell"]).expect(1).out;
    assert!(!unwell.contains("/well") && unwell.contains("/gone"), "{unwell}");
    let missing = on_day(&world, 1, &["doctor", "7"]).expect(1);
    assert!(missing.err.contains("not among the sources"), "{}", missing.err);
    let late = on_day(&world, 9, &["doctor", "1"]).expect(1);
    assert!(
        late.err.contains("nobody polls them, the last time 8 d ago: newsluice run"),
        "{}",
        late.err
    );
}
