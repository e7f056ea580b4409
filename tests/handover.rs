//! Two processes and one database: what `replay` and `backfill` hand to a daemon is judged by it
//! alone, in order, and nothing of it is lost when either is killed.

use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use world::{Answer, Origin, Site, Step};

use crate::support::{Daemon, OPEN, feed, list, page, start, wait_for};
use crate::support::{World, acknowledged, article, ran};

fn folder(world: &World, files: u64) -> String {
    for number in 0..files {
        // Every tenth text comes twice: judged by two processes it would not be found.
        world.write(&format!("in/{number:05}.txt"), article(number - u64::from(number % 10 == 9)));
    }
    world.path("in").to_str().unwrap().to_owned()
}

fn run(world: &World, origin: &Origin) -> Command {
    let feeds = list(world, &[origin.url("/feed")]);
    let own = ["run", "--feeds", &feeds, "--set", "schedule.interval=1s"];
    world.command(&[&own[..], &OPEN].concat())
}

fn socket(world: &World) -> std::path::PathBuf {
    world.path("news.db-socket")
}

fn quiet_origin() -> Origin {
    start(Site::new().tagged("/feed", "\"1\"", feed(&[])))
}

#[test]
fn a_replay_beside_a_daemon_is_judged_as_if_alone() {
    let alone = World::new();
    let path = folder(&alone, 300);
    let expected = alone.run(&["replay", &path]).expect(0);

    let (world, origin) = (World::new(), quiet_origin());
    let running = Daemon::of(run(&world, &origin));
    wait_for("the socket", || socket(&world).exists());
    let mode = std::fs::metadata(socket(&world)).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let ack = world.path("acks");
    let arguments = ["replay", &path, "--ack", ack.to_str().unwrap()];
    let handed = world.run(&arguments).expect(0);
    let counts = |err: &str| {
        let line = err.lines().find(|line| line.contains(" seen: ")).unwrap();
        line.split(';').next().unwrap().to_owned()
    };
    assert_eq!(counts(&handed.err), counts(&expected.err));
    assert_eq!(acknowledged(&ack), world.urls());
    let again = world.run(&arguments).expect(0);
    assert!(again.err.contains("300 unchanged"), "{}", again.err);
    let unreadable = world.write("more/x.txt", b"\x00\x01\x02");
    world.run(&["replay", unreadable.to_str().unwrap()]).expect(1);
    assert_eq!(world.digest(), alone.digest());
    running.stop();
    assert!(!socket(&world).exists());
    assert_eq!(world.count("SELECT count(*) FROM runs WHERE ended_at IS NULL"), 0);
}

#[test]
fn what_is_handed_over_survives_kills_of_either_side() {
    let files = 400;
    let alone = World::new();
    let path = folder(&alone, files);
    alone.run(&["replay", &path]).expect(0);

    let (world, origin) = (World::new(), quiet_origin());
    let ack = world.path("acks");
    let arguments = ["replay", &path, "--ack", ack.to_str().unwrap()];
    let mut random = 11u64;
    let mut daemon: Option<Child> = None;
    for round in 0..12 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let running = daemon.get_or_insert_with(|| silent(&mut run(&world, &origin)));
        wait_for("the daemon", || std::os::unix::net::UnixStream::connect(socket(&world)).is_ok());
        let mut client = silent(&mut world.command(&arguments));
        // Not a sleep to wait for something: the moment of the kill is the point.
        std::thread::sleep(Duration::from_millis((random >> 33) % 150));
        if round % 2 == 0 {
            running.kill().unwrap();
            running.wait().unwrap();
            daemon = None;
            // It goes on by itself where it was alone at last, or says that it is to be tried again.
            let code = ran(client.wait_with_output().unwrap()).code;
            assert!(code == 75 || code == 0, "{code}");
        } else {
            client.kill().unwrap();
            client.wait().unwrap();
        }
        assert!(acknowledged(&ack).is_subset(&world.urls()), "an acknowledged record is missing");
    }
    if let Some(mut running) = daemon {
        running.kill().unwrap();
        running.wait().unwrap();
    }
    let running = Daemon::of(run(&world, &origin));
    wait_for("the socket", || std::os::unix::net::UnixStream::connect(socket(&world)).is_ok());
    world.run(&arguments).expect(0);
    running.stop();
    assert_eq!(world.digest(), alone.digest());
    assert_eq!(world.count("SELECT count(*) FROM records"), i64::try_from(files * 9 / 10).unwrap());
}

fn silent(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn pages_of_a_backfill_are_fetched_by_the_daemon() {
    let site = Site::new().tagged("/feed", "\"1\"", feed(&["/a/1"]));
    let origin = start(site.at("/a/1", page(1)).at("/a/2", page(2)).at("/a/3", page(3)));
    let world = World::new();
    let running = Daemon::of(run(&world, &origin));
    wait_for("the socket", || socket(&world).exists());
    let urls = [1, 2, 3].map(|n| origin.url(&format!("/a/{n}"))).join("\n");
    let urls = world.write("urls.txt", urls);
    let handed = world.run(&["backfill", urls.to_str().unwrap()]).expect(0);
    assert!(handed.err.contains("handed over"), "{}", handed.err);
    wait_for("all three are stored", || world.urls().len() == 3);
    running.stop();
    assert!((1..=3).all(|n| origin.hits_at(&format!("/a/{n}")).len() == 1));
}

#[test]
fn a_run_that_takes_nothing_over_is_waited_for() {
    let origin = start(Site::new().at("/feed", Answer::script(vec![Step::Hang])));
    let world = World::new();
    let feeds = list(&world, &[origin.url("/feed")]);
    let own = ["run", "--once", "--feeds", &feeds, "--set", "fetch.timeout=60s"];
    let running = Daemon::of(world.command(&[&own[..], &OPEN].concat()));
    wait_for("it asks", || origin.hits_at("/feed").len() == 1);
    let text = world.write("a.txt", article(1));
    for verb in ["replay", "backfill"] {
        let told = world.run(&[verb, text.to_str().unwrap()]).expect(75);
        assert!(told.err.contains("try again when it is done"), "{}", told.err);
    }
    running.signal("INT");
    running.signal("INT");
}
