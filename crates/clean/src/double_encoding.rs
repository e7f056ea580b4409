//! Pages that were encoded twice: their UTF-8 was once read as Windows-1252, or byte for byte as
//! ISO 8859-1, and written as UTF-8 again, so that all readers see `donâ€™t`.

use encoding_rs::WINDOWS_1252;
use memchr::memchr_iter;

/// So many characters that nobody means have to be there.
const ENOUGH: usize = 3;

/// The first byte, in UTF-8, of all characters from U+00C0 to U+00FF: what begins a sequence.
const LEAD: u8 = 0xc3;

/// A character of which each byte has become a character.
struct Twice {
    /// Where it begins in the text.
    at: usize,
    /// Bytes of the text that it takes.
    length: usize,
    meant: char,
    /// Nobody means what stands there.
    is_sure: bool,
}

/// The text as it was meant, if it was encoded twice. Typographic marks tell: in a page that was
/// encoded once those are right, and an article about broken ones has right ones too. Linear.
pub(crate) fn mended(text: &str) -> Option<String> {
    let sure = sequences(text).filter(|twice| twice.is_sure).count();
    if sure < ENOUGH || sure <= text.matches(['’', '“', '”', '–', '—', '…']).count() {
        return None;
    }
    let mut mended = String::with_capacity(text.len());
    let mut from = 0;
    for twice in sequences(text) {
        mended.push_str(text.get(from..twice.at)?);
        mended.push(twice.meant);
        from = twice.at + twice.length;
    }
    mended.push_str(text.get(from..)?);
    Some(mended)
}

/// What may have been encoded twice, from the start on, none inside another.
fn sequences(text: &str) -> impl Iterator<Item = Twice> {
    let mut end = 0;
    memchr_iter(LEAD, text.as_bytes()).filter_map(move |at| {
        let twice = (at >= end).then(|| sequence(text, at)).flatten()?;
        end = at + twice.length;
        Some(twice)
    })
}

fn sequence(text: &str, at: usize) -> Option<Twice> {
    let mut chars = text.get(at..)?.chars();
    let lead = chars.next()?;
    // Letters and marks of Europe, punctuation, emoji: others could be meant as they stand.
    let more = match lead {
        '\u{c2}'..='\u{c5}' | '\u{ce}'..='\u{d1}' => 1,
        '\u{e2}' => 2,
        '\u{f0}' => 3,
        _ => return None,
    };
    let (mut bytes, mut length, mut is_raw) = ([lead as u8, 0, 0, 0], lead.len_utf8(), false);
    for slot in bytes.get_mut(1..=more)? {
        let c = chars.next()?;
        *slot = byte(c).filter(|byte| (0x80..0xc0).contains(byte))?;
        length += c.len_utf8();
        is_raw |= ('\u{80}'..'\u{a0}').contains(&c);
    }
    let meant = std::str::from_utf8(bytes.get(..=more)?).ok()?.chars().next()?;
    let is_mark = ('\u{2010}'..'\u{2030}').contains(&meant);
    let twice = Twice { at, length, meant, is_sure: is_raw || is_mark };
    (!meant.is_control()).then_some(twice)
}

/// The byte that was read as this character.
fn byte(c: char) -> Option<u8> {
    if let Some(byte) = u8::try_from(c).ok().filter(|byte| *byte >= 0x80) {
        return Some(byte);
    }
    let mut room = [0; 4];
    let (bytes, _, is_bad) = WINDOWS_1252.encode(c.encode_utf8(&mut room));
    bytes.first().copied().filter(|byte| !is_bad && *byte >= 0x80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Encoded twice, by way of Windows-1252 as browsers have it.
    fn twice(text: &str) -> String {
        WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0.into_owned()
    }

    #[test]
    fn what_was_encoded_twice_is_read_as_it_was_meant() {
        let meant = "“Don’t”, said Zoë – at 5\u{a0}°C, for 3\u{a0}€… 🎉";
        assert_eq!(mended(&twice(meant)).as_deref(), Some(meant));
        let raw: String = meant.bytes().map(char::from).collect();
        assert_eq!(mended(&raw).as_deref(), Some(meant));
    }

    #[test]
    fn what_is_right_stays() {
        for right in [
            "“Don’t”, said Zoë – at 5\u{a0}°C",
            "Where readers see â€™ or â€œ or â€“, the charset is wrong: it’s ‘UTF-8’ – “twice” – …",
            "«IRMÃ» «AMANHÃ» “MAÇÃ” «LÃ»",
            "La « crème brûlée »\u{a0}: «\u{a0}là\u{a0}», «\u{a0}ê\u{a0}» à",
            "Rain",
            "",
        ] {
            assert_eq!(mended(right), None, "{right}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived_and_mended_once(text in "[a-zÃâ€™œ\u{80}-\u{ff}”“’ ]{0,40}") {
            if let Some(mended) = mended(&text) {
                prop_assert!(mended.len() < text.len());
            }
        }
    }
}
