//! Origins that send too much of everything, and the memory that it takes.

#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::process::{Child, Stdio};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use world::{Answer, Origin, Site, Step};

use crate::support::{OPEN, World, feed, list, start};

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
