//! Conduct on the wire: what origins hear from the program, run once and run for long.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use world::{Answer, Hit, Origin, Site, Step};

use crate::support::{Ran, World, article, ran};

/// Settings of all runs here: `127.66.0.0/16` stays closed, as a private network would be.
pub(crate) const OPEN: [&str; 6] = [
    "--set",
    "fetch.allow_nets=127.0.0.0/16",
    "--set",
    "fetch.host_delay=20ms",
    "--set",
    "fetch.contact=https://example.org/about",
];

/// Waits for something to come true, with the origins' side of the story if it does not.
#[track_caller]
pub(crate) fn wait_for(what: &str, is_true: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_true() {
        assert!(started.elapsed() < Duration::from_secs(20), "in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A page with a text of its own.
pub(crate) fn page(number: u64) -> Answer {
    let text = article(number);
    let mut lines = text.lines();
    let title = lines.next().unwrap();
    let paragraphs: String = lines.skip(2).map(|p| format!("<p>{p}</p>\n")).collect();
    Answer::html(format!(
        "<!DOCTYPE html><html lang=en><head><title>{title}</title></head><body>\
         <article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ))
}

/// A feed that links to these.
pub(crate) fn feed(links: &[&str]) -> Answer {
    let items: String = links
        .iter()
        .map(|link| format!("<item><title>T</title><link>{link}</link><guid>{link}</guid></item>"))
        .collect();
    Answer::rss(format!("<rss version='2.0'><channel><title>R</title>{items}</channel></rss>"))
}

pub(crate) fn start(site: Site) -> Origin {
    Origin::start(site).unwrap()
}

/// The feed list of these URLs, and the arguments that name it.
pub(crate) fn list(world: &World, urls: &[String]) -> String {
    world.write("feeds.txt", urls.join("\n")).to_str().unwrap().to_owned()
}

/// Runs once; the exit code is not the point here.
fn once(world: &World, feeds: &str) -> Ran {
    let more = ["run", "--once", "--feeds", feeds, "--set", "schedule.interval=1ms"];
    world.run(&[&more[..], &OPEN].concat())
}

/// A run without end, told to end when it is dropped.
pub(crate) struct Daemon(Option<Child>);

impl Daemon {
    fn start(world: &World, feeds: &str, timeout: &str) -> Self {
        let timeout = format!("fetch.timeout={timeout}");
        let more =
            ["run", "--feeds", feeds, "--set", "schedule.interval=1s", "--set", timeout.as_str()];
        Self::of(world.command(&[&more[..], &OPEN].concat()))
    }

    /// This command, which runs without end.
    pub(crate) fn of(mut command: Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(Some(command.spawn().unwrap()))
    }

    /// Sends a signal of this name.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// SIGTERM; it must end by it, with 0 and within 6 seconds.
    pub(crate) fn stop(mut self) -> Ran {
        self.signal("TERM");
        let child = self.0.take().unwrap();
        let asked = Instant::now();
        let ran = ran(child.wait_with_output().unwrap()).expect(0);
        assert!(asked.elapsed() < Duration::from_secs(6), "{:?}: {}", asked.elapsed(), ran.err);
        ran
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

/// The shortest time between two requests in a row.
pub(crate) fn least_gap(hits: &[Hit]) -> Duration {
    hits.windows(2).map(|pair| pair[1].at.saturating_sub(pair[0].at)).min().unwrap_or(Duration::MAX)
}

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

/// Members of 32 MiB of zeros: 2 GiB.
fn bomb() -> Answer {
    let zeros = vec![0; 1 << 20];
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    (0..32).for_each(|_| out.write_all(&zeros).unwrap());
    Answer::rss(out.finish().unwrap().repeat(64)).header("Content-Encoding", "gzip")
}

fn laughs() -> String {
    let names: String = ('b'..='j')
        .map(|c| {
            let before = char::from(c as u8 - 1);
            format!("<!ENTITY {c} '{}'>", format!("&{before};").repeat(10))
        })
        .collect();
    format!(
        "<!DOCTYPE rss [<!ENTITY a 'ha'>{names}<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\
         <rss version='2.0'><channel><title>&j;&x;</title></channel></rss>"
    )
}

/// An origin where everything is too much.
#[cfg(target_os = "linux")]
fn too_much() -> Site {
    let ok = Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec());
    let endless =
        |start: Step| Answer::script(vec![start, Step::Repeat(vec![b' '; 1 << 20], 4096)]);
    let status = Step::Send(b"HTTP/1.1 200 OK\r\nX-A: ".to_vec());
    let brotli = include_bytes!("../crates/fetch/tests/bomb.br").to_vec();
    let items = "<item><title>T</title><description>x</description></item>".repeat(200_000);
    Site::new()
        .at("/bomb", bomb())
        .at("/br", Answer::rss(brotli).header("Content-Encoding", "br"))
        .at("/endless", endless(ok.clone()))
        .at("/header", endless(status))
        .at("/laughs", Answer::rss(laughs()))
        .at("/deep", Answer::rss("<rss><channel>".to_owned() + &"<a>".repeat(1_000_000)))
        .at("/many", Answer::rss(format!("<rss version='2.0'><channel>{items}")))
        .at("/page", feed(&["/a/endless", "/a/deep", "/a/bomb"]))
        .at("/a/endless", endless(ok))
        .at("/a/deep", Answer::html("<div>".repeat(1_000_000)))
        .at("/a/bomb", bomb())
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_that_an_origin_sends_takes_96_mib_and_all_of_it_at_once_not_192() {
    let paths = ["/bomb", "/br", "/endless", "/header", "/laughs", "/deep", "/many", "/page"];
    let origins = paths.map(|_| start(too_much()));
    for (path, origin) in paths.iter().zip(&origins) {
        let (said, peak) = hostile(&[origin.url(path)]);
        println!("{path}: {peak} KiB");
        assert!(peak < 96 << 10, "{path}: {peak} KiB\n{said}");
    }
    let each = |origin: &Origin| paths.map(|path| origin.url(path));
    let (said, peak) = hostile(&origins.iter().flat_map(each).collect::<Vec<_>>());
    println!("all at once: {peak} KiB");
    assert!(peak < 192 << 10, "{peak} KiB\n{said}");
}

/// A run over feeds that mean no good: what it said, and its peak resident size in KiB. It must
/// come to its end.
#[cfg(target_os = "linux")]
fn hostile(urls: &[String]) -> (String, u64) {
    let world = World::new();
    let feeds = list(&world, urls);
    let more = ["run", "--once", "--feeds", feeds.as_str()];
    let mut command = world.command(&[&more[..], &OPEN].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let peak = peak(&mut child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().code().is_some_and(|code| code != 101), "{said}");
    assert!(!said.contains("root:"), "{said}");
    (said, peak)
}

/// The peak resident size of the process, in KiB, when it has ended.
#[cfg(target_os = "linux")]
fn peak(child: &mut Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    // VmHWM only rises, so the last look is the peak but for the very last moments.
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(size.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(1));
    }
    peak
}

#[test]
fn fetch_tells_all_about_one_page_and_why_it_was_refused() {
    let site = Site::new()
        .at("/old", Answer::redirect(301, "/a"))
        .at("/a", page(1).header("ETag", "\"1\"").header("Cache-Control", "max-age=60"))
        .at("/busy", Answer::status(429).header("Retry-After", "60"));
    let origin = start(site);
    let world = World::new();
    let fetch = |more: &[&str], code: i32| {
        let said = world.run(&[&["fetch"], more, &OPEN].concat()).expect(code).out;
        serde_json::from_str::<serde_json::Value>(&said).unwrap()
    };
    let file = world.path("body.html");
    let told = fetch(&[&origin.url("/old"), "-o", file.to_str().unwrap(), "--clean"], 0);
    assert_eq!(told["chain"][0]["status"], 301);
    assert_eq!(told["chain"][1]["url"], origin.url("/a"));
    assert_eq!(told["chain"][1]["address"], origin.address().to_string());
    assert_eq!((&told["status"], &told["moved"]), (&200.into(), &origin.url("/a").into()));
    assert_eq!(told["fresh_seconds"], 60);
    assert_eq!(told["cleaned"]["title"], article(1).lines().next().unwrap());
    assert!(std::fs::read_to_string(&file).unwrap().contains("<article>"));

    let refused = fetch(&[&origin.url("/busy")], 1);
    assert_eq!((&refused["status"], &refused["blame"]), (&429.into(), &"site".into()));
    assert!(refused["retry_at"].is_string());
    let private = fetch(&["http://10.0.0.1/"], 1);
    assert_eq!((&private["reason"], &private["blame"]), (&"blocked-address".into(), &"us".into()));
}
