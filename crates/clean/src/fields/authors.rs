//! The authors.

use super::{Case, Fields, person};

/// Judges the authors.
pub(super) fn judge(case: &Case<'_>, fields: &mut Fields) {
    let from_graph: Vec<String> =
        case.article.authors.iter().flat_map(|a| person::names(&a.name)).collect();
    let metas = ["author", "article:author", "parsely-author", "sailthru.author", "dc.creator"];
    let from_meta = case.meta(&metas).map(person::names).unwrap_or_default();
    let candidates = [("json-ld", from_graph), ("meta", from_meta)];
    if let Some((source, names)) = candidates.into_iter().find(|(_, n)| !n.is_empty()) {
        fields.note("authors", source);
        fields.authors = names;
    }
}
