//! Markup in a line of text that would act if somebody showed it as HTML.

use std::borrow::Cow;

/// Elements that act or load by themselves; their content goes with them.
const ELEMENTS: &[&str] = &["script", "style", "iframe", "object", "embed"];

/// Longer text is left alone: it is no headline, and the search is quadratic.
const MAX_BYTES: usize = 4096;

/// `text` without elements that run or load something and without tags that carry a handler.
/// Any other tag stays: a headline may be about `<video>`.
pub(crate) fn without(text: &str) -> Cow<'_, str> {
    if !text.contains('<') || text.len() > MAX_BYTES {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.find('<').and_then(|at| rest.split_at_checked(at)) {
        out.push_str(before);
        let length = active(from);
        let (kept, after) = from.split_at_checked(length.max(1)).unwrap_or((from, ""));
        out.push_str(if length == 0 { kept } else { " " });
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// How long the active markup is that `text` begins with; 0 for none.
fn active(text: &str) -> usize {
    let Some((tag, after)) = text.split_once('>') else { return 0 };
    let tag = tag.trim_start_matches(['<', '/']).to_ascii_lowercase();
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let opened = text.len() - after.len();
    if ELEMENTS.contains(&name) {
        let end = format!("</{name}");
        let close = after.to_ascii_lowercase().find(&end).and_then(|at| after.get(at..));
        let close = close.and_then(|close| close.split_once('>'));
        return close.map_or(opened, |(_, rest)| text.len() - rest.len());
    }
    let handles = tag.split_ascii_whitespace().skip(1).any(|word| {
        let name = word.split_once('=').map_or("", |(name, _)| name);
        name.len() > 2 && name.starts_with("on")
    });
    if handles || tag.contains("javascript:") { opened } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        without(text).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_would_act_goes_and_what_is_talked_about_stays() {
        for (text, expected) in [
            ("<script>alert(1)</script>Storm", "Storm"),
            ("A <SCRIPT src=x>y</Script >storm", "A storm"),
            ("Rain <img src=x onerror=alert(1)>falls", "Rain falls"),
            ("<a href='javascript:x()'>Rain</a>", "Rain</a>"),
            ("<iframe srcdoc='x'>Rain", "Rain"),
            ("How to use <video> and <img src=a>", "How to use <video> and <img src=a>"),
            ("3 < 4 > 2 on <once=1>", "3 < 4 > 2 on <once=1>"),
            ("a <script", "a <script"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
