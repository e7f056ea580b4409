//! The text form of a record.
//!
//! Line 1 is the title; then the day (`YYYYMMDD`) and the canonical URL, each left out when
//! unknown; then one paragraph a line. Where the first paragraph would be read as the missing
//! day or URL, one empty line says "body starts here". UTF-8, LF, one final LF.

use crate::{Line, PageUrl, Reason, ReasonKind, Record, date};

/// Writes the text form. Linear in the text.
///
/// ```
/// use record::{Line, Record, text};
///
/// let body = vec![Line::new("20240502").unwrap()];
/// let record = Record::new(Line::new("A number").unwrap(), body);
/// assert_eq!(text::write(&record), "A number\n\n20240502\n");
/// ```
#[must_use]
pub fn write(record: &Record) -> String {
    let mut out = String::new();
    push_line(&mut out, &record.title);
    if let Some(day) = record.date {
        push_line(&mut out, &date::compact(day));
    }
    if let Some(url) = &record.url {
        push_line(&mut out, url.as_str());
    }
    if record.body.first().is_some_and(|first| is_mistaken(record, first)) {
        out.push('\n');
    }
    for paragraph in &record.body {
        push_line(&mut out, paragraph);
    }
    out
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line);
    out.push('\n');
}

/// Would `first` be read as the day or the URL that the record does not have?
fn is_mistaken(record: &Record, first: &str) -> bool {
    let as_day = record.date.is_none() && record.url.is_none() && is_day(first);
    let as_url = record.url.is_none() && header_url(first).is_some();
    as_day || as_url
}

fn is_day(line: &str) -> bool {
    date::parse_compact(line).is_some()
}

/// The URL of a header line: a single http(s) URL and nothing else.
#[must_use]
pub fn header_url(line: &str) -> Option<PageUrl> {
    let schemed = ["http://", "https://"]
        .iter()
        .any(|s| line.get(..s.len()).is_some_and(|start| start.eq_ignore_ascii_case(s)));
    if !schemed || line.contains(char::is_whitespace) {
        return None;
    }
    PageUrl::parse(line).ok()
}

/// Reads the text form exactly as [`write()`] writes it: no cleaning is done.
///
/// # Errors
/// [`ReasonKind::NoTitle`] for text without a visible line, [`ReasonKind::NoBody`] where
/// nothing follows the title, day and URL.
pub fn parse(text: &str) -> Result<Record, Reason> {
    let mut lines = text.lines().skip_while(|line| Line::new(line).is_none()).peekable();
    let title = lines.next().and_then(Line::new).ok_or_else(|| Reason::of(ReasonKind::NoTitle))?;
    let mut record = Record::new(title, Vec::new());
    record.date = lines.next_if(|line| is_day(line)).and_then(date::parse_compact);
    record.url = lines.next_if(|line| header_url(line).is_some()).and_then(header_url);
    record.body = lines.filter_map(Line::new).collect();
    if record.body.is_empty() {
        return Err(Reason::of(ReasonKind::NoBody));
    }
    Ok(record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_line() -> impl Strategy<Value = Line> {
        prop_oneof![
            "[ -~]{0,30}",
            "\\PC{0,30}",
            "(20|19)[0-9]{6}",
            Just("20240502".to_owned()),
            Just("https://example.org/a?utm_source=b".to_owned()),
            "https?://[a-z]{1,5}\\.org/[a-z]{0,5}",
        ]
        .prop_filter_map("empty", |s| Line::new(&s))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            title in any_line(),
            day in proptest::option::of((1i16..9999, 1i8..=12, 1i8..=28)),
            url in proptest::option::of("https?://[a-z]{1,5}\\.org/[a-z]{0,5}"),
            body in proptest::collection::vec(any_line(), 1..5),
        ) {
            let mut record = Record::new(title, body);
            record.date = day.map(|(y, m, d)| jiff::civil::date(y, m, d));
            record.url = url.map(|u| PageUrl::parse(&u).unwrap());
            let text = write(&record);
            prop_assert!(text.ends_with('\n') && !text.contains('\r'));
            prop_assert_eq!(parse(&text).unwrap(), record);
        }
    }

    #[test]
    fn a_title_alone_is_not_a_record() {
        assert_eq!(parse("").unwrap_err().kind, ReasonKind::NoTitle);
        assert_eq!(parse("A title\n20240502\n").unwrap_err().kind, ReasonKind::NoBody);
    }
}
