//! When the article was published and last changed.

use record::date;

use super::{Case, Fields};

/// Judges the dates.
pub(super) fn judge(case: &Case<'_>, fields: &mut Fields) {
    let metas = ["article:published_time", "og:published_time", "pubdate", "date"];
    let entry = case.context.hints.entry.and_then(|e| e.published.as_ref());
    let time = case.evidence.times.iter().find(|t| !t.piece.place.aside).and_then(|t| t.stamp);
    let candidates = [
        ("json-ld", case.article.published.as_deref().and_then(date::parse)),
        ("meta", case.meta(&metas).and_then(date::parse)),
        ("time", time.and_then(date::parse)),
        ("feed", entry.and_then(|e| e.stated)),
    ];
    if let Some((source, stated)) = candidates.into_iter().find_map(|(s, d)| Some((s, d?))) {
        let (published, zone) = stated.published(&case.context.hints.zones);
        fields.date = Some(published.day());
        fields.published = Some(published);
        fields.date_zone = zone;
        fields.note("date", source);
    }
}
