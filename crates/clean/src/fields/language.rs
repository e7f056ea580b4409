//! The language: what is declared against what the text is written in.

use super::{Case, Fields};

/// Collects the declared languages, strongest first.
pub(super) fn declared(case: &Case<'_>, fields: &mut Fields) {
    let locale = case.meta(&["og:locale"]);
    let metas = ["content-language", "language", "dc.language", "dcterms.language", "lang"];
    let item = case.evidence.items.iter().find(|i| i.name == "inLanguage");
    let found = [
        ("html", case.evidence.body_lang),
        ("html", case.evidence.html_lang),
        ("json-ld", case.article.language.as_deref()),
        ("microdata", item.and_then(|i| i.value)),
        ("meta", case.meta(&metas)),
        ("opengraph", locale),
    ];
    for (source, text) in found {
        if let Some(tag) = text.and_then(tag_of) {
            fields.declared_languages.push((tag, source));
        }
    }
    if let Some((tag, source)) = fields.declared_languages.first().cloned() {
        fields.note("lang", source);
        fields.lang = Some(tag);
    }
}

/// A declaration as a BCP 47 tag in the usual case (`en_us` → `en-US`); `None` when it is
/// none.
pub(super) fn tag_of(text: &str) -> Option<String> {
    let text = text.trim().split([',', ';', ' ']).next()?;
    let mut parts = text.split(['-', '_']);
    let primary = parts.next()?.to_ascii_lowercase();
    let primary = match primary.as_str() {
        "iw" => "he",
        "ji" => "yi",
        "english" => "en",
        "jp" => "ja",
        "cn" => "zh",
        "gr" => "el",
        "cz" => "cs",
        "ua" => "uk",
        other => other,
    };
    let known = primary.len() == 2 || primary.len() == 3;
    if !known || !primary.bytes().all(|b| b.is_ascii_lowercase()) || primary == "und" {
        return None;
    }
    let mut tag = primary.to_owned();
    for part in parts.take(2) {
        let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
        let digits = part.bytes().all(|b| b.is_ascii_digit());
        match part.len() {
            2 if letters => tag.push_str(&format!("-{}", part.to_ascii_uppercase())),
            3 if digits => tag.push_str(&format!("-{part}")),
            4 if letters => {
                let (head, tail) = part.split_at_checked(1)?;
                tag.push_str(&format!(
                    "-{}{}",
                    head.to_ascii_uppercase(),
                    tail.to_ascii_lowercase()
                ));
            }
            _ => break,
        }
    }
    Some(tag)
}

/// The last word on the language, once the body is known.
pub(crate) fn settle(fields: &mut Fields, body: &str) {
    if fields.lang.is_some() {
        return;
    }
    if let Some(info) = whatlang::detect(body).filter(whatlang::Info::is_reliable) {
        fields.lang = tag_of(info.lang().code());
        fields.note("lang", "text");
    }
}
