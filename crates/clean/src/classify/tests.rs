//! Pages of every kind, made for this test in the form that the real ones have: `pages.txt`
//! holds them one after the other, each after a line `=== kind URL`.

use super::*;
use crate::fields::{self, Context};
use crate::{Hints, html_parse};

fn judged(url: &str, html: &str) -> Option<ReasonKind> {
    let hints = Hints::default();
    let parsed = html_parse::parse(html);
    let context = Context {
        url: Some(url),
        requested_url: None,
        hints: &hints,
        long_scripts: &parsed.long_scripts,
    };
    let fields = fields::extract(&parsed.html, &context);
    let body = crate::body::extract(parsed.html, &parsed.long_scripts, &fields, None, None);
    let (words, likely) = (body.words as usize, body.likely as usize);
    let found = Evidence { fields: &fields, url: Some(url), words, likely };
    judge(&found).map(|reason| reason.kind)
}

#[test]
fn every_page_is_judged_as_what_it_is() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in include_str!("pages.txt").split("=== ").skip(1) {
        let (head, html) = page.split_once('\n').unwrap();
        let (kind, url) = head.split_once(' ').unwrap();
        let got = judged(url, html).map_or("article", ReasonKind::code);
        count += 1;
        if got != kind {
            wrong.push(format!("{kind} {url}: {got}"));
        }
    }
    assert!(count >= 50, "{count} pages");
    assert!(wrong.is_empty(), "{} of {count} pages:\n{}", wrong.len(), wrong.join("\n"));
}
