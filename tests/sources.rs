//! Sources: found, added, decided about, listed; alone and beside a running daemon.

use std::time::{Duration, Instant};

use world::{Answer, Origin, Site};

use crate::support::{Daemon, OPEN, feed, page, start, wait_for};
use crate::support::{Ran, World, article};

fn run(world: &World, arguments: &[&str], code: i32) -> Ran {
    world.run(&[arguments, &OPEN].concat()).expect(code)
}

fn once(world: &World) -> Ran {
    run(world, &["run", "--once", "--set", "schedule.interval=1ms"], 0)
}

/// A feed whose items carry their whole text.
pub(crate) fn whole(links: &[(String, u64)]) -> Answer {
    let item = |(link, number): &(String, u64)| {
        let text = article(*number);
        let title = text.lines().next().unwrap();
        let body: String =
            text.lines().skip(3).map(|line| format!("&lt;p&gt;{line}&lt;/p&gt;")).collect();
        format!(
            "<item><title>{title}</title><link>{link}</link><guid>{link}</guid>\
             <description>{body}</description></item>"
        )
    };
    let items: String = links.iter().map(item).collect();
    Answer::rss(format!("<rss version='2.0'><channel><title>W</title>{items}</channel></rss>"))
}

fn site_of_three() -> Origin {
    let front = "<html><head><link rel=alternate type=application/rss+xml href=/comments \
        title='Comments feed'><link rel=alternate type=application/rss+xml href=/news title=News>\
        <link rel=alternate type=application/atom+xml href=/sport></head><body>x</body></html>";
    let news = "<rss version='2.0'><channel><title>All the news</title><language>de</language>\
        <item><title>a</title><link>/a</link><pubDate>Thu, 02 May 2024 10:00:00 GMT</pubDate></item>\
        <item><title>b</title><link>/b</link><pubDate>Thu, 02 May 2024 08:00:00 GMT</pubDate></item>\
        </channel></rss>";
    start(
        Site::new()
            .at("/", Answer::html(front))
            .at("/news", Answer::rss(news))
            .at("/sport", feed(&["/s"]))
            .at("/comments", feed(&["/c"]))
            .at("/old", Answer::redirect(301, "/news"))
            .at("/bare", Answer::html("<html><body>nothing</body></html>")),
    )
}

#[test]
fn a_site_gives_its_feeds_and_the_best_is_added() {
    let origin = site_of_three();
    let world = World::new();
    let ran = run(&world, &["feed", "add", &origin.url("/"), "--tag", "news"], 0);
    let order: Vec<_> =
        ["/news", "/sport", "/comments"].map(|path| ran.out.find(&origin.url(path))).into();
    assert!(order.is_sorted() && order[0].is_some(), "{}", ran.out);
    assert!(ran.out.contains("All the news") && ran.out.contains("about every 2 h"), "{}", ran.out);
    assert!(ran.out.contains("2, the newest of 2024-05-02 10:00 UTC"), "{}", ran.out);
    assert!(ran.err.contains("--pick N takes another"), "{}", ran.err);
    assert!(ran.err.contains("added as feed 1"), "{}", ran.err);
    let again = run(&world, &["feed", "add", &origin.url("/old")], 0);
    assert!(again.err.contains("known already as feed 1"), "it moved there: {}", again.err);
    run(&world, &["feed", "add", &origin.url("/"), "--pick", "9"], 2);
    run(&world, &["feed", "add", &origin.url("/"), "--all"], 0);
    assert_eq!(world.count("SELECT count(*) FROM feeds"), 3);
    let listed = run(&world, &["feed", "list", "--of", "news"], 0).out;
    assert!(
        listed.contains("[news]") && listed.contains("new; never polled; next now"),
        "{listed}"
    );
    assert_eq!(listed.lines().count(), 2, "{listed}");
}

/// A list of so many feeds in nested folders, some in two, with attributes of other programs.
fn long_list(feeds: usize) -> String {
    let feed = |n: usize| {
        format!(
            "<outline type=\"rss\" text=\"Feed {n} &amp; more\" xmlUrl=\"https://h{}.example/{n}?a=1&amp;b=2\" \
             htmlUrl=\"https://h{}.example/\" my:rank=\"{n}\" other=\"ü{n}\"/>",
            n % 900,
            n % 900
        )
    };
    let folder = |f: usize| {
        let inner: String = (f * 50..f * 50 + 25).map(feed).collect();
        let deeper: String = (f * 50 + 25..f * 50 + 50).map(feed).collect();
        format!(
            "<outline text=\"Folder {f}\">{inner}<outline text=\"Deeper {f}\">{deeper}</outline></outline>"
        )
    };
    let folders: String = (0..feeds / 50).map(folder).collect();
    format!(
        "<?xml version=\"1.0\"?><opml version=\"2.0\" xmlns:my=\"urn:my\"><head><title>L</title></head>\
         <body>{folders}</body></opml>"
    )
}

#[test]
fn five_thousand_sources_go_in_and_out_without_a_loss() {
    let (one, other) = (World::new(), World::new());
    let list = one.write("list.opml", long_list(5_000));
    let ran = one.run(&["feed", "import", list.to_str().unwrap()]).expect(0);
    assert!(ran.err.contains("5000") || ran.out.contains("5000"), "{ran:?}");
    let exported = one.run(&["feed", "export"]).expect(0).out;
    assert_eq!(exported.matches("xmlUrl=").count(), 5_000);
    for part in ["my:rank=\"4999\"", "other=\"ü4999\"", "Deeper 99", "Feed 4999 &amp; more"] {
        assert!(exported.contains(part), "{part}");
    }
    let again = other.write("again.opml", &exported);
    other.run(&["feed", "import", again.to_str().unwrap()]).expect(0);
    assert_eq!(other.run(&["feed", "export"]).expect(0).out, exported);
    let differ =
        one.run(&["feed", "sync", again.to_str().unwrap(), "--prune", "--dry-run"]).expect(0);
    assert!(!differ.out.contains("https://h"), "nothing to be done: {}", differ.out);
}

#[test]
fn what_cannot_be_added_is_told_with_the_remedy() {
    let origin = site_of_three();
    let world = World::new();
    let none = run(&world, &["feed", "add", &origin.url("/bare")], 65);
    assert!(
        none.err.contains("names no feed") && none.err.contains("another page"),
        "{}",
        none.err
    );
    let dead = run(&world, &["feed", "discover", "http://127.0.0.1:1/feed"], 69);
    assert!(dead.err.contains("no connection") && dead.err.contains("--unchecked"), "{}", dead.err);
    let closed = world.run(&["feed", "add", &origin.url("/news")]).expect(69);
    assert!(closed.err.contains("fetch.allow_nets"), "{}", closed.err);
    let secret = run(&world, &["feed", "add", "https://me:hunter2@example.org/feed"], 2);
    assert!(
        secret.err.contains("--credential") && !secret.err.contains("hunter2"),
        "{}",
        secret.err
    );
    assert!(!world.db().exists(), "nothing was added");
    world.run(&["feed", "add", "example.org/feed", "--unchecked"]).expect(0);
    let listed = world.run(&["--json", "feed", "list"]).expect(0).out;
    let line: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(
        (&line["url"], &line["health"]),
        (&"https://example.org/feed".into(), &"new".into())
    );
}

#[test]
fn the_text_comes_from_where_the_user_says() {
    let long: Vec<u64> = (1..99).filter(|n| article(*n).len() > 2_150).take(2).collect();
    assert_eq!(long.len(), 2);
    let links: Vec<_> = long.iter().map(|number| (format!("/p/{number}"), *number)).collect();
    for (mode, pages) in [("auto", 0), ("feed", 0), ("page", 2)] {
        let origin =
            start(Site::new().at("/feed", whole(&links)).on("/p/*", |ask| {
                page(ask.hit.target.rsplit('/').next().unwrap().parse().unwrap())
            }));
        let world = World::new();
        run(&world, &["feed", "add", &origin.url("/feed"), "--full-text", mode], 0);
        let said = once(&world);
        let asked = origin.hits().iter().filter(|hit| hit.target.starts_with("/p/")).count();
        assert_eq!(asked, pages, "{mode}");
        let bodies = world.run(&["export"]).expect(0).out;
        let records: Vec<serde_json::Value> =
            bodies.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(records.len(), 2, "{mode}: {}", said.err);
        for record in &records {
            let number = record["url"].as_str().unwrap().rsplit('/').next().unwrap();
            let text = article(number.parse().unwrap());
            let body: Vec<&str> = text.lines().skip(3).collect();
            assert_eq!(record["body"], body.join("\n").as_str(), "{mode}");
        }
    }
}

#[test]
fn a_filtered_article_is_kept_with_its_reason_and_is_no_failure() {
    let items = "<item><title>LIVE: rain</title><link>/p/1</link></item>\
        <item><title>Rain</title><link>/p/2</link></item>\
        <item><title>Sun</title><link>/p/3</link></item>";
    let rss = format!("<rss version='2.0'><channel><title>R</title>{items}</channel></rss>");
    let named = |title: &str, number: u64| {
        let text: String = article(number).lines().skip(3).map(|l| format!("<p>{l}</p>")).collect();
        Answer::html(format!("<html><body><article><h1>{title}</h1>{text}</article></body></html>"))
    };
    let site = Site::new().at("/feed", Answer::rss(rss)).at("/p/1", named("LIVE: rain", 1));
    let origin = start(site.at("/p/2", named("Rain", 2)).at("/p/3", named("Sun", 3)));
    let in_third = article(3).lines().nth(3).unwrap().split(' ').nth(2).unwrap().to_owned();
    let world = World::new();
    let text = format!("text:{in_third}");
    run(
        &world,
        &["feed", "add", &origin.url("/feed"), "--drop", "title:/^live/", "--drop", &text],
        0,
    );
    let ran = once(&world);
    assert!(ran.err.contains("filtered: 2 ×"), "{}", ran.err);
    assert_eq!(origin.hits_at("/p/1").len(), 0, "its title is enough");
    assert_eq!(origin.hits_at("/p/3").len(), 1, "its text has to be seen");
    assert_eq!(world.urls().len(), 1);
    let rules = "SELECT count(*) FROM filtered WHERE rule LIKE 'drop t%' AND feed IS NOT NULL";
    assert_eq!(world.count(rules), 2);
    assert_eq!(world.count("SELECT count(*) FROM failed"), 0);
    let status: serde_json::Value =
        serde_json::from_str(&world.run(&["--json", "status"]).expect(0).out).unwrap();
    assert_eq!((&status["filtered"], &status["failed"]), (&2.into(), &0.into()));

    let tried = world.run(&["feed", "filter", "test", "1", "--keep", "title:rain"]).expect(0);
    assert!(tried.err.contains("1 taken, 2 kept"), "{}", tried.err);
    assert!(tried.out.contains("takes (not of keep title:rain): Sun"), "{}", tried.out);
    let own = world.run(&["feed", "filter", "test", "1"]).expect(0);
    assert!(own.out.contains("takes (drop title:/^live/): LIVE: rain"), "{}", own.out);
    let none = world.run(&["feed", "filter", "test", "7"]).expect(1);
    assert!(none.err.contains("not among the sources"), "{}", none.err);
}

#[test]
fn secrets_are_read_where_they_are_and_stay_with_their_origin() {
    let foreign = start(Site::new().at("/p/2", page(2)));
    let far = foreign.url("/p/2");
    let origin = start(Site::new().at("/feed", feed(&["/p/1", &far])).at("/p/1", page(1)));
    let world = World::new();
    let file = world.write("password", "hunter2\n");
    let credential = format!("basic:me:file:{}", file.display());
    let key = format!("X-Key=file:{}", file.display());
    let options = ["--credential", &credential, "--header-ref", &key];
    run(&world, &[&["feed", "add", &origin.url("/feed")], &options[..]].concat(), 0);
    once(&world);
    for path in ["/feed", "/p/1"] {
        let hits = origin.hits_at(path);
        assert_eq!(hits[0].header("authorization"), Some("Basic bWU6aHVudGVyMg=="), "{path}");
        assert_eq!(hits[0].header("x-key"), Some("hunter2"));
    }
    let away = foreign.hits_at("/p/2");
    assert_eq!((away[0].header("authorization"), away[0].header("x-key")), (None, None));
    std::fs::remove_file(file).unwrap();
    let ran = run(&world, &["run", "--once", "--set", "schedule.interval=1ms"], 69);
    assert!(ran.err.contains("the source's settings cannot be used"), "{}", ran.err);
    let settings: String =
        world.sqlite().query_row("SELECT settings FROM feeds", [], |row| row.get(0)).unwrap();
    assert!(!settings.contains("hunter2"));
}

#[test]
fn its_zone_and_interval_are_those_of_its_settings() {
    let rss = "<rss version='2.0'><channel><title>R</title><item><title>Rain in the night</title>\
        <link>/p/1</link><pubDate>2 May 2024 23:30:00</pubDate></item></channel></rss>";
    let body = article(1).lines().skip(3).map(|line| format!("<p>{line}</p>")).collect::<String>();
    let html =
        format!("<html><body><article><h1>Rain in the night</h1>{body}</article></body></html>");
    let origin = start(Site::new().at("/feed", Answer::rss(rss)).at("/p/1", Answer::html(html)));
    let world = World::new();
    let options = ["--zone", "Asia/Tokyo", "--interval", "2d", "--lang", "xx"];
    run(&world, &[&["feed", "add", &origin.url("/feed")], &options[..]].concat(), 0);
    once(&world);
    let record: serde_json::Value =
        serde_json::from_str(&world.run(&["export"]).expect(0).out).unwrap();
    assert_eq!(record["published"], "2024-05-02T23:30:00+09:00", "{record}");
    assert_eq!(
        record["provenance"]["date_zone"].as_str().or(record["date_zone"].as_str()),
        Some("setting"),
        "{record}"
    );
    let next = "SELECT (due_at - polled_at) / 3600000 FROM feeds";
    assert_eq!(world.count(next), 48);
    world.run(&["feed", "set", "1", "--clear", "interval", "--tag", "x"]).expect(0);
    let line: serde_json::Value =
        serde_json::from_str(&world.run(&["--json", "feed", "list"]).expect(0).out).unwrap();
    assert_eq!(line["settings"]["interval"], serde_json::Value::Null);
    assert_eq!((&line["tags"][0], &line["settings"]["zone"]), (&"x".into(), &"Asia/Tokyo".into()));
}

#[test]
fn a_running_daemon_takes_up_what_is_done_to_its_sources() {
    let origin = start(
        Site::new()
            .at("/1", feed(&["/p/1"]))
            .at("/2", feed(&["/p/2"]))
            .on("/p/*", |ask| page(ask.hit.target.rsplit('/').next().unwrap().parse().unwrap())),
    );
    let world = World::new();
    run(&world, &["feed", "add", &origin.url("/1"), "--interval", "1s"], 0);
    let running = Daemon::of(world.command(&[&["run"], &OPEN[..]].concat()));
    wait_for("the first is polled", || origin.hits_at("/p/1").len() == 1);

    let asked = Instant::now();
    run(&world, &["feed", "add", &origin.url("/2"), "--unchecked", "--interval", "1s"], 0);
    wait_for("the second is polled", || !origin.hits_at("/2").is_empty());
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());

    world.run(&["feed", "pause", "1"]).expect(0);
    let before = origin.hits_at("/2").len();
    wait_for("the second goes on", || origin.hits_at("/2").len() >= before + 2);
    let rested = origin.hits_at("/1").len();
    let before = origin.hits_at("/2").len();
    wait_for("the second goes on", || origin.hits_at("/2").len() >= before + 2);
    assert_eq!(origin.hits_at("/1").len(), rested, "paused");

    world.run(&["feed", "resume", "1"]).expect(0);
    wait_for("the first is polled again", || origin.hits_at("/1").len() > rested);
    world.run(&["feed", "rm", "1", &origin.url("/2")]).expect(0);
    assert_eq!(world.count("SELECT count(*) FROM feeds"), 0);
    running.stop();
    assert_eq!(world.urls().len(), 2, "their records stay");
    let books = world.run(&["status"]).expect(0);
    assert!(!books.err.contains("do not balance"), "{}", books.err);
}

const OPML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:x="https://example.org/ns">
<head><title>Mine</title></head>
<body>
<outline type="rss" text="Loose" title="Loose" xmlUrl="https://e.org/0"/>
<outline text="News">
<outline text="A &amp; B" title="A &amp; B &quot;long&quot;" xmlUrl="https://e.org/1?a=1&amp;b=2" htmlUrl="https://e.org/" type="atom" x:rank="7" odd="&lt;&gt;"/>
<outline text="Europe">
<outline type="rss" text="Zwei" title="Zwei" xmlUrl="https://e.org/2"/>
</outline>
<outline type="rss" text="Drei" title="Drei" xmlUrl="https://e.org/3"/>
</outline>
<outline text="Sport">
<outline type="rss" text="Zwei" title="Zwei" xmlUrl="https://e.org/2"/>
</outline>
</body>
</opml>
"#;

/// The outlines of a list, one a line, in order.
fn outlines(opml: &str) -> Vec<&str> {
    opml.lines().filter(|line| line.contains("outline")).collect()
}

#[test]
fn a_list_comes_out_as_it_went_in() {
    let world = World::new();
    let file = world.write("in.opml", OPML);
    let import = ["feed", "import", file.to_str().unwrap()];
    let told = world.run(&[&import[..], &["--dry-run"]].concat()).expect(0);
    assert!(told.out.contains("+ https://e.org/2") && !world.db().exists(), "{}", told.out);
    let told = world.run(&import).expect(0);
    assert!(told.err.contains("4 added, 0 known already"), "{}", told.err);
    let out = world.run(&["feed", "export"]).expect(0).out;
    assert_eq!(outlines(&out), outlines(OPML));
    assert!(out.contains("xmlns:x=\"https://example.org/ns\""), "{out}");
    let listed = world.run(&["feed", "list", "--of", "Europe"]).expect(0).out;
    assert!(listed.contains("[News, Europe, Sport]"), "{listed}");

    // What is decided here travels too.
    let set = [
        "feed",
        "set",
        "--of",
        "Sport",
        "--interval",
        "5m",
        "--tag",
        "neu",
        "--drop",
        "title:\"<x>",
    ];
    world.run(&set).expect(0);
    let file = world.path("out.opml");
    world.run(&["feed", "export", "-o", file.to_str().unwrap()]).expect(0);
    let sync = ["feed", "sync", file.to_str().unwrap()];
    let told = world.run(&sync).expect(0);
    assert!(told.err.contains("0 added, 4 known already, 0 changed, 0 removed"), "{}", told.err);
    let other = World::new();
    other.run(&sync).expect(0);
    let again = other.run(&["feed", "export"]).expect(0).out;
    assert_eq!(again, std::fs::read_to_string(&file).unwrap());
    assert!(again.contains("<outline text=\"neu\">"), "{again}");
}

#[test]
fn sources_are_made_equal_to_a_list() {
    let world = World::new();
    let urls = world.write("urls", "https://e.org/1 a \"~The One\"\nhttps://e.org/2 \"b c\"\n");
    let urls = urls.to_str().unwrap();
    world.run(&["feed", "import", urls, "--tag", "all"]).expect(0);
    let newsboat = world.run(&["feed", "export", "--format", "newsboat"]).expect(0).out;
    assert_eq!(newsboat, "https://e.org/1 \"~The One\" a all\nhttps://e.org/2 \"b c\" all\n");
    world.write("urls", "https://e.org/2 d\nhttps://e.org/3\n");
    let told = world.run(&["feed", "sync", urls, "--prune", "--dry-run"]).expect(0);
    assert_eq!(told.out, "~ https://e.org/2\n+ https://e.org/3\n- https://e.org/1\n");
    let told = world.run(&["feed", "sync", urls]).expect(0);
    assert!(told.err.contains("1 that the list does not name stay"), "{}", told.err);
    world.run(&["feed", "sync", urls, "--prune"]).expect(0);
    let plain = world.run(&["feed", "export", "--format", "plain"]).expect(0).out;
    assert_eq!(plain, "https://e.org/2\nhttps://e.org/3\n");
    world.write("urls", "# all gone by mistake\n");
    let told = world.run(&["feed", "sync", urls, "--prune"]).expect(65);
    assert!(told.err.contains("it names no feed; nothing was changed"), "{}", told.err);
    assert_eq!(world.count("SELECT count(*) FROM feeds"), 2);
}

#[test]
fn a_list_of_somebody_else_cannot_send_secrets_away() {
    let world = World::new();
    let settings = r"{&quot;interval&quot;:&quot;5m&quot;,&quot;headers&quot;:{&quot;X&quot;:&quot;env:HOME&quot;}}";
    let opml = format!(
        "<opml version='2.0'><body><outline text='a' xmlUrl='https://e.org/1' \
         newsluice:settings='{settings}'/></body></opml>"
    );
    let file = world.write("evil.opml", opml);
    let file = file.to_str().unwrap();
    let told = world.run(&["feed", "import", file]).expect(0);
    assert!(told.err.contains("--with-secrets takes them"), "{}", told.err);
    let stored = || -> String {
        world.sqlite().query_row("SELECT settings FROM feeds", [], |row| row.get(0)).unwrap()
    };
    assert!(stored().contains("5m") && !stored().contains("HOME"), "{}", stored());
    world.run(&["feed", "sync", file, "--with-secrets"]).expect(0);
    assert!(stored().contains("HOME"));
    world.run(&["feed", "sync", file]).expect(0);
    assert!(stored().contains("HOME"), "what is there already stays");
}

#[test]
fn the_starter_list_is_real_and_read_only_when_asked_for() {
    let world = World::new();
    let told = world.run(&["feed", "import", "--starter"]).expect(0);
    assert!(told.err.contains("67 added"), "{}", told.err);
    let hosts = world.count("SELECT count(DISTINCT host) FROM feeds");
    assert!(hosts >= 55, "{hosts}");
    let out = world.run(&["feed", "export"]).expect(0).out;
    let list = std::fs::read_to_string(crate::support::repository("config/feeds.opml")).unwrap();
    assert_eq!(outlines(&out), outlines(&list));
}

#[test]
fn thousands_of_sources_are_imported_in_one_go() {
    let world = World::new();
    let folder = |n: usize| {
        let feeds: String = (0..50)
            .map(|m| {
                format!("<outline type='rss' text='F{n}.{m}' xmlUrl='https://h{n}.example/{m}'/>")
            })
            .collect();
        format!("<outline text='Folder {n}'>{feeds}</outline>")
    };
    let list: String = (0..100).map(folder).collect();
    let file = world.write("big.opml", format!("<opml><body>{list}</body></opml>"));
    let started = Instant::now();
    world.run(&["feed", "import", file.to_str().unwrap()]).expect(0);
    println!("5,000 sources imported in {:?}", started.elapsed());
    assert_eq!(world.count("SELECT count(*) FROM feeds WHERE state = 'waiting'"), 5_000);
}
