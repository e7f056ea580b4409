//! What cleaning a page costs beside parsing it alone, on a page made here or, with
//! `PAGES=folder`, on the files of a folder: the goal is at most twice the parse. With
//! `--features fitting` also what the fields alone cost on trees that are there already: at most
//! 0.3 of the parse.

use clean::Hints;
use divan::counter::BytesCount;
use record::Page;
use scraper::Html;

fn main() {
    divan::main();
}

/// Paragraphs of an article between menus, teasers and scripts, in proportions of the web.
fn made() -> String {
    let menu = "<li class=\"menu-item\"><a href=\"/section/a\">Section</a></li>".repeat(400);
    let paragraph = "<p>The council of Harrowfield voted on Tuesday to rebuild the \
                     <a href=\"/b\">old bridge</a>, and work is to begin in March.</p>";
    let article: Vec<String> = (0..40).map(|day| format!("{paragraph}<p>Day {day}.</p>")).collect();
    let article = article.concat();
    let script = "window.state = {\"a\": [1, 2, 3]};".repeat(1_000);
    format!(
        "<html lang=en><head><title>A bridge is rebuilt</title><script>{script}</script></head>\
         <body><nav><ul>{menu}</ul></nav><main><h1>A bridge is rebuilt</h1>\
         <div class=\"article-body\">{article}</div></main><aside><ul>{menu}</ul></aside></body></html>"
    )
}

fn pages() -> Vec<Page> {
    let files = std::env::var_os("PAGES").and_then(|folder| std::fs::read_dir(folder).ok());
    let bodies: Vec<Vec<u8>> = match files {
        Some(files) => files.flatten().filter_map(|f| std::fs::read(f.path()).ok()).collect(),
        None => vec![made().into_bytes()],
    };
    bodies.into_iter().map(page).collect()
}

fn page(body: Vec<u8>) -> Page {
    Page {
        url: Some("https://news.example.org/2024/05/02/bridge".to_owned()),
        requested_url: None,
        content_type: None,
        body,
        fetched_at: jiff::Timestamp::UNIX_EPOCH,
    }
}

fn size(pages: &[Page]) -> BytesCount {
    BytesCount::new(pages.iter().map(|page| page.body.len()).sum::<usize>())
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn parse_alone(bencher: divan::Bencher<'_, '_>) {
    let pages = pages();
    let texts: Vec<_> = pages.iter().map(|p| String::from_utf8_lossy(&p.body)).collect();
    bencher.counter(size(&pages)).bench_local(|| {
        texts.iter().map(|text| Html::parse_document(text).tree.nodes().len()).sum::<usize>()
    });
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn clean_whole(bencher: divan::Bencher<'_, '_>) {
    let pages = pages();
    bencher.counter(size(&pages)).bench_local(|| {
        pages.iter().filter(|page| clean::page(page, &Hints::default()).is_ok()).count()
    });
}

#[cfg(feature = "fitting")]
#[divan::bench(sample_count = 5, sample_size = 1)]
fn fields_alone(bencher: divan::Bencher<'_, '_>) {
    let pages = pages();
    let body = |page| clean::page(page, &Hints::default()).map(|c| c.record.body_text());
    let bodies: Vec<String> = pages.iter().map(|p| body(p).unwrap_or_default()).collect();
    let texts: Vec<_> = pages.iter().map(|p| String::from_utf8_lossy(&p.body)).collect();
    let trees: Vec<_> = texts.iter().map(|text| clean::fitting::Tree::of(text)).collect();
    bencher.counter(size(&pages)).bench_local(|| {
        let each = trees.iter().zip(&pages).zip(&bodies);
        each.map(|((tree, page), body)| tree.fields(page.url.as_deref(), body)).sum::<usize>()
    });
}

/// Shapes that cost more than their size; the goal is two seconds for each.
#[divan::bench(sample_count = 3, sample_size = 1, args = ["nested", "line", "siblings", "attributes", "one tag's attributes"])]
fn hostile(bencher: divan::Bencher<'_, '_>, shape: &str) {
    let attributes = |count: u32| (0..count).map(|i| i.to_string() + "=1 a").collect::<String>();
    let body = match shape {
        "nested" => "<div>".repeat(100_000),
        "line" => format!("<title>Rain</title><p>{}", "It rained, they said. ".repeat(380_000)),
        "siblings" => "<p>x".repeat(1_000_000),
        "attributes" => format!("<p a{}>x", attributes(20)).repeat(50_000),
        _ => format!("<p a{}>", attributes(700_000)),
    };
    let pages = [page(body.into_bytes())];
    bencher.counter(size(&pages)).bench_local(|| {
        pages.iter().filter(|page| clean::page(page, &Hints::default()).is_ok()).count()
    });
}
