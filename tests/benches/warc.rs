//! An archive of pages of real size through all stages, beside unpacking it alone, and beside
//! unpacking and parsing each page with `scraper`.
//!
//! `cargo bench -p tests --bench warc`; `NEWSLUICE_PAGES=20000` for the full size.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench that panics has failed, and one that ends says so"
)]

use std::fs::File;
use std::io::{BufReader, BufWriter, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use archive::warc::{NewWarcRecord, WarcCompression, WarcKind, WarcReader, WarcWriter};
use jiff::Timestamp;

fn main() {
    let pages = std::env::var("NEWSLUICE_PAGES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages.warc.gz");
    let bytes = write(&path, pages);
    let packed = std::fs::metadata(&path).unwrap().len();
    println!("{pages} pages, {} MB, {} MB packed", bytes / 1_000_000, packed / 1_000_000);
    let show = |name: &str, seconds: f64, more: &str| {
        let (pages, mb) = (pages as f64 / seconds, bytes as f64 / seconds / 1e6);
        println!("{name:<28} {pages:>8.0} pages/s {mb:>8.1} MB/s {more}");
    };
    show("unpacking alone", seconds(|| unpack(&path)), "");
    show("unpacking + scraper's parse", seconds(|| parse(&path)), "");
    for jobs in ["1", "2"] {
        let database = folder.path().join(format!("{jobs}.db"));
        let mut peak = 0;
        let time = seconds(|| peak = replay(&[&path], &database, jobs));
        show(&format!("replay --jobs {jobs}"), time, &format!("peak {} MiB", peak >> 10));
    }
    // What it takes by the length of what is read, not by the records that are kept: these are
    // the same.
    let (again, database) = (folder.path().join("again.warc.gz"), folder.path().join("twice.db"));
    std::fs::copy(&path, &again).unwrap();
    let peak = replay(&[&path, &again], &database, "1");
    println!("{:<28} peak {} MiB", "the same twice over", peak >> 10);
}

fn seconds(run: impl FnOnce()) -> f64 {
    let started = Instant::now();
    run();
    started.elapsed().as_secs_f64()
}

/// Writes the archive; how many bytes of pages are in it.
fn write(path: &Path, pages: u64) -> u64 {
    let file = BufWriter::new(File::create(path).unwrap());
    let mut writer = WarcWriter::new(file, WarcCompression::Gzip);
    let mut bytes = 0;
    for number in 0..pages {
        let page = world::press::page(number);
        bytes += page.len() as u64;
        let block =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}");
        let url = format!("https://press.example/2024/05/{number}");
        let record = NewWarcRecord {
            kind: WarcKind::Response,
            target: Some(&url),
            date: Timestamp::from_second(1_714_640_000 + i64::try_from(number).unwrap()).unwrap(),
            content_type: "application/http; msgtype=response",
            fields: &[],
            block: block.as_bytes(),
        };
        writer.write(&record).unwrap();
    }
    writer.finish().unwrap();
    bytes
}

fn unpack(path: &Path) {
    let file = BufReader::with_capacity(256 << 10, File::open(path).unwrap());
    let mut reader = flate2::bufread::MultiGzDecoder::new(file);
    let mut buffer = vec![0; 64 << 10];
    while reader.read(&mut buffer).unwrap() > 0 {}
}

fn parse(path: &Path) {
    for record in WarcReader::open(path, 0, 64 << 20).unwrap() {
        let answer = record.unwrap().into_answer(64 << 20).unwrap();
        let page = String::from_utf8(answer.body).unwrap();
        std::hint::black_box(scraper::Html::parse_document(&page));
    }
}

/// The peak resident size of the program, in KiB.
fn replay(paths: &[&Path], database: &Path, jobs: &str) -> u64 {
    let mut command = Command::new(env!("CARGO_BIN_EXE_newsluice-under-test"));
    command.env_clear().env("HOME", "/nonexistent").arg("--db").arg(database);
    command.args(["replay", "--jobs", jobs]).args(paths);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let size = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(size.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    assert!(child.wait().unwrap().success());
    peak
}
