//! The headline.

use record::{Line, fold};

use super::describe::decoded;
use super::{Case, Fields};

/// Judges the title.
pub(super) fn judge(case: &Case<'_>, fields: &mut Fields) {
    let candidates = candidates(case);
    let chosen = candidates.first().cloned();
    if let Some((source, line)) = chosen {
        fields.note("title", source);
        for (source, lost) in candidates.iter().skip(1).filter(|(_, l)| fold(l) != fold(&line)) {
            fields.lose("title", lost, source);
        }
        fields.title = Some(line);
    }
}

fn candidates(case: &Case<'_>) -> Vec<(&'static str, Line)> {
    let heading = case.evidence.headings.iter().find(|(level, p)| *level == 1 && !p.place.aside);
    let entry = case.context.hints.entry.and_then(|e| e.title.as_deref());
    let texts = [
        ("json-ld", case.article.headline.as_deref().filter(|_| case.article.is_article)),
        ("opengraph", case.meta(&["og:title"])),
        ("h1", heading.map(|(_, p)| p.text.as_str())),
        ("feed", entry),
        ("meta", case.meta(&["twitter:title", "dc.title", "title"])),
        ("title", case.evidence.title.as_deref()),
    ];
    texts.into_iter().filter_map(|(s, t)| Some((s, Line::new(&decoded(t?))?))).collect()
}
