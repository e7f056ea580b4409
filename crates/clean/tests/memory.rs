//! Peak memory beside the page's size, and what becomes of hostile shapes: a process of its own,
//! since every allocation in it is counted. With `PAGES=folder` it is measured on those pages.
#![expect(clippy::print_stdout, reason = "the figures of a measurement asked for")]

use clean::{Cleaned, Hints};
use peak_alloc::PeakAlloc;
use record::{Page, Reason, ReasonKind};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What cleaning may take at most, in sizes of the page, itself included.
const TIMES: f64 = 12.0;

fn clean(body: Vec<u8>) -> Result<Cleaned, Reason> {
    let page = Page {
        url: Some("https://news.example.org/2024/05/02/bridge".to_owned()),
        requested_url: None,
        content_type: None,
        body,
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
    };
    clean::page(&page, &Hints::default())
}

/// What came of a page, and the peak while cleaning it in sizes of the page.
fn measured(body: Vec<u8>) -> (Result<Cleaned, Reason>, f64) {
    let size = body.len();
    let before = MEMORY.current_usage() - size;
    MEMORY.reset_peak_usage();
    let outcome = clean(body);
    (outcome, (MEMORY.peak_usage() - before) as f64 / size as f64)
}

/// An article between menus, teasers and scripts, in proportions of the web.
fn news_page(paragraphs: usize) -> Vec<u8> {
    let item = "<li class=\"menu-item menu-item-type-custom\"><a class=\"menu-link\" \
                href=\"https://news.example.org/section/a-longer-name\">Section</a></li>";
    let paragraph = "<p>The council of Harrowfield voted on Tuesday to rebuild the \
                     <a href=\"/b\">old bridge</a>, and work is to begin in March.</p>";
    let days: Vec<String> =
        (0..paragraphs).map(|day| format!("{paragraph}<p>Day {day}.")).collect();
    let article = days.concat();
    let script = "window.state = {\"a\": [1, 2, 3]};".repeat(1_000);
    let menu = item.repeat(paragraphs * 2);
    format!(
        "<html lang=en><head><title>A bridge is rebuilt</title><script>{script}</script></head>\
         <body><nav><ul>{menu}</ul></nav><main><h1>A bridge is rebuilt</h1>\
         <div class=\"article-body\">{article}</div></main><aside>{menu}</aside></body></html>"
    )
    .into_bytes()
}

fn listed_pages() -> Vec<Vec<u8>> {
    let files = std::env::var_os("PAGES").and_then(|folder| std::fs::read_dir(folder).ok());
    files.into_iter().flatten().flatten().filter_map(|f| std::fs::read(f.path()).ok()).collect()
}

/// One test, since two would be counted together.
#[test]
fn memory_is_bounded_by_the_size_of_the_page() {
    clean(news_page(40)).unwrap(); // the tables are read once for all
    for paragraphs in [40, 400, 4_000] {
        let (outcome, times) = measured(news_page(paragraphs));
        outcome.unwrap();
        assert!(times < TIMES, "{paragraphs} paragraphs: {times:.1} times the page");
    }
    let mut times: Vec<f64> = listed_pages().into_iter().map(|page| measured(page).1).collect();
    times.sort_by(f64::total_cmp);
    if let [.., largest] = times[..] {
        println!("{} pages: median {:.1}, most {largest:.1}", times.len(), times[times.len() / 2]);
        assert!(largest < TIMES);
    }
    for (shape, page, known, most) in hostile() {
        let (outcome, times) = measured(page);
        println!("{shape}: {times:.1} times the page");
        assert_eq!(outcome.err().map(|reason| reason.kind), known, "{shape}");
        assert!(times < most, "{shape}: {times:.1} times the page");
    }
}

/// Shapes that cost a parser more than their size, the reason each is refused for, if it is, and
/// what it may take: nodes are bounded by their number, not by the page's size.
fn hostile() -> Vec<(&'static str, Vec<u8>, Option<ReasonKind>, f64)> {
    let attributes: String = (0..700_000).map(|i: u32| i.to_string() + "=1 a").collect();
    let line = "The rain has ended the drought, they said. ".repeat(185_000);
    vec![
        ("nested elements", b"<div>".repeat(100_000), Some(ReasonKind::TooDeep), TIMES),
        ("one line of 50 MB", b"x ".repeat(25_000_000), Some(ReasonKind::TooLarge), 2.0),
        (
            "one line of 8 MB",
            format!("<title>Rain</title><p>{line}").into_bytes(),
            Some(ReasonKind::NoBody),
            TIMES,
        ),
        ("siblings", b"<p>x".repeat(1_000_000), Some(ReasonKind::TooComplex), 40.0),
        (
            "attributes",
            format!("<p a{attributes}>").into_bytes(),
            Some(ReasonKind::TooComplex),
            TIMES,
        ),
    ]
}
