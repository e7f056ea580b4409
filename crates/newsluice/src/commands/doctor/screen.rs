//! A checkup as a person reads it.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::output::harmless;
use crate::source::words::{bytes, count, percent, span, when};
use crate::source::{Advice, Checkup, Standing, articles, sentence, share};

/// The source's lines, and an empty one after them.
pub(super) fn of(c: &Checkup, advice: &[Advice], now: Timestamp) -> String {
    let listed = c.settings.outline.as_ref().and_then(|outline| outline.title.clone());
    let title = c.feed.title.clone().or(listed).map(|title| format!("{title}  "));
    let head = format!("{}{}", title.unwrap_or_default(), c.feed.url);
    let mut out = format!("{:>5}  {}\n", c.feed.feed.number(), harmless(&head));
    // Writing to a text cannot fail.
    let mut line = |name: &str, value: &str| {
        writeln!(out, "       {name:<10} {}", harmless(value)).ok();
    };
    line("health", &sentence(&c.feed, &c.week, now));
    if c.standing != Standing::New {
        for (name, value) in facts(c, now) {
            if let Some(value) = value {
                line(name, &value);
            }
        }
    }
    for advice in advice {
        line("! advice", &format!("{}:", advice.says));
        line("", &format!("  {}", advice.command));
    }
    out
}

fn facts(c: &Checkup, now: Timestamp) -> [(&'static str, Option<String>); 9] {
    [
        ("address", address(c)),
        ("freshness", (c.feed.items > 0).then(|| freshness(c))),
        ("yield", Some(yielded(c))),
        ("copies", copies(c)),
        ("gaps", gaps(c, now)),
        ("pages", pages(c)),
        ("walls", walls(c)),
        ("caching", caching(c)),
        ("cost", Some(cost(c))),
    ]
}

fn address(c: &Checkup) -> Option<String> {
    match (&c.moving, c.earlier.as_slice()) {
        (Some((to, _)), _) => Some(format!("seems to move to {to}")),
        (None, []) => None,
        (None, earlier) => Some(format!("moved, and was followed, from {}", earlier.join(", "))),
    }
}

fn freshness(c: &Checkup) -> String {
    let rhythm = c.rhythm.map_or("its rhythm is not known yet".to_owned(), |gap| {
        format!("something new about every {}", span(gap))
    });
    match c.silence {
        Some(silence) if c.is_stale() => format!("{rhythm}; silent for {}", span(silence)),
        _ => rhythm,
    }
}

fn yielded(c: &Checkup) -> String {
    let mut says = format!(
        "{:.1} articles a day, {:.2} a poll ({} in {})",
        c.sum.stored as f64 / c.days,
        share(c.sum.stored, c.sum.polls),
        count(c.sum.stored, "article"),
        count(c.sum.polls, "poll"),
    );
    if c.sum.revisions > 0 {
        write!(says, ", {}", count(c.sum.revisions, "revision")).ok();
    }
    if c.sum.filtered > 0 {
        write!(says, ", {} taken by filters", c.sum.filtered).ok();
    }
    says
}

fn copies(c: &Checkup) -> Option<String> {
    let part = share(c.sum.duplicates, c.sum.stored);
    let of = c.copied.as_ref().map(|pair| format!(", {} of {}", pair.count, pair.of));
    (c.sum.duplicates > 0).then(|| {
        let of = of.unwrap_or_default();
        format!("{} of {} ({}){of}", c.sum.duplicates, c.sum.stored, percent(part))
    })
}

fn gaps(c: &Checkup, now: Timestamp) -> Option<String> {
    let last = when(c.feed.gap_at?, now);
    let missed = count(c.feed.missed, "entry").replace("entrys", "entries");
    Some(format!("{} since it was added, some {missed} missed, the last {last}", c.feed.gaps))
}

/// How many pages gave an article: of those that came.
fn pages(c: &Checkup) -> Option<String> {
    let (good, came) = (articles(&c.sum), articles(&c.sum) + c.sum.no_text);
    if came + c.sum.broken == 0 {
        return None;
    }
    let good = format!("{good} of {came} gave an article ({})", percent(share(good, came)));
    let lost = (c.sum.broken > 0).then(|| format!(", {} more did not come", c.sum.broken));
    Some(good + &lost.unwrap_or_default())
}

fn walls(c: &Checkup) -> Option<String> {
    let kinds = ["bot-wall", "consent-wall", "captcha", "paywall", "login-page"];
    let kinds: Vec<_> = kinds.iter().filter_map(|code| c.given_up_for(code)).collect();
    let kinds: Vec<_> = kinds.iter().map(|kind| format!("{} {}", kind.count, kind.code)).collect();
    (c.sum.walls > 0).then(|| {
        let kinds =
            if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
        format!("{} of {} pages{kinds}", c.sum.walls, c.pages())
    })
}

fn caching(c: &Checkup) -> Option<String> {
    let answered = c.sum.polls - c.sum.failed.min(c.sum.polls);
    if answered == 0 {
        return None;
    }
    let lies = match c.sum.lies {
        0 => String::new(),
        lies => format!("; {lies} found false, so for a while its 304s are not believed"),
    };
    let says = match (c.sum.unmodified, c.feed.has_validators) {
        (0, false) => "no validators: every poll is answered in full".to_owned(),
        (unmodified, _) => format!("{unmodified} of {answered} polls answered 304"),
    };
    Some(says + &lies)
}

fn cost(c: &Checkup) -> String {
    let all = format!("{} and {}", count(c.sum.requests, "request"), bytes(c.sum.bytes as f64));
    if c.sum.stored == 0 {
        return format!("{all} for no new article");
    }
    let each = c.sum.stored as f64;
    let (requests, size) = (c.sum.requests as f64 / each, c.sum.bytes as f64 / each);
    format!("{requests:.1} requests and {} a new article ({all})", bytes(size))
}
