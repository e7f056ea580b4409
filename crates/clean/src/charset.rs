//! Bytes to text: which charset, and the decoding.
//!
//! The order is: byte order mark, valid UTF-8 (text in another charset is almost never valid
//! UTF-8 by chance, while labels are often wrong), the HTTP header, the page's own `meta` or
//! XML declaration, and at last a guess from the bytes.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    Encoding, ISO_2022_JP, ISO_8859_2, ISO_8859_4, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE,
    WINDOWS_1250, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257, WINDOWS_1258,
};

/// How far into the page its own declaration is looked for, in bytes. Browsers look at 1,024;
/// pages with scripts before their `meta` are read by nobody then.
const PRESCAN: usize = 8 * 1024;

/// ISO-2022-JP, all of whose bytes are ASCII, switches its tables with this.
const ESCAPE: u8 = 0x1b;

/// How much of a page the guess is made from, in bytes.
const SAMPLE: usize = 256 * 1024;

/// Decodes `bytes`, which the wire called `content_type` (the whole header). Malformed
/// sequences become U+FFFD. Borrows where the bytes are UTF-8 already. Linear.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
) -> (Cow<'a, str>, &'static Encoding) {
    let (encoding, skip) = choose(bytes, content_type);
    let rest = bytes.get(skip..).unwrap_or_default();
    (encoding.decode_without_bom_handling(rest).0, encoding)
}

/// How much is looked at to tell data from text, in bytes.
const HEAD: usize = 4096;

/// Control characters that text does not have, more than one in fifty of the beginning. UTF-16
/// is to be decoded first.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    let odd = head.iter().filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31 | 127)).count();
    odd * 50 > head.len()
}

/// The encoding, and the length of the byte order mark that said so.
fn choose(bytes: &[u8], content_type: Option<&str>) -> (&'static Encoding, usize) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return (encoding, length);
    }
    // Nothing else has a zero in every other place, whatever its label.
    if let Some(encoding) = utf16_by_zeros(bytes) {
        return (encoding, 0);
    }
    let header = content_type.and_then(|value| label_in(value.as_bytes()));
    let declared = header.or_else(|| declared(bytes));
    let valid = std::str::from_utf8(bytes).is_ok();
    let encoding = match declared {
        Some(encoding) if valid && !bytes.is_ascii() && !is_utf16(encoding) => UTF_8,
        Some(encoding) if encoding == ISO_2022_JP => encoding,
        _ if valid && !bytes.contains(&ESCAPE) && !declared.is_some_and(is_utf16) => UTF_8,
        Some(encoding) if encoding == UTF_8 && is_mostly_utf8(bytes) => encoding,
        Some(encoding) if encoding != UTF_8 && encoding != WINDOWS_1252 => encoding,
        Some(encoding) if encoding == WINDOWS_1252 => western_unless(guess(bytes)),
        _ => guess(bytes),
    };
    (encoding, 0)
}

/// UTF-16 without a byte order mark: of markup, which is ASCII, every other byte is zero.
fn utf16_by_zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let (mut even, mut odd) = (0, 0);
    for pair in bytes.get(..64).unwrap_or(bytes).chunks_exact(2) {
        even += usize::from(pair.first() == Some(&0));
        odd += usize::from(pair.last() == Some(&0));
    }
    match (even, odd) {
        (0, 17..) => Some(UTF_16LE),
        (17.., 0) => Some(UTF_16BE),
        _ => None,
    }
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// Declared as UTF-8 and nearly so: a cut character or a few foreign bytes do not make it
/// another charset. More than one broken sequence among ten whole ones do.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut broken, mut whole) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken <= 1 + whole / 10
}

/// Many servers call everything windows-1252 (or ISO-8859-1, which is the same label): bytes of
/// another script contradict it, a few accents that another Latin charset would explain as well
/// do not.
fn western_unless(guess: &'static Encoding) -> &'static Encoding {
    const LATIN: &[&Encoding] =
        &[WINDOWS_1250, WINDOWS_1254, WINDOWS_1257, WINDOWS_1258, ISO_8859_2, ISO_8859_4];
    if LATIN.contains(&guess) { WINDOWS_1252 } else { guess }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes.get(..SAMPLE).unwrap_or(bytes), true);
    detector.guess(None, Utf8Detection::Allow)
}

/// The page's own declaration: an XML declaration or a `meta` with `charset`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..PRESCAN).unwrap_or(bytes);
    if head.starts_with(b"<?xml") {
        let end = head.iter().position(|b| *b == b'>').unwrap_or(head.len());
        if let Some(encoding) = value_after(head.get(..end)?, b"encoding").and_then(label) {
            return Some(encoding);
        }
    }
    let mut rest = head;
    while let Some(at) = find(rest, b"<meta") {
        rest = rest.get(at + 5..)?;
        let end = rest.iter().position(|b| *b == b'>').unwrap_or(rest.len());
        if let Some(encoding) = rest.get(..end).and_then(label_in) {
            // A page whose declaration could be read as ASCII is not UTF-16.
            return Some(if is_utf16(encoding) { UTF_8 } else { encoding });
        }
    }
    None
}

fn label_in(text: &[u8]) -> Option<&'static Encoding> {
    value_after(text, b"charset").and_then(label)
}

fn label(name: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_label(name).filter(|encoding| *encoding != REPLACEMENT)
}

/// The value after `name =`, quoted or not.
fn value_after<'a>(text: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let after = text.get(find(text, name)? + name.len()..)?.trim_ascii_start();
    let value = after.strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let end = value
        .iter()
        .position(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b';' | b'/' | b'?'))
        .unwrap_or(value.len());
    value.get(..end)
}

/// Where `needle` (lower case ASCII) first stands in `text`, in any case.
fn find(text: &[u8], needle: &[u8]) -> Option<usize> {
    text.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text_of(bytes: &[u8], content_type: Option<&str>) -> (String, &'static str) {
        let (text, encoding) = decode(bytes, content_type);
        (text.into_owned(), encoding.name())
    }

    #[test]
    fn a_byte_order_mark_wins() {
        let page = b"\xef\xbb\xbf\xc3\xa9";
        assert_eq!(text_of(page, Some("text/html; charset=koi8-r")), ("é".into(), "UTF-8"));
        assert_eq!(text_of(b"\xff\xfeh\0i\0", None), ("hi".into(), "UTF-16LE"));
        let text = "<p>No mark before it, and a label that is wrong";
        let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text_of(&bytes, Some("text/html; charset=utf-8")), (text.into(), "UTF-16BE"));
    }

    #[test]
    fn valid_utf8_wins_over_a_wrong_label() {
        let page = "<meta charset=iso-8859-1>né".as_bytes();
        assert!(text_of(page, Some("text/html; charset=windows-1251")).0.ends_with("né"));
    }

    #[test]
    fn the_header_and_the_meta_are_read() {
        let page = b"<meta http-equiv=content-type content='text/html; charset=windows-1251'>\xcc";
        assert!(text_of(page, None).0.ends_with('М'));
        assert!(text_of(page, Some("text/html;charset=\"koi8-r\"")).0.ends_with('л'));
        let xml = b"<?xml version=\"1.0\" encoding='shift_jis'?><p>\x93\xfa";
        assert!(text_of(xml, None).0.ends_with('日'));
    }

    #[test]
    fn without_a_label_the_bytes_are_judged() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("Дождь закончился, и засуха тоже.");
        assert_eq!(text_of(&bytes, None).1, "windows-1251");
        let (bytes, _, _) = ISO_2022_JP.encode("雨が降った。今日は晴れ。");
        assert_eq!(text_of(&bytes, None).1, "ISO-2022-JP");
    }

    #[test]
    fn a_western_label_is_believed_unless_the_bytes_are_of_another_script() {
        let page = b"<meta charset=windows-1252><title>\x93Quoted\x94 \x96 na\xefve \x805</title>";
        assert!(text_of(page, None).0.contains("“Quoted” – naïve €5"));
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode("Дождь закончился, и засуха тоже.");
        let page = [b"<meta charset=iso-8859-1>", &*bytes].concat();
        assert_eq!(text_of(&page, None).1, "windows-1251");
    }

    #[test]
    fn one_cut_character_does_not_change_the_charset() {
        let page = "<meta charset=utf-8>Ängste und Nöte".as_bytes();
        let mut cut = page.to_vec();
        cut.push(0xc3);
        assert_eq!(text_of(&cut, None).1, "UTF-8");
    }

    proptest! {
        #[test]
        fn any_bytes_decode(bytes in proptest::collection::vec(any::<u8>(), 0..300),
                            label in proptest::option::of("[ -~]{0,40}")) {
            let _ = decode(&bytes, label.as_deref());
        }
    }
}
