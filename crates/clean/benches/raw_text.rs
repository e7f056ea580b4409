//! How fast raw text is cleaned: a page's dump, one long line, only furniture.

use clean::Hints;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

const MENU: &[&str] = &[
    "Home",
    "World",
    "Politics",
    "Business",
    "Sign in",
    "Subscribe now",
    "Share on Facebook",
    "Most read",
    "Weather",
    "Latest news",
    "Skip to content",
    "Contact us",
    "Privacy policy",
];

const SENTENCES: &[&str] = &[
    "The council of Harrowfield voted on Tuesday to rebuild the old bridge over the river.",
    "Work is to begin in March and will cost about four million pounds, the mayor said.",
    "Residents had asked for a decision since the flood, which closed the road for weeks.",
    "“We have waited long enough,” said one of them after the meeting, which lasted two hours.",
];

/// A dump like those of news sites: menus, a headline, `paragraphs` paragraphs, teasers.
fn dump(paragraphs: usize) -> String {
    let mut page = String::from("Harrowfield rebuilds its bridge | The Valley Post\n");
    MENU.iter().cycle().take(60).for_each(|entry| line(&mut page, entry));
    line(&mut page, "Harrowfield rebuilds its bridge");
    line(&mut page, "Published 2 February 2024, 19:27");
    for i in 0..paragraphs {
        let sentences: Vec<_> = SENTENCES.iter().cycle().skip(i % 4).take(3).copied().collect();
        line(&mut page, &format!("{} This was item {i} of the day.", sentences.join(" ")));
    }
    for (i, entry) in MENU.iter().cycle().take(40).enumerate() {
        line(&mut page, &format!("{}. Another story that many people have read", i + 1));
        line(&mut page, entry);
    }
    page
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

#[divan::bench(args = [8, 24, 400])]
fn page(bencher: divan::Bencher<'_, '_>, paragraphs: usize) {
    let page = dump(paragraphs);
    let hints = Hints::default();
    bencher
        .counter(BytesCount::of_str(&page))
        .bench(|| clean::text(divan::black_box(page.as_bytes()), &hints));
}

#[divan::bench]
fn text_form(bencher: divan::Bencher<'_, '_>) {
    let hints = Hints::default();
    let record = clean::text(dump(24).as_bytes(), &hints).map(|c| c.record);
    let form = record.map(|r| record::text::write(&r)).unwrap_or_default();
    bencher
        .counter(BytesCount::of_str(&form))
        .bench(|| clean::text(divan::black_box(form.as_bytes()), &hints));
}

#[divan::bench]
fn one_line_of_7_megabytes(bencher: divan::Bencher<'_, '_>) {
    let text = format!("A title\n{}", "words of one line ".repeat(400_000));
    let hints = Hints::default();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| clean::text(divan::black_box(text.as_bytes()), &hints).is_ok());
}

#[divan::bench]
fn furniture_of_99_999_lines(bencher: divan::Bencher<'_, '_>) {
    let text = "Read more\n".repeat(99_999);
    let hints = Hints::default();
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| clean::text(divan::black_box(text.as_bytes()), &hints).is_ok());
}
