//! Text as a reader sees it.

use std::borrow::Cow;

use crate::entities;

/// `text` without tags and with its references resolved, white space folded.
///
/// Feeds escape once, twice or not at all, so this decodes and strips twice; a lone `<` that
/// starts no tag stays. Linear in the text.
pub(crate) fn display_text(text: &str) -> String {
    let mut once: Cow<'_, str> = Cow::Borrowed(text);
    for _ in 0..2 {
        if !once.contains(['<', '&']) {
            break;
        }
        let stripped = without_tags(&once);
        let mut decoded = String::with_capacity(stripped.len());
        entities::decode_into(&stripped, &mut decoded);
        once = Cow::Owned(decoded);
    }
    let stripped = if once.contains('<') { without_tags(&once) } else { once };
    folded(&stripped)
}

/// White space folded to single blanks, invisible characters that carry nothing dropped.
pub(crate) fn folded(text: &str) -> String {
    let is_dropped = |c: char| entities::is_forbidden(c) || matches!(c, '\u{200b}' | '\u{feff}');
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
        if word.bytes().all(|byte| byte.is_ascii_graphic()) {
            out.push_str(word);
        } else {
            out.extend(word.chars().filter(|c| !is_dropped(*c)));
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The text between the tags; comments, scripts and styles go with their content, and the
/// marks of a CDATA section that was escaped go without it.
fn without_tags(text: &str) -> Cow<'_, str> {
    if !text.contains('<') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // Where one comment has no end none after it has: looking again at each is not linear.
    let mut has_ends = true;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        let (shown, length) = markup(from, &mut has_ends);
        match shown {
            Shown::Text(inner) => out.push_str(inner),
            // A block's tags part words, an inline element's do not.
            Shown::Gap => out.push(' '),
            Shown::Nothing => {}
        }
        rest = from.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

enum Shown<'a> {
    Text(&'a str),
    Gap,
    Nothing,
}

/// What the markup at the start of `text` shows, and how long it is in bytes. `has_ends` says
/// whether comments may have an end there, and is taken back where one has none.
fn markup<'t>(text: &'t str, has_ends: &mut bool) -> (Shown<'t>, usize) {
    if let Some(body) = text.strip_prefix("<![CDATA[") {
        let end = body.find("]]>").unwrap_or(body.len());
        return (Shown::Text(body.get(..end).unwrap_or_default()), (9 + end + 3).min(text.len()));
    }
    if let Some(body) = text.strip_prefix("<!--") {
        let end = has_ends.then(|| body.find("-->")).flatten();
        *has_ends = end.is_some();
        return match end {
            Some(end) => (Shown::Nothing, 4 + end + 3),
            None => (Shown::Text("<"), 1),
        };
    }
    let name_at = if text.as_bytes().get(1) == Some(&b'/') { 2 } else { 1 };
    let is_name = text.as_bytes().get(name_at).is_some_and(u8::is_ascii_alphabetic);
    // A tag ends before the next one starts.
    let end = memchr::memchr2(b'>', b'<', text.as_bytes().get(1..).unwrap_or_default());
    match end {
        Some(end) if is_name && text.as_bytes().get(end + 1) == Some(&b'>') => {
            (gap_of(text.get(name_at..=end).unwrap_or_default()), end + 2)
        }
        _ => (Shown::Text("<"), 1),
    }
}

fn gap_of(tag: &str) -> Shown<'_> {
    const LONGEST: usize = "blockquote".len();
    let length = tag.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let mut name = [0; LONGEST];
    for (lower, byte) in name.iter_mut().zip(tag.bytes().take(length)) {
        *lower = byte.to_ascii_lowercase();
    }
    match name.get(..length) {
        Some(
            b"br" | b"p" | b"div" | b"li" | b"ul" | b"ol" | b"td" | b"tr" | b"th" | b"table"
            | b"h1" | b"h2" | b"h3" | b"h4" | b"h5" | b"h6" | b"hr" | b"img" | b"blockquote"
            | b"pre" | b"dd" | b"dt" | b"dl" | b"section" | b"article",
        ) => Shown::Gap,
        _ => Shown::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes minutes where the end is looked for at each.
    #[test]
    fn comments_without_an_end_are_read_once() {
        let comments = "<!--".repeat(400_000);
        assert_eq!(display_text(&comments), comments);
        assert_eq!(display_text("<!-- a --> b <!-- c"), "b <!-- c");
    }

    #[test]
    fn titles_are_shown_as_readers_see_them() {
        for (text, shown) in [
            ("AT&amp;amp;T &amp;#8217;s", "AT&T ’s"),
            ("<b>Bold</b> move<br/>on", "Bold move on"),
            ("&lt;em&gt;x&lt;/em&gt; y", "x y"),
            ("a < b and c > d", "a < b and c > d"),
            ("<![CDATA[in & out]]>", "in & out"),
            ("  two\n\t lines ", "two lines"),
            ("<!-- note -->text", "text"),
            ("1 <2 <b>3</b>", "1 <2 3"),
        ] {
            assert_eq!(display_text(text), shown, "{text}");
        }
    }
}
