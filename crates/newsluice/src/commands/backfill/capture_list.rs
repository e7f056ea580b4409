//! Lists of captures, a line each: CDX with 7, 9 or 11 fields, and CDXJ.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::sources::Listed;

#[derive(Deserialize)]
struct Fields {
    url: String,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    mime: Option<String>,
}

/// What a line of a list says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Line {
    /// A page that was captured.
    Page(Listed),
    /// Nothing to fetch: the head of the list, an error, a redirect, an image.
    NoPage,
}

/// What a line says; `None` where it is no line of such a list.
pub(super) fn line(text: &str) -> Option<Line> {
    if text.starts_with("CDX ") || text.starts_with("!meta") {
        return Some(Line::NoPage);
    }
    let (key, rest) = text.split_once(' ')?;
    let (time, rest) = rest.trim_start().split_once(' ')?;
    let at = instant(time)?;
    if !key.contains(')') && !key.contains('.') {
        return None;
    }
    if rest.trim_start().starts_with('{') {
        let fields: Fields = serde_json::from_str(rest.trim_start()).ok()?;
        let Fields { url, status, mime } = fields;
        return Some(page(
            url,
            at,
            mime.as_deref().unwrap_or("-"),
            status.as_deref().unwrap_or("-"),
        ));
    }
    let mut fields = rest.split_ascii_whitespace();
    let (url, mime, status) = (fields.next()?, fields.next()?, fields.next()?);
    Some(page(url.to_owned(), at, mime, status))
}

fn page(url: String, at: Timestamp, mime: &str, status: &str) -> Line {
    let is_page = matches!(mime, "-" | "warc/revisit") || mime.contains("html");
    let is_good = matches!(status, "-" | "200" | "203");
    if is_page && is_good { Line::Page(Listed { url, at: Some(at) }) } else { Line::NoPage }
}

/// The 14 digits of such lists, in UTC.
fn instant(digits: &str) -> Option<Timestamp> {
    if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let time = DateTime::strptime("%Y%m%d%H%M%S", digits).ok()?;
    TimeZone::UTC.to_timestamp(time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_taken_and_everything_else_is_known_for_what_it_is() {
        let page = |text: &str| match line(text) {
            Some(Line::Page(listed)) => Some(listed),
            _ => None,
        };
        let url = |text: &str| page(text).map(|listed| listed.url);
        let cdx =
            "org,e)/a 20240502080000 https://e.org/a text/html 200 ABC - - 1043 333 f.warc.gz";
        assert_eq!(url(cdx).as_deref(), Some("https://e.org/a"));
        assert_eq!(page(cdx).unwrap().at.unwrap().to_string(), "2024-05-02T08:00:00Z");
        let json = "org,e)/b 20240502080000 {\"url\": \"https://e.org/b\", \"mime\": \"text/html\", \
            \"status\": \"200\", \"filename\": \"f.warc.gz\"}";
        assert_eq!(url(json).as_deref(), Some("https://e.org/b"));
        assert_eq!(line(&cdx.replace(" 200 ", " 301 ")), Some(Line::NoPage));
        assert_eq!(line(&cdx.replace("text/html", "image/png")), Some(Line::NoPage));
        assert_eq!(line("CDX N b a m s k r M S V g"), Some(Line::NoPage));
        assert_eq!(line("https://e.org/a"), None);
    }
}
