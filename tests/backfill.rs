//! The past from lists of pages: what is found, what is not followed, and what is said of it.

use std::io::Write;
use std::process::Stdio;

use world::{Answer, Origin, Site};

use crate::support::{OPEN, feed, page, start, wait_for};
use crate::support::{Ran, World};

fn backfill(world: &World, arguments: &[&str]) -> Ran {
    world.run(&[&["backfill"], arguments, &OPEN[..]].concat())
}

fn xml(text: String) -> Answer {
    Answer::ok("application/xml", text)
}

fn sitemap(urls: &[String], more: &str) -> Answer {
    let urls: String =
        urls.iter().map(|url| format!("<url><loc>{url}</loc>{more}</url>")).collect();
    xml(format!(
        "<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' \
         xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{urls}</urlset>"
    ))
}

fn index(urls: &[String]) -> Answer {
    let urls: String = urls.iter().map(|url| format!("<sitemap>{url}</sitemap>")).collect();
    xml(format!("<?xml version='1.0'?><sitemapindex>{urls}</sitemapindex>"))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// Pages of an origin that were asked for.
fn asked(origin: &Origin) -> Vec<String> {
    let hits = origin.hits().into_iter().map(|hit| hit.target);
    let mut pages: Vec<String> = hits.filter(|target| target.starts_with("/a/")).collect();
    pages.sort();
    pages
}

#[test]
fn a_site_is_found_through_robots_txt_its_index_and_its_sitemaps() {
    let other = start(Site::new().at("/a/8", page(8)).at("/a/9", page(9)));
    let origin = start_with(|base| {
        let at = |path: &str| format!("{base}{path}");
        let news = "<news:news><news:publication><news:language>en</news:language>\
            </news:publication><news:publication_date>2024-05-02T08:00:00Z\
            </news:publication_date><news:title>T</news:title></news:news>";
        let packed = format!("<urlset><url><loc>{}</loc></url></urlset>", at("/a/1"));
        let old = "<lastmod>2020-01-01</lastmod>";
        Site::new()
            .at("/", Answer::html("<html><title>Home</title><p>News"))
            .at("/robots.txt", Answer::text(format!("Sitemap: {}", at("/index.xml"))))
            .at(
                "/index.xml",
                index(&[
                    format!("<loc>{}</loc>", at("/one.xml.gz")),
                    format!("<loc>{}</loc>", at("/news.xml")),
                    format!("<loc>{}</loc>{old}", at("/old.xml")),
                    format!("<loc>{}</loc>", at("/index.xml")),
                ]),
            )
            .at("/one.xml.gz", Answer::ok("application/gzip", gzip(packed.as_bytes())))
            .at("/news.xml", sitemap(&[at("/a/2"), other.url("/a/8"), at("/a/3")], news))
            .at("/a/1", page(1))
            .at("/a/2", page(2))
            .at("/a/3", page(3))
    });
    let world = World::new();
    let ran = backfill(&world, &[&origin.url("/"), "--since", "2024-01-01"]).expect(0);
    assert_eq!(asked(&origin), ["/a/1", "/a/2", "/a/3"]);
    assert_eq!(world.urls().len(), 3);
    assert!(origin.hits_at("/old.xml").is_empty(), "its lastmod is before --since");
    assert!(asked(&other).is_empty());
    assert!(ran.err.contains("5 lists read: 3 pages, 3 of them new"), "{}", ran.err);
    assert!(ran.err.contains("1 refused: of other hosts"), "{}", ran.err);
}

#[test]
fn its_pages_are_recorded_and_replayed_to_the_same_digest() {
    let origin = start_with(|base| {
        let urls: Vec<String> = (0..6).map(|number| format!("{base}/a/{number}")).collect();
        Site::new()
            .at("/map.xml", sitemap(&urls, ""))
            .on("/a/*", |ask| page(ask.hit.target.rsplit('/').next().unwrap().parse().unwrap()))
    });
    let (world, again) = (World::new(), World::new());
    let folder = world.path("archive");
    let folder = folder.to_str().unwrap();
    let arguments = [&origin.url("/map.xml"), "--archive", folder];
    backfill(&world, &arguments).expect(0);
    again.run(&["replay", folder]).expect(0);
    assert_eq!((again.digest(), again.urls().len()), (world.digest(), 6));
    backfill(&world, &[&arguments[..], &["--plan"]].concat()).expect(2);
    let asked = origin.hits().len();
    let file = world.write("file", "no folder");
    let no_folder = ["--archive", file.to_str().unwrap()];
    let ran = backfill(&World::new(), &[&arguments[..1], &no_folder].concat()).expect(74);
    assert!(ran.err.contains("give a folder that can be made and written"), "{}", ran.err);
    assert_eq!(origin.hits().len(), asked, "nothing is asked for in vain");
}

/// An origin whose site needs its address.
fn start_with(site: impl FnOnce(&str) -> Site) -> Origin {
    let origin = start(Site::new());
    let base = origin.url("");
    origin.change(site(&base));
    origin
}

#[test]
fn a_sitemap_that_another_host_names_may_speak_for_it() {
    let origin = start_with(|_| Site::new());
    let other = start(
        Site::new()
            .at("/robots.txt", Answer::text(format!("Sitemap: {}", origin.url("/map.xml"))))
            .at("/a/8", page(8)),
    );
    origin.change(Site::new().at("/map.xml", sitemap(&[other.url("/a/8")], "")));
    let world = World::new();
    backfill(&world, &[&origin.url("/map.xml")]).expect(0);
    assert_eq!(asked(&other), ["/a/8"]);
}

#[test]
fn archived_and_paged_feeds_are_followed_and_circles_end() {
    let of = |link: &str, rel: &str, next: &str| {
        Answer::ok(
            "application/atom+xml",
            format!(
                "<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title><link rel='{rel}' \
             href='{next}'/><entry><id>{link}</id><title>T</title><link href='{link}'/></entry>\
             </feed>"
            ),
        )
    };
    let origin = start(
        Site::new()
            .at("/archived", of("/a/1", "prev-archive", "/archived/2"))
            .at("/archived/2", of("/a/2", "prev-archive", "/archived/3"))
            .at("/archived/3", of("/a/3", "next-archive", "/archived/2"))
            .at("/paged", of("/a/4", "next", "/paged/2"))
            .at("/paged/2", of("/a/5", "next", "/paged"))
            .at("/repeated", of("/a/1", "next", "/repeated/2"))
            .at("/repeated/2", of("/a/1", "next", "/repeated/3"))
            .at("/a/1", page(1))
            .at("/a/2", page(2))
            .at("/a/3", page(3))
            .at("/a/4", page(4))
            .at("/a/5", page(5)),
    );
    let world = World::new();
    let ran = backfill(&world, &[&origin.url("/archived"), &origin.url("/paged")]).expect(0);
    assert_eq!(asked(&origin).len(), 5);
    assert!(ran.err.contains("leads back to a list that was read"), "{}", ran.err);
    let ran = backfill(&world, &["--plan", &origin.url("/repeated")]).expect(0);
    assert!(ran.err.contains("/repeated/2: lists what another list did"), "{}", ran.err);
}

#[test]
fn numbered_pages_are_followed_to_their_end_and_endless_ones_too() {
    let site = Site::new()
        .on("/wp/", |ask| match ask.hit.target.split("paged=").nth(1) {
            None => feed(&["/a/1", "/a/2"]),
            Some("2") => feed(&["/a/3"]),
            Some("3") => feed(&["/a/4"]),
            Some(_) => Answer::status(404),
        })
        // Answers everything with its first page.
        .on("/same/", |_| feed(&["/a/5"]))
        // Numbers its pages another way.
        .on("/other/", |ask| match ask.hit.target.split("page=").nth(1) {
            Some("2") => feed(&["/a/7"]),
            Some("3") => Answer::status(404),
            _ => feed(&["/a/6"]),
        })
        // Has always something older.
        .on("/endless/", |ask| {
            let number = ask.hit.target.split("paged=").nth(1).unwrap_or("1");
            feed(&[&format!("/b/{number}")])
        });
    let site = (1..8).fold(site, |site, number| site.at(&format!("/a/{number}"), page(number)));
    let origin = start(site);
    let world = World::new();
    let sources = ["/wp/", "/same/", "/other/"].map(|path| origin.url(path));
    let sources: Vec<&str> = sources.iter().map(String::as_str).collect();
    let ran = backfill(&world, &sources).expect(0);
    assert_eq!(asked(&origin).len(), 7);
    let ends: Vec<&str> = ran.err.lines().filter(|line| line.contains("repeats what")).collect();
    assert!(matches!(ends[..], [end] if end.contains("/same/")), "{}", ran.err);
    let endless = origin.url("/endless/");
    let ran = backfill(&world, &["--plan", "--max-lists", "7", &endless]).expect(0);
    assert!(ran.err.contains("as many lists or pages as --max-lists"), "{}", ran.err);
    assert!(ran.out.contains("7 pages to fetch"), "{}", ran.out);
}

#[test]
fn a_plan_asks_for_no_page_and_lying_times_are_not_believed() {
    let origin = start_with(|base| {
        let urls: Vec<String> = (0..40).map(|number| format!("{base}/a/{number}")).collect();
        Site::new()
            .at("/lying.xml", sitemap(&urls, "<lastmod>2093-05-02T08:00:00Z</lastmod>"))
            .at("/robots.txt", Answer::text("User-agent: *\nCrawl-delay: 3"))
    });
    let world = World::new();
    let source = origin.url("/lying.xml");
    let ran = backfill(&world, &["--plan", "--since", "30d", "--url", "/a/1", &source]).expect(0);
    assert!(ran.err.contains("not believed"), "{}", ran.err);
    assert!(ran.out.contains("11 pages to fetch"), "{}", ran.out);
    assert!(asked(&origin).is_empty());
    let json = backfill(&world, &["--plan", "--json", &source]).expect(0);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json["requests"].as_u64(), json["seconds"].as_u64()), (Some(40), Some(120)));
    let wrong = backfill(&world, &["--since", "soon", &source]).expect(2);
    assert!(wrong.err.contains("write a day (2024-05-02)"), "{}", wrong.err);
}

#[test]
fn what_is_no_list_is_said() {
    let origin = start(Site::new().at("/x", Answer::html("<html><p>Hello")));
    let world = World::new();
    let ran = backfill(&world, &[&origin.url("/x"), &origin.url("/missing")]).expect(1);
    assert!(ran.err.contains("neither a sitemap nor a feed"), "{}", ran.err);
    assert!(ran.err.contains("2 lists failed"), "{}", ran.err);
}

#[test]
fn a_list_of_captures_gives_its_pages() {
    let origin = start(Site::new().at("/a/1", page(1)).at("/a/2", page(2)));
    let world = World::new();
    let (one, two) = (origin.url("/a/1"), origin.url("/a/2"));
    let list = format!(
        " CDX N b a m s k r M S V g\norg,e)/1 20240502080000 {one} text/html 200 A - - 1 2 f\n\
         org,e)/2 20190502080000 {two} text/html 200 A - - 1 2 f\n\
         org,e)/3 20240502080000 {two} text/html 404 A - - 1 2 f\n"
    );
    let list = world.write("captures.cdx", list);
    backfill(&world, &[list.to_str().unwrap(), "--since", "2024-01-01"]).expect(0);
    assert_eq!(asked(&origin), ["/a/1"]);
}

/// Fifty thousand pages of an index come in with little memory, and a stop in the middle is
/// taken up by the same command without asking for a list again.
#[test]
fn fifty_thousand_pages_of_an_index_are_found_once_and_in_little_memory() {
    let each = 2_500;
    let origin = start_with(|base| {
        let maps: Vec<String> = (0..20).map(|n| format!("<loc>{base}/map{n}.xml</loc>")).collect();
        let site = Site::new().at("/index.xml", index(&maps));
        (0..20).fold(site, |site, map| {
            let urls: Vec<String> =
                (0..each).map(|n| format!("{base}/b/2024/05/{map}/{n}-a-long-name")).collect();
            site.at(&format!("/map{map}.xml"), sitemap(&urls, ""))
        })
    });
    let world = World::new();
    let source = origin.url("/index.xml");
    let arguments = [&["backfill", source.as_str()], &OPEN[..]].concat();
    let mut child = world.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    let entries = || -> i64 {
        let count = "SELECT count(*) FROM entries";
        world.sqlite().query_row(count, [], |row| row.get(0)).unwrap_or_default()
    };
    wait_for("some lists are read", || world.db().exists() && entries() >= 4 * each);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut again = world.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
    wait_for("all lists are read", || entries() >= 20 * each);
    let status = std::fs::read_to_string(format!("/proc/{}/status", again.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
    let id = again.id().to_string();
    let asked = std::process::Command::new("kill").args(["-s", "INT", &id]).status();
    assert!(asked.unwrap().success());
    let ran = again.wait().unwrap();
    assert_eq!(ran.code(), Some(1), "none of the pages is there");
    assert_eq!(entries(), 20 * each);
    println!("peak {peak} KiB");
    assert!(peak < 120 << 10, "{peak} KiB");
    // The list in hand at the kill may be asked for twice, no other.
    let lists = origin.hits().iter().filter(|hit| hit.target.contains("map")).count();
    assert!(lists <= 21, "{lists}");
    assert_eq!(world.count("SELECT count(*) FROM entries WHERE state = 'claimed'"), 0);
}

#[test]
fn an_empty_list_is_said() {
    let world = World::new();
    let list = world.write("none.txt", "# nothing yet\n");
    let ran = world.run(&["backfill", list.to_str().unwrap()]).expect(2);
    assert!(ran.err.contains("name no URL"), "{}", ran.err);
}

/// A German page.
fn german() -> Answer {
    let text = "Der Regen hat in der Nacht nicht aufgehört, und die Bewohner der Stadt sind mit \
        ihren Kindern in die Schule gegangen, weil das Wasser in den Straßen immer höher stieg.";
    let paragraphs = format!("<p>{text} Das teilte die Feuerwehr am Morgen mit.</p>").repeat(3);
    let title = "Regen in der Nacht: Die Stadt wartet auf das Ende der Flut";
    Answer::html(format!(
        "<!DOCTYPE html><html lang=de><head><title>{title}</title></head><body><article>\
         <h1>{title}</h1>{paragraphs}</article></body></html>"
    ))
}

#[test]
fn a_language_is_told_by_the_list_or_by_the_text() {
    let links = ["/a/1", "/d/1"];
    let spoken = |language: &str, link: &str| {
        Answer::rss(format!(
            "<rss version='2.0'><channel><title>R</title><language>{language}</language>\
             <item><title>T</title><link>{link}</link></item></channel></rss>"
        ))
    };
    let origin = start_with(|base| {
        let urls = links.map(|link| format!("{base}{link}"));
        Site::new()
            .at("/sitemap.xml", sitemap(&urls, ""))
            .at("/feed", feed(&links))
            .at("/german", spoken("de-DE", "/a/7"))
            .at("/english", spoken("en-GB", "/a/8"))
            .at("/a/1", page(1))
            .at("/a/8", page(8))
            .at("/d/1", german())
    });
    let of = |world: &World, source: &str, stored: &str, filtered: bool| {
        let said = backfill(world, &[source, "--lang", "en"]).expect(0).err;
        assert!(said.contains(stored), "{source}: {said}");
        let by = "filtered: 1 × by language";
        assert_eq!(said.contains(by), filtered, "{source}: {said}");
    };
    let world = World::new();
    of(&world, &origin.url("/sitemap.xml"), "1 stored", true);
    let why: String =
        world.sqlite().query_row("SELECT rule FROM filtered", [], |row| row.get(0)).unwrap();
    assert_eq!(why, "its language is de, and only en is wanted");
    of(&World::new(), &origin.url("/feed"), "1 stored", true);
    let world = World::new();
    let list = world.write("urls.txt", links.map(|link| origin.url(link)).join("\n"));
    of(&world, list.to_str().unwrap(), "1 stored", true);
    // A feed that tells its language: no page of the wrong one is asked for.
    let said = backfill(&World::new(), &[&origin.url("/german"), "--lang", "en"]).err;
    assert!(said.contains('1') && origin.hits_at("/a/7").is_empty(), "{said}");
    of(&World::new(), &origin.url("/english"), "1 stored", false);

    let recorded = World::new();
    let feeds = recorded.write("feeds.txt", origin.url("/feed"));
    let archive = recorded.path("archive");
    let archive = archive.to_str().unwrap();
    let once = ["run", "--once", "--feeds", feeds.to_str().unwrap(), "--archive", archive];
    recorded.run(&[&once[..], &OPEN].concat()).expect(0);
    of(&World::new(), archive, "1 stored", true);
}
