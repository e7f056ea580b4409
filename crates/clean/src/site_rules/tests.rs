use record::Page;

use super::*;
use crate::{Cleaned, Hints};

const RULE: &str = "hosts = ['courier.example']\nbody = ['.story']\nstrip = ['.aside-box']\n\
                    title = 'h1'\nauthor = '.who'\ndate = 'time'";

fn page(article: &str) -> Page {
    Page {
        url: Some("https://www.courier.example/2024/ferry".to_owned()),
        requested_url: None,
        content_type: Some("text/html; charset=utf-8".to_owned()),
        body: format!("<title>Ferry | Courier</title><body>{article}").into_bytes(),
        fetched_at: jiff::Timestamp::MAX,
    }
}

const PARAGRAPHS: &str = "<p>The ferry ran aground on Tuesday morning, and nobody on board was \
    hurt, the harbour master said.</p><p>It was towed free at high water, and went on to the \
    island with its passengers an hour later.</p>";

fn clean(article: &str, rule: &str) -> Cleaned {
    let rules = SiteRules::new(vec![SiteRule::parse("courier", rule).unwrap()]);
    crate::page(&page(article), &Hints { rules: Some(&rules), ..Hints::default() }).unwrap()
}

fn told(cleaned: &Cleaned) -> &str {
    cleaned.trace.iter().find(|line| line.starts_with("site rule")).unwrap()
}

#[test]
fn a_rule_that_agrees_decides_what_is_in_doubt() {
    let doubtful = "<div>Harbour notes are kept by the watch and are read by the council once a \
                    month, as they have been since the old pier fell.</div>";
    let inside =
        format!("<div class=story>{PARAGRAPHS}<div class=aside-box>{doubtful}</div></div>");
    let cleaned = clean(&inside, RULE);
    assert!(told(&cleaned).starts_with("site rule courier: followed"), "{:?}", cleaned.trace);
    assert_eq!(cleaned.record.body.len(), 2);
}

#[test]
fn a_rule_that_points_elsewhere_is_left_aside() {
    let stale = format!(
        "<article>{PARAGRAPHS}{PARAGRAPHS}</article><div class=story><p>Newsletter.</p></div>"
    );
    let cleaned = clean(&stale, RULE);
    assert!(told(&cleaned).contains("left aside: agreement 0.0"), "{}", told(&cleaned));
    assert!(cleaned.record.body_text().contains("harbour master"));
    let none = clean(&format!("<article>{PARAGRAPHS}</article>"), RULE);
    assert_eq!(told(&none), "site rule courier: left aside: nothing on the page is its body");
}

#[test]
fn fields_are_filled_where_nothing_else_says_them() {
    let head = "<h1>Ferry runs aground</h1><i class=who>Ann Keller</i>\
                <time datetime=2024-03-05T10:00:00Z></time>";
    let cleaned = clean(&format!("{head}<div class=story>{PARAGRAPHS}</div>"), RULE);
    assert_eq!(cleaned.record.meta.authors, ["Ann Keller"]);
    assert_eq!(cleaned.record.date.unwrap().to_string(), "2024-03-05");
}

#[test]
fn wrong_rules_say_what_is_wrong() {
    for (text, problem) in [
        ("body = ['p']", "site rule x: for no page; give it hosts or a generator"),
        ("hosts = ['a.org']\nbody = []", "site rule x: body is empty; give it a selector"),
        (
            "hosts = ['https://a.org']\nbody = ['p']",
            "site rule x: hosts: 'https://a.org' is no host",
        ),
        ("hosts = ['a.org']\nbody = ['p[']", "site rule x: body: 'p[' is no selector"),
        (
            "hosts = ['a.org']\nbody = ['p']\nstrip = ['!']",
            "site rule x: strip: '!' is no selector",
        ),
        ("hosts = ['a.org']\nbodi = ['p']", "unknown field `bodi`"),
    ] {
        let said = SiteRule::parse("x", text).unwrap_err().to_string();
        assert!(said.contains(problem), "{said}");
    }
}

#[test]
fn rules_know_their_pages() {
    let rule = |text: &str| SiteRule::parse("x", text).unwrap();
    let of_host = rule("hosts = ['Courier.example']\nbody = ['p']");
    assert!(of_host.knows(Some("www.courier.example"), None));
    assert!(of_host.knows(Some("courier.example"), None));
    assert!(!of_host.knows(Some("notcourier.example"), None));
    let of_system = rule("generator = 'Press'\nbody = ['p']");
    assert!(of_system.knows(Some("any.org"), Some("Press 6.4")));
    assert!(!of_system.knows(Some("any.org"), Some("WordPress")));
}

#[test]
fn an_example_that_comes_out_otherwise_is_told() {
    let test =
        "\n[test]\nurl = 'https://courier.example/f'\ntitle = 'Ferry'\nfirst = 'The ferry'\n";
    let shown = format!("<title>Ferry</title><h1>Ferry</h1><div class=story>{PARAGRAPHS}</div>");
    let verify = |last: &str| {
        let rule = SiteRule::parse("courier", &format!("{RULE}{test}last = '{last}'")).unwrap();
        rule.verify(shown.as_bytes())
    };
    assert_eq!(verify("It was towed free"), Ok(()));
    let said = verify("Nobody").unwrap_err().to_string();
    assert!(said.starts_with("site rule courier: test: last paragraph is 'It was"), "{said}");
    let silent = SiteRule::parse("courier", RULE).unwrap().verify(b"").unwrap_err().to_string();
    assert!(silent.contains("no [test]"), "{silent}");
}
