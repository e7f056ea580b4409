//! Named and numeric character references.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The list, as data: see the comment at its top for the form and the source.
const LIST: &str = include_str!("entities.txt");

/// Longest name in the list, in bytes.
pub(crate) const LONGEST_NAME: usize = 33;

static NAMES: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    LIST.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(name, value)| (name, unhidden(value)))
        .collect()
});

/// `\hex;` to the character that it hides.
fn unhidden(value: &str) -> String {
    if value.len() < 2 || !value.starts_with('\\') {
        return value.to_owned();
    }
    value
        .split(';')
        .filter_map(|part| u32::from_str_radix(part.strip_prefix('\\')?, 16).ok())
        .filter_map(char::from_u32)
        .collect()
}

/// What the reference `&name;` of HTML stands for.
pub(crate) fn named(name: &str) -> Option<&'static str> {
    NAMES.get(name).map(String::as_str)
}

/// The character of a numeric reference's digits (`233`, `xE9`), with 128 to 159 read as
/// windows-1252 (WHATWG HTML, 13.2.5.80); `None` for what cannot be a character of XML.
pub(crate) fn numeric(digits: &str) -> Option<char> {
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    let code = match u8::try_from(code) {
        Ok(byte @ 0x80..=0x9f) => {
            let bytes = [byte];
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
            return text.chars().next().filter(|c| !is_forbidden(*c));
        }
        _ => code,
    };
    char::from_u32(code).filter(|c| !is_forbidden(*c))
}

/// Is `c` a control or other character that XML text cannot hold (XML 1.0, 2.2), or a C1
/// control, which nobody means?
pub(crate) fn is_forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{fffe}' | '\u{ffff}')
}

/// A reference at the start of a text.
pub(crate) enum Reference<'a> {
    /// A numeric one, with its digits.
    Numeric(&'a str),
    /// A named one, with its name; whether it is known is another question.
    Named(&'a str),
}

/// Reads the reference that `text` starts with, and says how long it is in bytes. The `;` may
/// be missing after a numeric reference only.
pub(crate) fn reference(text: &str) -> Option<(Reference<'_>, usize)> {
    let body = text.strip_prefix('&')?;
    if let Some(number) = body.strip_prefix('#') {
        let hex = number.starts_with(['x', 'X']);
        let skip = usize::from(hex);
        let is_digit = |c: char| if hex { c.is_ascii_hexdigit() } else { c.is_ascii_digit() };
        let digits = number.get(skip..)?;
        let length = digits.bytes().take_while(|b| is_digit(char::from(*b))).count();
        if length == 0 {
            return None;
        }
        let end = skip + length;
        let closed = usize::from(number.as_bytes().get(end) == Some(&b';'));
        return Some((Reference::Numeric(number.get(..end)?), 2 + end + closed));
    }
    let length = body.bytes().take(LONGEST_NAME + 1).take_while(u8::is_ascii_alphanumeric).count();
    if length == 0 || body.as_bytes().get(length) != Some(&b';') {
        return None;
    }
    Some((Reference::Named(body.get(..length)?), length + 2))
}

/// Appends `text` to `out` with every known reference resolved. Linear in the text.
pub(crate) fn decode_into(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let resolved = reference(from).and_then(|(reference, length)| {
            match reference {
                Reference::Numeric(digits) => out.extend(numeric(digits)),
                Reference::Named(name) => out.push_str(named(name)?),
            }
            Some(length)
        });
        if resolved.is_none() {
            out.push('&');
        }
        rest = from.get(resolved.unwrap_or(1)..).unwrap_or_default();
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        let mut out = String::new();
        decode_into(text, &mut out);
        out
    }

    #[test]
    fn references_are_resolved_and_the_rest_kept() {
        assert_eq!(decoded("A&T &amp; &eacute;&#233;&#xe9;&#x92;"), "A&T & ééé’");
        assert_eq!(decoded("&nbsp;x&NewLine;y&num;"), "\u{a0}x\ny#");
        assert_eq!(decoded("&#0;&#x1F;&#xD800;&#99999999999;a"), "a");
        assert_eq!(decoded("&nosuch; &; &# &#x; &#65 &"), "&nosuch; &; &# &#x; A &");
    }

    #[test]
    fn the_longest_name_is_no_longer_than_said() {
        assert_eq!(NAMES.keys().map(|name| name.len()).max(), Some(31));
        const { assert!(LONGEST_NAME >= 31) };
    }
}
