//! The language: what is declared against what the text is written in.

use super::language_of_few::language_of_few;
use super::language_tag::{is_kin, tag_of, two_letters};
use super::{Case, Fields, function_words};

/// Letters of a text looked at: more do not make the detector surer.
const MAX_LETTERS: usize = 900;
/// Letters from which the text may overrule a declaration in the same script.
const ENOUGH: usize = 200;
/// How sure the detector must be for that, 0 to 1.
const SURE: f64 = 0.93;

/// One letter in this many has to be one that few languages have, to tell one of those by it.
const RARE: usize = 60;

/// Letters from which the detector tells languages of another script than Latin apart.
const SOME: usize = 15;

/// Collects the declared languages, strongest first.
pub(super) fn declared(case: &Case<'_>, fields: &mut Fields) {
    let metas = ["content-language", "language", "dc.language", "dcterms.language", "lang"];
    let item = case.evidence.items.iter().find(|i| i.name == "inLanguage");
    let found = [
        ("setting", case.context.hints.language),
        ("html", case.evidence.body_lang),
        ("html", case.evidence.html_lang),
        ("json-ld", case.article.language.as_deref()),
        ("microdata", item.and_then(|i| i.value)),
        ("meta", case.meta(&metas)),
        ("opengraph", case.meta(&["og:locale"])),
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

/// The last word on the language, once the body is known. A declaration stands unless the text
/// is surely written in something else; the body, or where there is none the title, answers
/// where nothing is declared.
pub(crate) fn settle(fields: &mut Fields, body: &str) {
    let title = fields.title.as_deref().unwrap_or_default().to_owned();
    let text = if body.is_empty() { title.as_str() } else { body };
    if let Some((tag, source)) = fields.declared_languages.first().cloned()
        && function_words::are_of(&tag, text)
    {
        fields.note("lang", source);
        fields.lang = Some(tag);
        return;
    }
    let (text, letters) = sample(text);
    let Some(seen) = of_text(&text, letters) else { return };
    let agreeing = fields.declared_languages.iter().find(|(tag, _)| is_kin(tag, &seen.tag));
    if let Some((tag, source)) = agreeing.cloned() {
        fields.note("lang", source);
        fields.lang = Some(tag);
        return;
    }
    let declared = !fields.declared_languages.is_empty();
    let overruled = seen.by_script || (letters >= ENOUGH && seen.confidence >= SURE);
    if !declared || overruled {
        if let Some(tag) = fields.lang.take() {
            fields.lose("lang", &tag, "html");
        }
        fields.lang = Some(seen.tag);
        fields.note("lang", "text");
    }
}

/// The beginning of the text, and how many letters it has.
fn sample(text: &str) -> (String, usize) {
    let sample: String = text.chars().take(MAX_LETTERS * 5 / 4).collect();
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    (sample, letters)
}

struct Seen {
    tag: String,
    confidence: f64,
    /// The script alone tells: no other language is written in it.
    by_script: bool,
}

fn of_text(text: &str, letters: usize) -> Option<Seen> {
    if let Some(tag) = script(text, letters).or_else(|| by_letters(text, letters)) {
        return Some(Seen { tag: tag.to_owned(), confidence: 1.0, by_script: true });
    }
    // The detector compares with the profile of every language: most texts are told by less.
    if let Some(tag) = function_words::language_of(text) {
        return Some(Seen { tag: tag.to_owned(), confidence: 1.0, by_script: false });
    }
    let info = whatlang::detect(text)?;
    let tag = two_letters(info.lang().code());
    // The detector calls itself reliable on texts far too short for that.
    let sure = info.is_reliable() && (letters >= 25 || info.confidence() > 0.9);
    let foreign = info.script() != whatlang::Script::Latin && letters >= SOME;
    if !sure && !foreign {
        let tag = language_of_few(text, tag)?;
        return Some(Seen { tag: tag.to_owned(), confidence: 0.0, by_script: false });
    }
    Some(Seen {
        tag: tag.to_owned(),
        confidence: info.confidence(),
        by_script: foreign && letters >= 40,
    })
}

/// The language of scripts that (nearly) one language is written in, by majority of letters.
fn script(text: &str, letters: usize) -> Option<&'static str> {
    let mut counts = [0_usize; 12];
    for c in text.chars() {
        let at = match c as u32 {
            0x3040..=0x30ff => 0,
            0xac00..=0xd7af => 1,
            0x4e00..=0x9fff => 2,
            0xe00..=0xe7f => 3,
            0x370..=0x3ff | 0x1f00..=0x1fff => 4,
            0x10a0..=0x10ff => 5,
            0x530..=0x58f => 6,
            0x1780..=0x17ff => 7,
            0xe80..=0xeff => 8,
            0x1000..=0x109f => 9,
            0xd80..=0xdff => 10,
            0xb80..=0xbff => 11,
            _ => continue,
        };
        if let Some(count) = counts.get_mut(at) {
            *count += 1;
        }
    }
    let [kana, hangul, han, ..] = counts;
    if kana + han > letters / 2 && kana * 12 > kana + han {
        return Some("ja");
    }
    let tags = ["ja", "ko", "zh", "th", "el", "ka", "hy", "km", "lo", "my", "si", "ta"];
    let (count, tag) = counts.iter().zip(tags).max_by_key(|(count, _)| **count)?;
    let most = *count * 2 > letters && *count > 1;
    (most && (tag != "zh" || hangul == 0)).then_some(tag)
}

/// The language of texts with letters of their own, which the detectors do not know: Icelandic,
/// and those in Cyrillic script with letters that Russian has not.
fn by_letters(text: &str, letters: usize) -> Option<&'static str> {
    let all = text.chars().flat_map(char::to_lowercase);
    let count = |set: &str| all.clone().filter(|c| set.contains(*c)).count();
    let has = |set: &str| count(set) > 0;
    let own = count("әғқңөұүһіҳҷӣӯўҗҙҫþð");
    if own == 0 || own * RARE < letters {
        return None;
    }
    if has("þ") {
        return has("ð").then_some("is");
    }
    let is_cyrillic = count("аеоилнрт") * 4 >= letters;
    [
        ("tg", has("ҷӣӯ")),
        ("ba", has("ҙҫ")),
        ("uz", has("ў") && has("қғҳ")),
        ("kk", has("ұқғ")),
        ("tt", has("җә")),
        ("ky", has("ң")),
        ("mn", has("өү")),
    ]
    .into_iter()
    .find_map(|(tag, is_it)| (is_cyrillic && is_it).then_some(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(declared: &[&str], body: &str) -> Option<String> {
        let mut fields = Fields {
            declared_languages: declared.iter().map(|d| ((*d).to_owned(), "html")).collect(),
            lang: declared.first().map(|d| (*d).to_owned()),
            ..Fields::default()
        };
        settle(&mut fields, body);
        fields.lang
    }

    #[test]
    fn the_text_overrules_a_template_and_kin_do_not() {
        let german = "Der Regen hat am Donnerstag die lange Dürre im Süden des Landes beendet. \
            Bauern hatten seit Monaten auf Niederschläge gewartet, viele Felder waren verdorrt. \
            Die Behörden warnen nun allerdings vor Überschwemmungen, weil die ausgetrockneten \
            Böden das Wasser kaum aufnehmen können. Am Wochenende soll es weiter regnen.";
        assert_eq!(settled(&["en"], german).as_deref(), Some("de"));
        assert_eq!(settled(&["en", "de-AT"], german).as_deref(), Some("de-AT"));
        assert_eq!(settled(&["de-CH"], german).as_deref(), Some("de-CH"));
        assert_eq!(settled(&[], german).as_deref(), Some("de"));
    }

    #[test]
    fn short_texts_are_told_by_their_script() {
        assert_eq!(settled(&[], "東京で雨が降りました").as_deref(), Some("ja"));
        assert_eq!(settled(&[], "외교부 장관 회담").as_deref(), Some("ko"));
        assert_eq!(
            settled(&["en"], "雨が降り、干ばつが終わった。農家は喜んでいる。").as_deref(),
            Some("ja")
        );
        assert_eq!(settled(&["en"], "OK").as_deref(), Some("en"));
        for (text, language) in [
            ("Қазақстанда жаңа мектеп ашылды", "kk"),
            ("Хөкүмәт бюджет проектын хуплады", "tt"),
            ("Өкмөт жаңы бюджеттин долбоорун жактырды", "ky"),
            ("Засгийн газар төсвийн төслийг баталлаа", "mn"),
            ("Ҳукумат лоиҳаи буҷети соли ояндаро тасдиқ кард", "tg"),
            ("Ríkisstjórnin samþykkti á þriðjudag fjárlagafrumvarp næsta árs", "is"),
        ] {
            assert_eq!(settled(&[], text).as_deref(), Some(language), "{text}");
        }
    }
}
