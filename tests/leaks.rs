//! Secrets are used where they belong and shown nowhere: each way in which one comes in, each
//! kind of it, looked for in everything that the program writes, says and sends.

mod origins;
mod search;
mod vault;

use std::net::{IpAddr, Ipv4Addr};

use world::{Origin, Site};

use crate::support::{OPEN, World, feed, ran, start};
use origins::{elsewhere, guarded, proxy};
use search::{Search, percent};
use vault::{KINDS, Vault, WAYS, carries, secret};

/// Everything that people and scripts can read, but the runs themselves.
fn readers(a_page: &str, a_feed: &str, out: &str) -> Vec<Vec<String>> {
    let lines = [
        "export --format jsonl --revisions --duplicates -o -",
        &format!("export --format text -o {out}/text"),
        &format!("export --format csv -o {out}/records.csv"),
        "export --format opml -o -",
        "feed list",
        "--json feed list",
        "feed export --format opml",
        "feed export --format plain",
        "feed export --format newsboat",
        "feed filter test 1 --keep title:x",
        "status",
        "--json status",
        "doctor",
        "--json doctor",
        "check",
        "check --print",
        "digest",
        "search the",
        "--json search the",
        "stories",
        "retry --all --dry-run",
        &format!("show {a_page}"),
        &format!("history {a_page}"),
        &format!("explain {a_page}"),
        &format!("--json explain {a_page}"),
        &format!("explain {a_feed}"),
        "feed set 1 --interval nonsense",
        "feed discover http://127.0.0.1:1/",
        &format!("maintain backup {out}/copy.db"),
    ];
    lines.iter().map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

#[test]
fn secrets_by_reference_reach_their_origin_and_nothing_else() {
    let other = elsewhere();
    let origin = start(guarded(&other));
    let proxy = proxy(&origin, &other);
    let world = World::new();
    let vault = Vault { world: &world, proxy: &proxy };
    vault.fill();
    let all = || WAYS.iter().flat_map(|way| KINDS.iter().map(move |kind| (*way, *kind)));
    let mut search = Search::new(all().map(|(way, kind)| secret(way, kind)));
    for (n, (way, kind)) in all().enumerate() {
        let url = origin.url(&format!("/feed/{n}"));
        let options = vault.options(way, kind);
        let added =
            vault.run(&["feed", "add", &url, "--unchecked", &options[0], &options[1]]).expect(0);
        search.said("feed add", &added);
    }
    // As long as somebody reads, the log of the database stays a file of its own.
    let reader = world.sqlite();
    reader.query_row("SELECT count(*) FROM feeds", [], |_| Ok(())).unwrap();
    let archive = world.path("archive");
    let run = ["run", "--once", "-vv", "--set", "schedule.interval=1ms", "--archive"];
    for format in ["text", "json", "text", "json", "text", "json"] {
        let format = format!("log.format={format}");
        let more = [archive.to_str().unwrap(), "--set", &format];
        let told = vault.run(&[&run[..], &more].concat());
        assert!(told.err.contains("127.0.0.1"), "the log says something: {}", told.err);
        search.said("run", &told);
    }
    for (n, (way, kind)) in all().enumerate() {
        let hits = match kind {
            "proxy" => proxy.hits(),
            _ => origin.hits(),
        };
        for path in [format!("/feed/{n}"), format!("/page/{n}")] {
            let asked: Vec<_> = hits.iter().filter(|h| h.target.ends_with(&path)).collect();
            assert!(!asked.is_empty(), "{way} {kind} {path}");
            assert!(asked.iter().all(|hit| carries(hit, way, kind)), "{way} {kind} {path}");
        }
    }
    for path in ["/far/0", "/stolen/0", "/refused/0"] {
        assert!(!other.hits_at(path).is_empty(), "{path}: nobody came, nothing is shown");
    }
    for hit in other.hits() {
        search.through("a request to another host", format!("{hit:?}").as_bytes());
    }
    std::fs::create_dir(world.path("out")).unwrap();
    let out = world.path("out");
    let (a_page, a_feed) = (origin.url("/page/1"), origin.url("/feed/1"));
    for arguments in readers(&a_page, &a_feed, out.to_str().unwrap()) {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let told = ran(vault.command(&arguments).output().unwrap());
        search.said(&arguments.join(" "), &told);
    }
    assert!(world.path("news.db-wal").exists() && world.path("out/copy.db").exists());
    search.folder(&world.path(""), &[world.path("secrets"), world.path("systemd")]);
    assert!(search.bytes > 500_000, "{} bytes looked through", search.bytes);
}

#[test]
fn secrets_that_cannot_be_used_are_not_repeated() {
    let origin = start(Site::new().at("*", feed(&[])));
    let world = World::new();
    let proxy = Origin::start_on(IpAddr::V4(Ipv4Addr::LOCALHOST), Site::new()).unwrap();
    let vault = Vault { world: &world, proxy: &proxy };
    let mut search = Search::new([secret("file", "header"), secret("file", "proxy")]);
    world.write("secrets/header", format!("{}\nX: y", secret("file", "header")));
    world.write("secrets/proxy", format!("socks9://me:{}@x", secret("file", "proxy")));
    for kind in ["header", "proxy"] {
        let options = vault.options("file", kind);
        let url = origin.url(&format!("/{kind}"));
        let told = vault.run(&["feed", "add", &url, &options[0], &options[1]]).expect(2);
        search.said("feed add", &told);
    }
    for bad in ["hunter2", "basic:me:hunter2", "bearer:hunter2", "basic:hunter2"] {
        let told = vault.run(&["feed", "add", &origin.url("/"), "--credential", bad]).expect(2);
        assert!(told.err.contains("env:NAME"), "{}", told.err);
    }
    world.run(&["feed", "add", &origin.url("/1"), "--unchecked"]).expect(0);
    for kind in ["header", "proxy"] {
        let settings = match kind {
            "header" => format!("{{\"headers\":{{\"X\":\"{}\"}}}}", vault.reference("file", kind)),
            _ => format!("{{\"proxy\":\"{}\"}}", vault.reference("file", kind)),
        };
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE;
        let db = rusqlite::Connection::open_with_flags(world.db(), flags).unwrap();
        db.execute("UPDATE feeds SET settings = ?1", [settings]).unwrap();
        drop(db);
        let told = vault.run(&["run", "--once", "-vv", "--set", "schedule.interval=1ms"]);
        assert!(told.err.contains("the source's settings cannot be used"), "{}", told.err);
        search.said("run", &told);
        search.said("feed list", &vault.run(&["feed", "list"]));
    }
    search.folder(&world.path(""), &[world.path("secrets")]);
}

#[test]
fn a_proxys_password_in_the_settings_is_sent_to_it_and_not_shown() {
    let proxied = Site::new().at("*", feed(&[]));
    let proxy = Origin::start_on(IpAddr::from([127, 66, 0, 4]), proxied).unwrap();
    for way in ["literal", "env", "file"] {
        let world = World::new();
        let vault = Vault { world: &world, proxy: &proxy };
        let url = vault.value(way, "proxy");
        let file = world.write("secrets/proxy", &url);
        let config = match way {
            "literal" => format!("[fetch]\nproxy = \"{url}\"\n"),
            _ => "[fetch]\ncontact = \"me@example.org\"\n".to_owned(),
        };
        let config = world.write("secrets/newsluice.toml", config);
        let run = |arguments: &[&str]| {
            let own = ["-c", config.to_str().unwrap()];
            let mut command = world.command(&[&own[..], arguments, &OPEN].concat());
            match way {
                "env" => command.env("NEWSLUICE_FETCH_PROXY", &url),
                "file" => command.env("NEWSLUICE_FETCH_PROXY_FILE", &file),
                _ => &mut command,
            };
            ran(command.output().unwrap())
        };
        let mut search = Search::new([secret(way, "proxy")]);
        run(&["feed", "add", "http://127.0.0.1:9/feed", "--unchecked"]).expect(0);
        let before = proxy.hits().len();
        for format in ["text", "json"] {
            let format = format!("log.format={format}");
            let told =
                run(&["run", "--once", "-vv", "--set", "schedule.interval=1ms", "--set", &format]);
            search.said("run", &told);
        }
        let hits = proxy.hits();
        assert!(hits.len() > before && hits[before..].iter().all(|h| carries(h, way, "proxy")));
        for arguments in [
            &["check"][..],
            &["check", "--print"],
            &["status"],
            &["--json", "status"],
            &["feed", "list"],
            &["fetch", "http://127.0.0.1:9/x"],
            &["fetch", "http://127.66.0.9/x"],
            &["doctor"],
        ] {
            search.said(&arguments.join(" "), &run(arguments));
        }
        for line in [format!("proxy = [\"{url}\"]"), format!("proxy = \"{url}")] {
            let broken = world.write("secrets/broken.toml", format!("[fetch]\n{line}\n"));
            let told = world.run(&["-c", broken.to_str().unwrap(), "status"]).expect(78);
            assert!(told.err.contains("expected a text") || told.err.contains("line 2"));
            search.said("settings that are none", &told);
        }
        let wrong = url.replacen("http:", "gopher:", 1);
        let told = world
            .command(&["feed", "discover", "http://127.0.0.1:9/"])
            .env("NEWSLUICE_FETCH_PROXY", wrong)
            .output()
            .unwrap();
        search.said("a proxy that is none", &ran(told));
        search.folder(&world.path(""), &[world.path("secrets")]);
    }
}

#[test]
fn a_password_in_a_list_opens_the_feed_and_is_nowhere_kept() {
    let other = elsewhere();
    let origin = start(guarded(&other));
    let world = World::new();
    let password = secret("list", "basic");
    let with = |path: &str| {
        let secret = percent(&password, |b| format!("%{b:02X}"));
        origin.url(path).replacen("http://", &format!("http://me:{secret}@"), 1)
    };
    let broken = format!("http://me:{password}@exa mple.org/feed");
    let none =
        format!("http://me:{}@127.0.0.1:1/feed", percent(&password, |b| format!("%{b:02X}")));
    let list = world.write("secrets/feeds", [with("/feed/7"), broken, none].join("\n"));
    let mut search = Search::new([password.clone()]);
    let archive = world.path("archive");
    let own = ["run", "--once", "-vv", "--feeds", list.to_str().unwrap(), "--archive"];
    let more = [archive.to_str().unwrap(), "--set", "schedule.interval=1ms"];
    for _ in 0..6 {
        let told = world.run(&[&own[..], &more, &OPEN].concat());
        search.said("run", &told);
    }
    let polls = origin.hits_at("/feed/7");
    assert!(polls.len() >= 5, "it is polled at its own URL: {}", polls.len());
    for hit in polls.iter().chain(&origin.hits_at("/page/7")) {
        assert!(carries(hit, "list", "basic"), "{hit:?}");
    }
    assert!(!other.hits_at("/stolen/7").is_empty() && !origin.hits_at("/page/7").is_empty());
    for hit in other.hits() {
        search.through("a request to another host", format!("{hit:?}").as_bytes());
    }
    assert_eq!(world.count("SELECT count(*) FROM feeds"), 2);
    std::fs::create_dir(world.path("out")).unwrap();
    let out = world.path("out");
    let (a_page, a_feed) = (origin.url("/page/7"), origin.url("/feed/7"));
    for verb in ["fetch", "clean", "feed discover", "feed add", "explain", "show", "backfill"] {
        let own: Vec<&str> = verb.split(' ').collect();
        let secret = with("/page/7");
        let told = world.run(&[&own[..], &[secret.as_str()], &OPEN].concat());
        search.said(verb, &told);
    }
    let backfill = world.run(&["backfill", list.to_str().unwrap()]);
    assert!(backfill.err.contains("a password in the address"), "{}", backfill.err);
    search.said("backfill", &backfill);
    for arguments in readers(&a_page, &a_feed, out.to_str().unwrap()) {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        search.said(&arguments.join(" "), &world.run(&arguments));
    }
    search.folder(&world.path(""), &[world.path("secrets")]);
}
