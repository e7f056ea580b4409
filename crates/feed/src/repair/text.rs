//! The text of a field, from whatever stands between its tags.

use std::borrow::Cow;

use crate::entities::{self, Reference};
use crate::markup::{Markup, markup};
use crate::problem::{ProblemKind, Problems};

/// Entities that a doctype declares.
pub(super) type Declared<'a> = Vec<(&'a str, &'a str)>;

/// `text` without characters that XML cannot hold; the C1 controls, which stand for
/// windows-1252 nearly always, as what they mean there. Borrowed where there are none.
pub(super) fn scrubbed<'a>(text: &'a str, problems: &mut Problems) -> Cow<'a, str> {
    let bytes = text.as_bytes();
    let odd = |b: u8| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f;
    // By the block and without a way out within it, so that the compiler takes 32 at once.
    let has_odd = |block: &[u8]| block.iter().fold(false, |found, byte| found | odd(*byte));
    let has_c1 = || {
        !text.is_ascii()
            && memchr::memchr2_iter(0xc2, 0xef, bytes).any(|at| {
                let next = bytes.get(at + 1).copied().unwrap_or(0);
                match bytes.get(at) {
                    Some(0xc2) => (0x80..0xa0).contains(&next),
                    _ => next == 0xbf && bytes.get(at + 2).is_some_and(|b| *b >= 0xbe),
                }
            })
    };
    if !bytes.chunks(1024).any(has_odd) && !has_c1() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| entities::is_forbidden(*c)) {
        problems.note(ProblemKind::ControlCharacter);
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(before);
        if matches!(c, '\u{80}'..='\u{9f}') {
            out.extend(entities::numeric(&(c as u32).to_string()));
        }
        rest = from.get(c.len_utf8()..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// What kind of text a field is said to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, perhaps with escaped HTML.
    Escaped,
    /// Markup of XHTML.
    Markup,
}

/// The text of the field whose content is `raw`. Borrowed where it stands as it is.
pub(super) fn field_text<'a>(
    raw: &'a str,
    kind: Kind,
    declared: &Declared<'_>,
    problems: &mut Problems,
) -> Cow<'a, str> {
    let raw = raw.trim();
    if memchr::memchr2(b'<', b'&', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    if let Some(inner) = single_cdata(raw) {
        return unwrapped(Cow::Borrowed(inner.trim()), problems);
    }
    let mut reading = Reading { out: String::with_capacity(raw.len()), declared, problems };
    if has_tags(raw) {
        if kind == Kind::Escaped {
            reading.problems.note(ProblemKind::UnescapedHtml);
        }
        reading.markup(raw);
    } else {
        reading.text(raw);
    }
    let text = reading.out;
    let trimmed = text.trim();
    let text = if trimmed.len() == text.len() { text } else { trimmed.to_owned() };
    unwrapped(Cow::Owned(text), problems)
}

/// The inside of `raw` where it is one CDATA section and nothing else.
fn single_cdata(raw: &str) -> Option<&str> {
    let inner = raw.strip_prefix("<![CDATA[")?.strip_suffix("]]>")?;
    memchr::memmem::find(inner.as_bytes(), b"]]>").is_none().then_some(inner)
}

/// A CDATA section that was escaped as text, without its marks.
fn unwrapped<'a>(text: Cow<'a, str>, problems: &mut Problems) -> Cow<'a, str> {
    const MARK: &str = "<![CDATA[";
    if !text.starts_with(MARK) {
        return text;
    }
    problems.note(ProblemKind::BadCdata);
    let strip = |mut text: &'_ str| -> String {
        while let Some(inner) = text.strip_prefix(MARK) {
            text = inner.strip_suffix("]]>").unwrap_or(inner).trim();
        }
        text.to_owned()
    };
    Cow::Owned(strip(&text))
}

/// Are there tags outside CDATA sections and comments?
fn has_tags(raw: &str) -> bool {
    let mut comments = Comments::default();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', raw.as_bytes().get(at..).unwrap_or_default()) {
        let here = at + found;
        match markup(raw, here) {
            Markup::Tag(_) => return true,
            Markup::Cdata => at = here + cdata_parts(raw, here).1,
            Markup::Comment => at = here + comments.length(raw, here).unwrap_or(4),
            _ => at = here + 1,
        }
    }
    false
}

/// The inside of the CDATA section at `at`, and the length of the whole.
pub(super) fn cdata_parts(text: &str, at: usize) -> (&str, usize) {
    const MARK: usize = "<![CDATA[".len();
    let inner = text.get(at + MARK..).unwrap_or_default();
    match memchr::memmem::find(inner.as_bytes(), b"]]>") {
        Some(end) => (inner.get(..end).unwrap_or_default(), MARK + end + 3),
        None => (without_broken_end(inner), MARK + inner.len()),
    }
}

/// The ends of a section that somebody meant.
fn without_broken_end(inner: &str) -> &str {
    let inner = inner.trim_end();
    ["]]&gt;", "]] >", "]]", "]>"].iter().find_map(|end| inner.strip_suffix(end)).unwrap_or(inner)
}

/// Finds the ends of comments, and remembers that there is none any more: looking for it
/// again at every `<!--` would not be linear.
#[derive(Debug, Default)]
pub(super) struct Comments {
    exhausted: bool,
}

impl Comments {
    /// The length of the comment at `at`; `None` where it has no end.
    pub(super) fn length(&mut self, text: &str, at: usize) -> Option<usize> {
        if self.exhausted {
            return None;
        }
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        let end = memchr::memmem::find(rest, b"-->");
        self.exhausted = end.is_none();
        end.map(|end| end + 3)
    }
}

struct Reading<'a, 'b> {
    out: String,
    declared: &'b Declared<'a>,
    problems: &'b mut Problems,
}

impl Reading<'_, '_> {
    /// Text without tags: CDATA sections opened, comments dropped, references resolved.
    fn text(&mut self, raw: &str) {
        self.walk(raw, Self::resolve);
    }

    /// HTML that was not escaped: it is kept as it stands, with its references.
    fn markup(&mut self, raw: &str) {
        self.walk(raw, |reading, text| reading.out.push_str(text));
    }

    fn walk(&mut self, raw: &str, mut take: impl FnMut(&mut Self, &str)) {
        let mut comments = Comments::default();
        let mut from = 0;
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'<', raw.as_bytes().get(at..).unwrap_or_default()) {
            let here = at + found;
            match markup(raw, here) {
                Markup::Cdata => {
                    take(self, raw.get(from..here).unwrap_or_default());
                    let (inner, length) = cdata_parts(raw, here);
                    self.out.push_str(inner);
                    at = here + length;
                    from = at;
                }
                Markup::Comment => {
                    at = here + 4;
                    if let Some(length) = comments.length(raw, here) {
                        take(self, raw.get(from..here).unwrap_or_default());
                        at = here + length;
                        from = at;
                    }
                }
                _ => at = here + 1,
            }
        }
        take(self, raw.get(from..).unwrap_or_default());
    }

    fn resolve(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.out.push_str(before);
            rest = from.get(self.reference(from)..).unwrap_or_default();
        }
        self.out.push_str(rest);
    }

    /// Resolves the reference at the start of `text`; its length.
    fn reference(&mut self, text: &str) -> usize {
        let Some((reference, length)) = entities::reference(text) else {
            self.problems.note(ProblemKind::BareAmpersand);
            self.out.push('&');
            return 1;
        };
        match reference {
            Reference::Numeric(digits) => match entities::numeric(digits) {
                Some(c) => self.out.push(c),
                None => self.problems.note(ProblemKind::BadReference),
            },
            Reference::Named(name) => self.named(name, text.get(..length).unwrap_or_default()),
        }
        length
    }

    fn named(&mut self, name: &str, whole: &str) {
        let own = match name {
            "lt" => "<",
            "gt" => ">",
            "amp" => "&",
            "quot" => "\"",
            "apos" => "'",
            _ => "",
        };
        if !own.is_empty() {
            self.out.push_str(own);
            return;
        }
        if let Some((_, value)) = self.declared.iter().find(|(n, _)| *n == name) {
            entities::decode_into(value, &mut self.out);
            return;
        }
        if let Some(value) = entities::named(name) {
            self.problems.note(ProblemKind::HtmlEntity);
            self.out.push_str(value);
        } else {
            self.problems.note(ProblemKind::BareAmpersand);
            self.out.push_str(whole);
        }
    }
}

/// Most entities of a doctype that are kept, and their longest value, in bytes. They are not
/// expanded in one another.
const MOST_DECLARED: usize = 64;
const LONGEST_VALUE: usize = 256;

/// The entities that the doctype at the start of `text` declares, and its length.
pub(super) fn doctype<'a>(text: &'a str, declared: &mut Declared<'a>) -> usize {
    let first_end = memchr::memchr2(b'>', b'[', text.as_bytes());
    let Some(first_end) = first_end else { return 2 };
    if text.as_bytes().get(first_end) == Some(&b'>') {
        return first_end + 1;
    }
    let subset = text.get(first_end..).unwrap_or_default();
    let end = memchr::memmem::find(subset.as_bytes(), b"]>").or_else(|| subset.find(']'));
    let Some(end) = end else { return first_end + 1 };
    let subset = subset.get(..end).unwrap_or_default();
    for part in subset.split("<!ENTITY").skip(1).take(MOST_DECLARED) {
        let Some((name, rest)) = part.trim_start().split_once(char::is_whitespace) else {
            continue;
        };
        let rest = rest.trim_start();
        let value = ['"', '\''].iter().find_map(|q| rest.strip_prefix(*q)?.split_once(*q));
        if let Some((value, _)) = value.filter(|(value, _)| value.len() <= LONGEST_VALUE) {
            declared.push((name, value));
        }
    }
    let after = text.get(first_end + end..).unwrap_or_default();
    first_end + end + memchr::memchr(b'>', after.as_bytes()).map_or(1, |at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> String {
        let declared = vec![("co", "Example &amp; Co")];
        field_text(raw, Kind::Escaped, &declared, &mut Problems::default()).into_owned()
    }

    #[test]
    fn every_way_to_write_a_text_is_read() {
        for (raw, text) in [
            (" plain ", "plain"),
            ("<![CDATA[ <p>x</p> ]]>", "<p>x</p>"),
            ("&lt;p&gt;x &amp;amp; y&lt;/p&gt;", "<p>x &amp; y</p>"),
            ("a <b>b</b> &amp; c", "a <b>b</b> &amp; c"),
            ("R&D &nbsp;&eacute; &nosuch; &co;", "R&D \u{a0}é &nosuch; Example & Co"),
            ("a<![CDATA[<i>]]>b<!-- c -->d", "a<i>bd"),
            ("&lt;![CDATA[in]]&gt;", "in"),
            ("<![CDATA[cut", "cut"),
            ("1 < 2 &#x1F;&#146;", "1 < 2 ’"),
        ] {
            assert_eq!(read(raw), text, "{raw}");
        }
    }

    #[test]
    fn controls_go_or_become_what_they_mean() {
        let mut problems = Problems::default();
        assert_eq!(scrubbed("a\u{1}b\u{92}\t\u{ffff}é", &mut problems), "ab’\té");
        assert_eq!(
            problems.into_vec(),
            [crate::Problem { kind: ProblemKind::ControlCharacter, count: 3 }]
        );
    }

    #[test]
    fn a_doctype_gives_its_entities() {
        let mut declared = Vec::new();
        let text = "<!DOCTYPE rss [<!ENTITY a \"b\"> <!ENTITY c 'd'>]><rss>";
        let length = doctype(text, &mut declared);
        assert_eq!(text.get(length..), Some("<rss>"));
        assert_eq!(declared, [("a", "b"), ("c", "d")]);
    }
}
