//! The canonical URL: what the page declares, where it may be believed.

use record::PageUrl;

use super::{Case, Fields};

/// Judges the canonical URL: `rel=canonical`, then `og:url`, when on the same registrable
/// domain and not the front page; else the URL that answered. Where the page's own URL is not
/// known, a declared one stands in for it.
pub(super) fn judge(case: &Case<'_>, fields: &mut Fields) {
    let own = case.context.url.and_then(|url| PageUrl::parse(url).ok());
    let declared = [
        ("canonical", case.link("canonical")),
        ("opengraph", case.meta(&["og:url"])),
        ("json-ld", case.article.url.as_deref().filter(|_| own.is_none())),
    ];
    let mut chosen: Option<(PageUrl, &'static str)> = None;
    for (source, reference) in declared {
        let Some(reference) = reference.filter(|r| !r.trim().is_empty()) else { continue };
        match accept(reference, own.as_ref()) {
            Some(url) if chosen.is_none() => chosen = Some((url, source)),
            Some(url) if chosen.as_ref().is_some_and(|(c, _)| c.identity() == url.identity()) => {}
            _ => fields.lose("url", reference, source),
        }
    }
    let chosen = chosen.or_else(|| own.map(|url| (url, "url")));
    if let Some((url, source)) = chosen {
        fields.note("url", source);
        fields.url = Some(url);
    }
}

fn accept(reference: &str, own: Option<&PageUrl>) -> Option<PageUrl> {
    let url = match own {
        Some(own) => PageUrl::join(own.as_str(), reference).ok()?,
        None => PageUrl::parse(reference).ok()?,
    };
    let believed = own.is_none_or(|own| own.domain() == url.domain());
    let front = url.is_front_page() && own.is_none_or(|own| !own.is_front_page());
    (believed && !front && !is_placeholder(url.path_and_query())).then_some(url)
}

/// What templates print when they have no address.
fn is_placeholder(path: &str) -> bool {
    path.split(['/', '?']).any(|s| matches!(s, "undefined" | "null" | "none" | "NaN" | "#"))
        || path.contains("{{")
        || path.contains("%7B%7B")
}
