//! An explanation as a person reads it.

use std::fmt::Write as _;

use super::{Attempt, Copy, Explanation, Found, Why};
use crate::output::harmless;

/// Characters of shared text shown.
const SHARED: usize = 160;

/// One screen of lines, each a name and what is to say of it.
pub(super) fn of(explanation: &Explanation) -> String {
    let mut out = Screen::default();
    let title = explanation.record.as_ref().map(|record| record.title.as_str());
    out.text = format!("{}\n\n", harmless(title.unwrap_or(&explanation.name)));
    if let Some(record) = &explanation.record {
        out.line("record", &record.id);
        out.maybe("url", record.url.as_deref());
    }
    explanation.found.iter().for_each(|found| out.found(found));
    explanation.attempts.iter().for_each(|attempt| out.attempt(attempt));
    if let Some(copy) = &explanation.copy {
        out.copy(copy);
    }
    out.maybe("story", explanation.story.as_deref());
    for revision in &explanation.revisions {
        let what = match revision.changed.as_slice() {
            [] if revision.by.is_some() => "changed other fields".to_owned(),
            [] => "as first stored".to_owned(),
            changed => format!("changed {}", changed.join(", ")),
        };
        let cleaner = revision.cleaner.as_deref().unwrap_or("an older version");
        let whose = match revision.by {
            Some(by) => format!("; by {by} {cleaner}, from the same capture as the one before"),
            None => String::new(),
        };
        let at = &revision.fetched_at;
        out.line("revision", &format!("{} of {at}: {what}{whose}", revision.number));
    }
    match &explanation.why {
        Some(why) => out.why(why),
        None if explanation.record.is_none() => {
            out.line("why", "it waits for its first fetch: 'newsluice run' fetches it");
        }
        None => {}
    }
    out.text.truncate(out.text.trim_end().len());
    out.text
}

#[derive(Default)]
struct Screen {
    text: String,
}

impl Screen {
    fn line(&mut self, name: &str, value: &str) {
        // Writing to a text cannot fail.
        writeln!(self.text, "{name:<9} {}", harmless(value)).ok();
    }

    fn maybe(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.line(name, value);
        }
    }

    fn found(&mut self, found: &Found) {
        if found.feeds.is_empty() {
            self.line("found", &format!("{}, in a list of URLs", found.since));
        }
        for listing in &found.feeds {
            let title = listing.title.as_deref().unwrap_or("untitled");
            let feed = &listing.feed;
            self.line("found", &format!("{}, by the feed {feed} ({title})", found.since));
            self.line("item", &listing.item);
        }
        self.maybe("page", found.url.as_deref());
        let since = found.finished_at.as_deref().unwrap_or("");
        let state = match found.state.as_str() {
            "done" => format!("done {since}"),
            "dead" => format!("given up {since} after {} failures", found.failures),
            "claimed" => "in hand just now".to_owned(),
            _ => format!("waits until {}", found.next_try.as_deref().unwrap_or("its turn")),
        };
        self.line("state", &state);
    }

    fn attempt(&mut self, attempt: &Attempt) {
        self.text.push('\n');
        self.line("attempt", &format!("{}: {}", attempt.at, attempt.outcome));
        for asked in &attempt.trail.requests {
            let from = asked.address.as_deref().map(|a| format!(" from {a}")).unwrap_or_default();
            let answer = format!("{} after {} ms{from}", asked.status, asked.elapsed_ms);
            self.line("request", &format!("{}: {answer}", asked.url));
        }
        if let Some((media, bytes)) = &attempt.trail.body {
            let all = attempt.trail.elapsed_ms.unwrap_or_default();
            self.line("answer", &format!("{bytes} bytes of {media}, {all} ms in all"));
        }
        for step in &attempt.trail.steps {
            let (name, value) = step.split_once(": ").unwrap_or(("decision", step));
            self.line(name, value);
        }
        if let Some(why) = &attempt.why {
            self.line("failed", &sentence(why));
        }
        if attempt.trail.body.is_some() && attempt.why.is_none() {
            self.line("kind", "an article: no sign of a list, a wall or an empty page");
        }
    }

    fn copy(&mut self, copy: &Copy) {
        self.text.push('\n');
        let sure = format!("{} copy, similarity {:.2}", copy.kind, copy.similarity);
        self.line("copy of", &format!("{} \"{}\": {sure}", copy.of, copy.title));
        if !copy.shared.is_empty() {
            let shared: String = copy.shared.chars().take(SHARED).collect();
            self.line("shared", &format!("\"{shared}\""));
        }
    }

    fn why(&mut self, why: &Why) {
        self.text.push('\n');
        self.line("why", &sentence(why));
        self.line("remedy", &why.remedy);
    }
}

fn sentence(why: &Why) -> String {
    let Why { reason, sentence, detail, .. } = why;
    let detail = if detail.is_empty() { String::new() } else { format!(": {detail}") };
    format!("{sentence}{detail} ({reason})")
}
