//! The header of a record: a version line and named fields.

use std::io::{self, BufRead};

use jiff::Timestamp;

use crate::warc_members::Members;

/// Longest line of a header taken.
const MAX_LINE: usize = 64 << 10;

/// Most fields of a header taken.
const MAX_FIELDS: usize = 256;

/// What stands before a block.
#[derive(Debug)]
pub(crate) struct Header {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) length: u64,
}

/// Why no header could be read.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The bytes end, or cannot be decoded.
    Io(io::Error),
    /// They say something else.
    Malformed(&'static str),
    /// The block has more bytes than the cap allows; it was passed over.
    TooLarge(u64),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// A line without its end, lossily decoded; a longer one comes in pieces. `None` at the end of
/// the member.
pub(crate) fn line<R: BufRead>(members: &mut Members<R>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    loop {
        let bytes = members.fill()?;
        if bytes.is_empty() {
            return Ok((!line.is_empty()).then(|| text(&line)));
        }
        let room = MAX_LINE.saturating_sub(line.len()).min(bytes.len());
        let taken = bytes.get(..room).unwrap_or_default();
        let end = taken.iter().position(|b| *b == b'\n');
        let used = end.map_or(room, |end| end + 1);
        line.extend_from_slice(taken.get(..used).unwrap_or_default());
        members.consume(used);
        if end.is_some() || line.len() >= MAX_LINE {
            return Ok(Some(text(&line)));
        }
    }
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end_matches(['\r', '\n']).to_owned()
}

/// Is this the first line of a record?
pub(crate) fn is_version(line: &str) -> bool {
    ["WARC/1.", "WARC/0."].iter().any(|version| line.starts_with(version))
}

/// The fields behind a version line.
pub(crate) fn read<R: BufRead>(members: &mut Members<R>) -> Result<Header, Trouble> {
    let mut fields: Vec<(String, String)> = Vec::new();
    loop {
        let next = line(members)?.ok_or(Trouble::Malformed("the header is cut short"))?;
        if next.is_empty() {
            break;
        }
        if next.starts_with([' ', '\t']) {
            // A folded line: belongs to the one before.
            if let Some((_, value)) = fields.last_mut().filter(|(_, v)| v.len() < MAX_LINE) {
                value.push(' ');
                value.push_str(next.trim());
            }
            continue;
        }
        let (name, value) =
            next.split_once(':').ok_or(Trouble::Malformed("a line of the header has no colon"))?;
        if fields.len() >= MAX_FIELDS {
            return Err(Trouble::Malformed("more fields than the cap"));
        }
        fields.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let length = crate::warc::field(&fields, "Content-Length").and_then(|l| l.parse().ok());
    let length = length.ok_or(Trouble::Malformed("no Content-Length"))?;
    Ok(Header { fields, length })
}

/// The time of a record: RFC 3339, or the 14 digits of old writers.
pub(crate) fn date(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let time = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(time).ok()
}
