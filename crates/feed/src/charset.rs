//! Bytes to text.
//!
//! The order, each step only where the one before did not decide: byte order mark; the
//! pattern of zero bytes that UTF-16 and UTF-32 markup makes; valid UTF-8; the charset of
//! the HTTP header; the one of the XML declaration; a detector. A charset that the bytes
//! contradict is passed over.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, GBK, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::problem::{ProblemKind, Problems};

/// How far a declaration is looked for, and a detector looks, in bytes.
const DECLARATION_WINDOW: usize = 1024;
const DETECTOR_WINDOW: usize = 256 * 1024;

/// How much ASCII on either side of other bytes a detector is shown, and after how much in
/// all it has seen enough, in bytes.
const BESIDE: usize = 16;
const ENOUGH: usize = 16 * 1024;

/// Decodes `bytes`. Borrowed where they are UTF-8 already. Linear in the bytes.
pub(crate) fn decode<'a>(
    bytes: &'a [u8],
    content_type: Option<&str>,
    problems: &mut Problems,
) -> Cow<'a, str> {
    if let Some(text) = by_mark(bytes, problems).or_else(|| by_zeros(bytes, problems)) {
        return text;
    }
    let sent = content_type.and_then(sent_label);
    let declared = declared_label(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        if bytes.contains(&0x1b)
            && let Some(text) = decode_clean(ISO_2022_JP, bytes)
        {
            return text;
        }
        let other = sent.or(declared).is_some_and(|e| e != UTF_8);
        if other && !bytes.is_ascii() {
            problems.note(ProblemKind::WrongCharset);
        }
        return Cow::Borrowed(text);
    }
    if let Some(text) = mended_utf8(bytes, problems) {
        return text;
    }
    legacy(bytes, sent, declared, problems)
}

/// A single-byte charset is never contradicted by bytes alone, so one that many servers send
/// for everything (windows-1252 and its kin) does not overrule a more special declaration.
fn legacy<'a>(
    bytes: &'a [u8],
    sent: Option<&'static Encoding>,
    declared: Option<&'static Encoding>,
    problems: &mut Problems,
) -> Cow<'a, str> {
    let special = |e: &&'static Encoding| *e != WINDOWS_1252;
    let order =
        [sent.filter(special), declared.filter(special), sent, declared].into_iter().flatten();
    let mut contradicted = false;
    for encoding in order {
        if encoding == UTF_8 || encoding == UTF_16LE || encoding == UTF_16BE {
            contradicted = true;
            continue;
        }
        if let Some(text) = decode_clean(encoding, bytes) {
            if contradicted {
                problems.note(ProblemKind::WrongCharset);
            }
            return text;
        }
        contradicted = true;
    }
    problems.note(if contradicted { ProblemKind::WrongCharset } else { ProblemKind::NoCharset });
    let guess = detect(bytes);
    guess.decode_without_bom_handling(bytes).0
}

/// The bytes are not ASCII alone, so ISO-2022-JP is out of the question.
fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&telling(bytes.get(..DETECTOR_WINDOW).unwrap_or(bytes)), true);
    widened(detector.guess(None, chardetng::Utf8Detection::Deny))
}

/// The bytes that tell one charset from another: those that are not ASCII, and what stands
/// next to them. A detector weighs every byte twenty times over, and most of a feed is markup.
fn telling(bytes: &[u8]) -> Vec<u8> {
    let mut telling = Vec::new();
    for run in bytes.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
        match (run.first_chunk::<BESIDE>(), run.last_chunk::<BESIDE>()) {
            (Some(head), Some(tail)) if run.len() > 2 * BESIDE && run.is_ascii() => {
                telling.extend_from_slice(head);
                telling.extend_from_slice(tail);
            }
            _ => telling.extend_from_slice(run),
        }
        if telling.len() > ENOUGH {
            break;
        }
    }
    telling
}

/// `gb2312` is nearly always GBK in truth, and GB 18030 holds both.
fn widened(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == GBK { GB18030 } else { encoding }
}

fn decode_clean<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
    encoding.decode_without_bom_handling_and_without_replacement(bytes)
}

fn by_mark<'a>(bytes: &'a [u8], problems: &mut Problems) -> Option<Cow<'a, str>> {
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Some(Cow::Owned(utf32(bytes, bytes.first() == Some(&0xff))));
    }
    let (encoding, length) = Encoding::for_bom(bytes)?;
    let rest = bytes.get(length..)?;
    if encoding == UTF_8 {
        // A mark, but other bytes follow: the mark lies.
        return match std::str::from_utf8(rest) {
            Ok(text) => Some(Cow::Borrowed(text)),
            Err(_) => mended_utf8(rest, problems),
        };
    }
    if !rest.iter().take(64).any(|b| *b == 0) && rest.iter().take(64).any(|b| *b == b'<') {
        return None;
    }
    Some(encoding.decode_without_bom_handling(rest).0)
}

/// Markup starts with `<` and ASCII: where its zeros stand tells the width and order.
fn by_zeros<'a>(bytes: &'a [u8], problems: &mut Problems) -> Option<Cow<'a, str>> {
    let head = bytes.get(..bytes.len().min(256))?;
    if !head.contains(&0) {
        return None;
    }
    let zeros = |offset: usize, step: usize| {
        head.iter().skip(offset).step_by(step).filter(|b| **b == 0).count()
    };
    let quarter = head.len() / 4;
    if quarter >= 2 && (zeros(1, 4) + zeros(2, 4)) * 2 >= quarter * 3 {
        return Some(Cow::Owned(utf32(bytes, zeros(3, 4) >= zeros(0, 4))));
    }
    let (even, odd) = (zeros(0, 2), zeros(1, 2));
    if (even + odd) * 4 < head.len() {
        return None;
    }
    problems.note(ProblemKind::NoCharset);
    let encoding = if even > odd { UTF_16BE } else { UTF_16LE };
    Some(encoding.decode_without_bom_handling(bytes).0)
}

fn utf32(bytes: &[u8], little: bool) -> String {
    let (units, _) = bytes.as_chunks::<4>();
    units
        .iter()
        .map(|unit| if little { u32::from_le_bytes(*unit) } else { u32::from_be_bytes(*unit) })
        .map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

/// UTF-8 with some bytes that are not: cut text, or two sources joined. Taken as UTF-8 where
/// characters of several bytes are at least as many as the bad bytes; each bad byte is read
/// as windows-1252, a character cut by the end of the input is dropped.
fn mended_utf8<'a>(bytes: &'a [u8], problems: &mut Problems) -> Option<Cow<'a, str>> {
    let chunks = || bytes.utf8_chunks();
    let bad: usize = chunks().map(|c| c.invalid().len()).sum();
    let wide: usize = chunks().map(|c| wide_characters(c.valid())).sum();
    let cut = std::str::from_utf8(bytes).err().filter(|e| e.error_len().is_none());
    if let Some(cut) = cut {
        return std::str::from_utf8(bytes.get(..cut.valid_up_to())?).ok().map(Cow::Borrowed);
    }
    if wide < bad {
        return None;
    }
    let mut text = String::with_capacity(bytes.len() + bad * 2);
    for chunk in chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    problems.note(ProblemKind::BadBytes);
    Some(Cow::Owned(text))
}

fn wide_characters(text: &str) -> usize {
    // Lead bytes of sequences of two and more.
    text.bytes().filter(|b| *b >= 0xc0).count()
}

/// The charset of a `Content-Type` header.
fn sent_label(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    let (_, after) = lower.split_once("charset")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let label = value.trim_matches(['"', '\'']).split([';', ',', '"', '\'', ' ']).next()?;
    Encoding::for_label(label.as_bytes()).map(widened)
}

/// The charset of the XML declaration, wherever in the first bytes it stands.
fn declared_label(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..DECLARATION_WINDOW).unwrap_or(bytes);
    let start = memchr::memmem::find(head, b"<?xml")?;
    let declaration = head.get(start..)?;
    let end = memchr::memchr(b'>', declaration).unwrap_or(declaration.len());
    let declaration = declaration.get(..end)?;
    let at = memchr::memmem::find(declaration, b"encoding")?;
    let value = declaration.get(at + b"encoding".len()..)?;
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
    let from = value.iter().position(is_name)?;
    let label = value.get(from..)?;
    let length = label.iter().position(|b| !is_name(b)).unwrap_or(label.len());
    Encoding::for_label(label.get(..length)?).map(widened)
}

#[cfg(test)]
mod tests {
    use encoding_rs::WINDOWS_1251;

    use super::*;

    fn read(bytes: &[u8], content_type: Option<&str>) -> (String, Vec<ProblemKind>) {
        let mut problems = Problems::default();
        let text = decode(bytes, content_type, &mut problems).into_owned();
        (text, problems.into_vec().into_iter().map(|p| p.kind).collect())
    }

    #[test]
    fn utf8_wins_over_what_is_said() {
        let bytes = "<?xml version='1.0' encoding='windows-1251'?><rss>é</rss>".as_bytes();
        let (text, problems) = read(bytes, Some("text/xml; charset=koi8-r"));
        assert!(text.contains('é'));
        assert_eq!(problems, [ProblemKind::WrongCharset]);
    }

    #[test]
    fn wide_encodings_are_told_by_mark_or_zeros() {
        let text = "<rss>Жук</rss>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let wide: Vec<u8> = text.chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        for bytes in [little, big, wide] {
            assert_eq!(read(&bytes, Some("text/xml; charset=utf-8")).0, text);
        }
    }

    #[test]
    fn the_header_stands_before_the_declaration() {
        let mut bytes = b"<?xml version='1.0' encoding=\"iso-8859-1\"?><rss>".to_vec();
        bytes.extend([0xe6, 0xf3, 0xea]);
        assert!(read(&bytes, Some("text/xml; charset=\"windows-1251\"")).0.ends_with("жук"));
        assert!(read(&bytes, None).0.ends_with("æóê"));
    }

    #[test]
    fn undeclared_charsets_are_told_far_behind_markup() {
        let mut bytes = format!("<rss>{}", "<item><link>x</link></item>".repeat(900)).into_bytes();
        for _ in 0..20 {
            bytes.extend(
                WINDOWS_1251.encode("<title>Новости большого города сегодня</title>").0.iter(),
            );
        }
        let (text, problems) = read(&bytes, None);
        assert!(text.contains("Новости большого города"), "{text}");
        assert_eq!(problems, [ProblemKind::NoCharset]);
    }

    #[test]
    fn single_bad_bytes_do_not_cost_the_rest() {
        let (text, problems) = read(b"<rss>\xc3\xa9\xc3\xa9 \x92 \xc3\xa9</rss>", None);
        assert_eq!(text, "<rss>éé ’ é</rss>");
        assert_eq!(problems, [ProblemKind::BadBytes]);
        assert_eq!(read(b"<rss>ab\xc3", None).0, "<rss>ab");
    }
}
