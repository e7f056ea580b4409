//! Names of languages: BCP 47 tags from what pages declare and from the detectors' codes, and
//! which languages are taken for one another.

/// Languages that the detector takes for one another; a declaration tells them apart.
const KIN: [&[&str]; 12] = [
    &["no", "nb", "nn", "da", "sv"],
    &["sr", "hr", "bs", "sl", "mk", "sh", "me"],
    &["id", "ms", "jv", "su"],
    &["cs", "sk"],
    &["es", "gl", "ca", "pt", "ast", "eu"],
    &["nl", "af", "fy", "li"],
    &["ru", "uk", "be", "bg", "kk", "ky", "mn", "tt"],
    &["ar", "fa", "ur", "ps", "ckb", "ug"],
    &["hi", "mr", "ne", "sa", "bh", "mai"],
    &["zh", "yue", "wuu", "cmn"],
    &["tr", "az", "tk", "uz"],
    &["de", "lb", "gsw", "nds", "yi"],
];

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
        "deutsch" | "german" => "de",
        "jp" => "ja",
        "cn" => "zh",
        "gr" => "el",
        "cz" => "cs",
        "ua" => "uk",
        other => other,
    };
    let known = (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_lowercase());
    if !known || primary == "und" {
        return None;
    }
    let mut tag = primary.to_owned();
    for part in parts.take(2) {
        let Some(part) = subtag(part) else { break };
        tag.push('-');
        tag.push_str(&part);
    }
    Some(tag)
}

/// A region (`US`, `419`) or a script (`Hant`) in the usual case.
fn subtag(part: &str) -> Option<String> {
    let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
    match part.len() {
        2 if letters => Some(part.to_ascii_uppercase()),
        3 if part.bytes().all(|b| b.is_ascii_digit()) => Some(part.to_owned()),
        4 if letters => {
            let (head, tail) = part.split_at_checked(1)?;
            Some(format!("{}{}", head.to_ascii_uppercase(), tail.to_ascii_lowercase()))
        }
        _ => None,
    }
}

/// Does `tag` name the language `seen`, or one that it is taken for?
pub(super) fn is_kin(tag: &str, seen: &str) -> bool {
    let primary = tag.split('-').next().unwrap_or(tag);
    primary == seen || KIN.iter().any(|kin| kin.contains(&primary) && kin.contains(&seen))
}

/// ISO 639-1 for the detector's ISO 639-3 codes.
pub(super) fn two_letters(code: &'static str) -> &'static str {
    match code {
        "epo" => "eo",
        "eng" => "en",
        "rus" => "ru",
        "cmn" => "zh",
        "spa" => "es",
        "por" => "pt",
        "ita" => "it",
        "ben" => "bn",
        "fra" => "fr",
        "deu" => "de",
        "ukr" => "uk",
        "kat" => "ka",
        "ara" | "arb" => "ar",
        "hin" => "hi",
        "jpn" => "ja",
        "heb" => "he",
        "yid" => "yi",
        "pol" => "pl",
        "amh" => "am",
        "jav" => "jv",
        "kor" => "ko",
        "nob" => "nb",
        "dan" => "da",
        "swe" => "sv",
        "fin" => "fi",
        "tur" => "tr",
        "nld" => "nl",
        "hun" => "hu",
        "ces" => "cs",
        "ell" => "el",
        "bul" => "bg",
        "bel" => "be",
        "mar" => "mr",
        "kan" => "kn",
        "ron" => "ro",
        "slv" => "sl",
        "hrv" => "hr",
        "srp" => "sr",
        "mkd" => "mk",
        "lit" => "lt",
        "lav" => "lv",
        "est" => "et",
        "tam" => "ta",
        "vie" => "vi",
        "urd" => "ur",
        "tha" => "th",
        "guj" => "gu",
        "uzb" => "uz",
        "pan" => "pa",
        "aze" => "az",
        "ind" => "id",
        "tel" => "te",
        "pes" => "fa",
        "mal" => "ml",
        "ori" => "or",
        "mya" => "my",
        "nep" => "ne",
        "sin" => "si",
        "khm" => "km",
        "tuk" => "tk",
        "aka" => "ak",
        "zul" => "zu",
        "sna" => "sn",
        "afr" => "af",
        "lat" => "la",
        "slk" => "sk",
        "cat" => "ca",
        "tgl" => "tl",
        "hye" => "hy",
        "cym" => "cy",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_become_tags() {
        for (text, tag) in [
            ("en_us", Some("en-US")),
            ("zh-hant-tw", Some("zh-Hant-TW")),
            ("iw", Some("he")),
            ("es-419", Some("es-419")),
            ("English", Some("en")),
            ("de-DE, en", Some("de-DE")),
            ("", None),
            ("{{lang}}", None),
        ] {
            assert_eq!(tag_of(text).as_deref(), tag, "{text}");
        }
    }
}
