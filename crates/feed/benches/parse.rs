//! Ours beside feed-rs alone, on feeds of our own making: `cargo bench -p feed`.
//!
//! With `FEEDS=folder`, on the files below a folder instead, those on which feed-rs panics or
//! gives up left out.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// Sixty entries as a news site's feed has them.
fn clean() -> String {
    let paragraph = "<p>The council met on <a href=\"https://example.org/x\">Tuesday</a> and \
        decided, after a long debate, that nothing would be decided &amp; adjourned.</p>";
    let item = |n: usize| {
        format!(
            "<item><title>Story {n} &amp; more</title><link>https://example.org/{n}</link>\
             <guid isPermaLink=\"false\">id-{n}</guid><dc:creator><![CDATA[Ann Other]]></dc:creator>\
             <pubDate>Thu, 02 May 2024 10:00:{:02} +0200</pubDate><category>news</category>\
             <description>&lt;p&gt;In short.&lt;/p&gt;</description>\
             <content:encoded><![CDATA[{}]]></content:encoded></item>",
            n % 60,
            paragraph.repeat(8)
        )
    };
    let items: String = (0..60).map(item).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel><title>Feed</title>\
         <link>https://example.org/</link><description>About</description>{items}</channel></rss>"
    )
}

/// The same with damage of the kinds that feed-rs survives, so that both have work to do.
fn damaged() -> String {
    clean()
        .replace("&amp; more", "&nbsp;more\u{1}")
        .replace("<dc:creator>", "<x:y>z</x:y><dc:creator>")
        .replace(" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"", "")
}

/// The feeds that both read, by kind.
fn feeds(kind: &str) -> Vec<Vec<u8>> {
    match std::env::var_os("FEEDS") {
        Some(folder) => {
            let mut found = Vec::new();
            files_below(folder.as_ref(), &mut found);
            found.retain(|feed| std::panic::catch_unwind(|| alone(feed)).is_ok_and(|n| n > 0));
            found
        }
        None if kind == "clean" => vec![clean().into_bytes()],
        None => vec![damaged().into_bytes()],
    }
}

fn files_below(folder: &std::path::Path, found: &mut Vec<Vec<u8>>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.path() {
            path if path.is_dir() => files_below(&path, found),
            path => found.extend(std::fs::read(path)),
        }
    }
}

fn alone(feed: &[u8]) -> usize {
    feed_rs::parser::parse(feed).map_or(0, |feed| feed.entries.len())
}

fn size(feeds: &[Vec<u8>]) -> BytesCount {
    BytesCount::new(feeds.iter().map(Vec::len).sum::<usize>())
}

#[divan::bench(args = ["clean", "damaged"])]
fn ours(bencher: Bencher<'_, '_>, kind: &str) {
    let feeds = feeds(kind);
    let hints = feed::Hints::default();
    bencher.counter(size(&feeds)).bench_local(|| {
        feeds.iter().filter(|feed| feed::parse(black_box(feed), &hints).is_ok()).count()
    });
}

#[divan::bench(args = ["clean", "damaged"])]
fn feed_rs_alone(bencher: Bencher<'_, '_>, kind: &str) {
    let feeds = feeds(kind);
    bencher
        .counter(size(&feeds))
        .bench_local(|| feeds.iter().map(|feed| alone(black_box(feed))).sum::<usize>());
}
