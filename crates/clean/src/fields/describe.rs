//! The lesser fields: site, summary, image, tags, section, free or paid, licence, opt-outs.

use std::borrow::Cow;

use record::{Line, PageUrl, fold};
use scraper::Html;

use super::evidence::Item;
use super::text_of::BOUND;
use super::{Case, Fields};

/// Most tags kept.
const MAX_TAGS: usize = 40;
/// Longest summary kept, in bytes.
const MAX_SUMMARY: usize = 2000;

/// Judges all of them.
pub(super) fn judge(case: &Case<'_>, fields: &mut Fields) {
    site(case, fields);
    summary(case, fields);
    image(case, fields);
    tags(case, fields);
    section(case, fields);
    free(case, fields);
    licence(case, fields);
    opt_outs(case, fields);
}

fn clean(text: &str) -> Option<String> {
    let line = Line::new(&decoded(text).replace(BOUND, " "))?.into_string();
    Some(line).filter(|l| l.chars().any(char::is_alphanumeric))
}

/// Character references that were escaped twice, as attributes and JSON often have them.
pub(super) fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let (c, length) = reference(after).unwrap_or(('&', 0));
        out.push(c);
        rest = after.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn reference(after: &str) -> Option<(char, usize)> {
    let end = after.bytes().take(10).position(|b| b == b';')?;
    let name = after.get(..end)?;
    let c = match name {
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => ' ',
        "rsquo" => '’',
        "lsquo" => '‘',
        "rdquo" => '”',
        "ldquo" => '“',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "laquo" => '«',
        "raquo" => '»',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((c, end + 1))
}

fn first(
    fields: &mut Fields,
    name: &'static str,
    candidates: &[(&'static str, Option<&str>)],
) -> Option<String> {
    let mut chosen: Option<String> = None;
    for (source, value) in candidates {
        let Some(value) = value.and_then(clean) else { continue };
        if chosen.is_none() {
            fields.note(name, source);
            chosen = Some(value);
        } else if chosen.as_ref() != Some(&value) {
            fields.lose(name, &value, source);
        }
    }
    chosen
}

fn site(case: &Case<'_>, fields: &mut Fields) {
    let graph = case.graph.site();
    let named = case.meta(&["og:site_name"]);
    let candidates = [
        ("opengraph", named.filter(|n| !n.contains("://"))),
        ("json-ld", case.article.publisher.as_deref()),
        ("json-ld", graph.as_deref()),
        ("microdata", publisher_item(case)),
        ("meta", case.meta(&["application-name", "dc.publisher", "publisher", "cre"])),
        ("meta", case.meta(&["apple-mobile-web-app-title"])),
    ];
    let name = first(fields, "site", &candidates);
    let motto = |name: String| match fields.url.as_ref().and_then(|url| before_motto(&name, url)) {
        Some(short) => short.to_owned(),
        None => name,
    };
    fields.site = name.map(motto);
}

/// What stands before a motto or a list of subjects, if that is what the domain is called after.
fn before_motto<'n>(name: &'n str, url: &PageUrl) -> Option<&'n str> {
    let cuts = [" | ", " - ", " – ", " — ", " • "].into_iter().filter_map(|mark| name.find(mark));
    let head = name.get(..cuts.min()?)?.trim();
    let folded = |text: &str| fold(text).replace(' ', "");
    let (head_folded, domain) = (folded(head), folded(url.domain().split('.').next()?));
    (head_folded.len() >= 4 && domain.contains(&head_folded)).then_some(head)
}

fn publisher_item<'c>(case: &'c Case<'_>) -> Option<&'c str> {
    let of_publisher = |i: &&Item<'_>| i.name == "name" && i.owner_prop == "publisher";
    let item = case.evidence.items.iter().find(of_publisher)?;
    Some(item.value.unwrap_or(&item.piece.text)).filter(|t| t.len() < 100)
}

/// Every name that the site goes by, folded: what must not be a title or an author.
pub(super) fn site_names(case: &Case<'_>, fields: &Fields) -> Vec<String> {
    let mut names: Vec<String> = fields.site.iter().map(|s| fold(s)).collect();
    names.extend(case.article.publisher.iter().map(|p| fold(p)));
    names.extend(case.graph.organisations().iter().map(|p| fold(p)));
    let metas = ["og:site_name", "application-name", "apple-mobile-web-app-title", "publisher"];
    names.extend(metas.iter().filter_map(|n| case.metas(n).next()).map(fold));
    if let Some(url) = &fields.url {
        let host = url.host().strip_prefix("www.").unwrap_or(url.host());
        names.push(fold(host));
        names.push(fold(url.domain()));
        names.extend(url.domain().split('.').next().map(fold));
    }
    let home = case.evidence.linking.iter().filter(|(href, _)| leads_home(href, fields));
    names.extend(home.map(|(_, text)| fold(text)));
    names.retain(|n| n.chars().count() > 1);
    names.sort_unstable();
    names.dedup();
    names
}

/// Does the link lead to the page's site itself?
fn leads_home(href: &str, fields: &Fields) -> bool {
    let Some(page) = fields.url.as_ref().filter(|page| !page.is_front_page()) else {
        return false;
    };
    let is_home = |url: PageUrl| url.is_front_page() && url.host() == page.host();
    href == "/" || PageUrl::parse(href).is_ok_and(is_home)
}

/// The text of what some write into descriptions as HTML. A tag alone may be spoken of.
fn without_markup(text: &str) -> Cow<'_, str> {
    if !text.contains('<') || !(text.contains("</") || text.contains(" href=")) {
        return text.into();
    }
    Html::parse_fragment(text).root_element().text().collect::<String>().into()
}

fn summary(case: &Case<'_>, fields: &mut Fields) {
    let entry = case.context.hints.entry.and_then(|e| e.summary.as_deref());
    let entry = entry.filter(|s| !s.contains('<') && s.len() < MAX_SUMMARY);
    let candidates = [
        ("opengraph", case.meta(&["og:description"])),
        ("json-ld", case.article.description.as_deref()),
        ("meta", case.meta(&["description", "dc.description", "dcterms.description"])),
        ("meta", case.meta(&["twitter:description"])),
        ("feed", entry),
    ];
    let mut chosen = first(fields, "summary", &candidates);
    if let Some(text) = &mut chosen {
        super::text_of::shorten(text, MAX_SUMMARY);
    }
    fields.summary = chosen.and_then(|t| clean(&without_markup(&t)));
}

fn image(case: &Case<'_>, fields: &mut Fields) {
    let item = case.evidence.items.iter().find(|i| i.name == "image").and_then(|i| i.value);
    let candidates = [
        ("opengraph", case.meta(&["og:image:secure_url", "og:image", "og:image:url"])),
        ("json-ld", case.article.image.as_deref()),
        ("meta", case.meta(&["twitter:image", "twitter:image:src", "thumbnail"])),
        ("microdata", item),
        ("link", case.link("image_src")),
    ];
    for (source, reference) in candidates {
        let Some(url) = reference.and_then(|r| absolute(case, fields, r)) else { continue };
        fields.note("image", source);
        fields.image = Some(url);
        return;
    }
}

/// An address on the page as an absolute http(s) URL, untouched otherwise.
fn absolute(case: &Case<'_>, fields: &Fields, reference: &str) -> Option<String> {
    let base = case.context.url.or(fields.url.as_ref().map(PageUrl::as_str));
    let reference = decoded(reference.trim());
    let url = match base.and_then(|b| url::Url::parse(b).ok()) {
        Some(base) => base.join(&reference).ok()?,
        None => url::Url::parse(&reference).ok()?,
    };
    let fetchable = matches!(url.scheme(), "http" | "https");
    (fetchable && url.as_str().len() < 4000).then(|| url.into())
}

fn tags(case: &Case<'_>, fields: &mut Fields) {
    let split = |text: &str| -> Vec<String> {
        text.split([',', ';', '、', '，', '|']).filter_map(clean).collect()
    };
    let metas = |name| case.metas(name).flat_map(split).collect::<Vec<_>>();
    let keywords = case.article.keywords.iter().flat_map(|k| split(k)).collect::<Vec<_>>();
    let entry = case.context.hints.entry.map(|e| e.tags.clone()).unwrap_or_default();
    let candidates = [
        ("opengraph", metas("article:tag")),
        ("json-ld", keywords),
        ("feed", entry),
        ("meta", metas("news_keywords")),
        ("meta", metas("parsely-tags")),
        ("meta", metas("keywords")),
    ];
    let Some((source, found)) = candidates.into_iter().find(|(_, tags)| !tags.is_empty()) else {
        return;
    };
    for tag in found {
        let known = fields.tags.iter().any(|t| fold(t) == fold(&tag));
        if !known && tag.len() < 120 && fields.tags.len() < MAX_TAGS {
            fields.tags.push(tag);
        }
    }
    fields.note("tags", source);
}

fn section(case: &Case<'_>, fields: &mut Fields) {
    let item = case.evidence.items.iter().find(|i| i.name == "articleSection");
    let item = item.map(|i| i.value.unwrap_or(&i.piece.text));
    let candidates = [
        ("opengraph", case.meta(&["article:section", "og:article:section"])),
        ("json-ld", case.article.section.first().map(String::as_str)),
        ("microdata", item),
        ("meta", case.meta(&["parsely-section", "section", "category", "dc.subject"])),
    ];
    let chosen = first(fields, "section", &candidates);
    fields.section = chosen.filter(|s| s.len() < 120 && !s.contains("://"));
}

fn free(case: &Case<'_>, fields: &mut Fields) {
    let tier = case.meta(&["article:content_tier", "lp:paywall", "cxenseparse:paywall"]);
    let tier = tier.and_then(|t| match t.trim().to_ascii_lowercase().as_str() {
        "free" | "false" | "0" => Some(true),
        "locked" | "metered" | "true" | "1" | "paid" | "premium" => Some(false),
        _ => None,
    });
    let item = case.evidence.items.iter().find(|i| i.name == "isAccessibleForFree");
    let item = item.and_then(|i| match i.value.unwrap_or(&i.piece.text).trim() {
        "true" | "True" => Some(true),
        "false" | "False" => Some(false),
        _ => None,
    });
    let candidates = [("json-ld", case.article.free), ("meta", tier), ("microdata", item)];
    if let Some((source, free)) = candidates.into_iter().find_map(|(s, f)| Some((s, f?))) {
        fields.free = Some(free);
        fields.note("free", source);
    }
}

fn licence(case: &Case<'_>, fields: &mut Fields) {
    let candidates = [
        ("link", case.link("license")),
        ("json-ld", case.article.licence.as_deref()),
        ("meta", case.meta(&["dcterms.license", "dc.rights.license", "cc.license"])),
    ];
    fields.licence = first(fields, "licence", &candidates).filter(|l| l.len() < 300);
}

/// `noai` and `noimageai` in robots meta, the TDM Reservation Protocol's meta
/// (W3C TDMRep, 2024, 6.2) and DeviantArt's kin.
fn opt_outs(case: &Case<'_>, fields: &mut Fields) {
    for name in ["robots", "googlebot"] {
        for rule in case.metas(name).flat_map(|c| c.split([',', ' '])) {
            let rule = rule.trim().to_ascii_lowercase();
            if matches!(rule.as_str(), "noai" | "noimageai" | "noml" | "nollm") {
                fields.opt_outs.push(rule);
            }
        }
    }
    if case.metas("tdm-reservation").any(|c| c.trim() == "1") {
        fields.opt_outs.push("tdm-reservation".to_owned());
    }
    fields.opt_outs.sort_unstable();
    fields.opt_outs.dedup();
    if !fields.opt_outs.is_empty() {
        fields.note("opt_outs", "meta");
    }
}
