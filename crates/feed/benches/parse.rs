//! Ours beside feed-rs alone, on feeds of our own making: `cargo bench -p feed`.

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

#[divan::bench(args = ["clean", "damaged"])]
fn ours(bencher: Bencher<'_, '_>, kind: &str) {
    let text = if kind == "clean" { clean() } else { damaged() };
    let hints = feed::Hints::default();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| feed::parse(black_box(text.as_bytes()), &hints));
}

#[divan::bench(args = ["clean", "damaged"])]
fn feed_rs_alone(bencher: Bencher<'_, '_>, kind: &str) {
    let text = if kind == "clean" { clean() } else { damaged() };
    bencher.counter(BytesCount::new(text.len())).bench_local(|| {
        feed_rs::parser::parse(black_box(text.as_bytes())).map(|f| f.entries.len())
    });
}
