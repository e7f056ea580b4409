//! Records as comma-separated values (RFC 4180), for spreadsheets.

use std::io::{self, Write};

use record::date;
use store::StoredRecord;

/// The columns, as the first line names them.
const COLUMNS: &str = "id,date,title,url,authors,lang,site,feed,first_seen,revision,\
    revised_by,duplicate_of,story_id,body";

/// Writes the line that names the columns.
pub(super) fn head(sink: &mut dyn Write) -> io::Result<()> {
    write!(sink, "{COLUMNS}\r\n")
}

/// Writes a record as one row.
pub(super) fn row(sink: &mut dyn Write, found: &StoredRecord) -> io::Result<()> {
    let StoredRecord { record, stored, .. } = found;
    let meta = &record.meta;
    let cells = [
        stored.id.to_string(),
        record.date.map(date::compact).unwrap_or_default(),
        record.title.to_string(),
        record.url.as_ref().map(ToString::to_string).unwrap_or_default(),
        meta.authors.join("; "),
        meta.lang.clone().unwrap_or_default(),
        meta.site.clone().unwrap_or_default(),
        meta.feed.clone().unwrap_or_default(),
        stored.first_seen.to_string(),
        stored.revision.to_string(),
        if stored.is_ours { "newsluice" } else { "" }.to_owned(),
        stored.duplicate.as_ref().map(|copy| copy.of.to_string()).unwrap_or_default(),
        stored.story.map(|story| story.to_string()).unwrap_or_default(),
        record.body_text(),
    ];
    write!(sink, "{}\r\n", cells.map(|cell| quoted(&cell)).join(","))
}

/// A cell, in quotes where it needs them. What a spreadsheet would take for a formula is made
/// text by an apostrophe: the texts are other people's.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_anything_and_run_nothing() {
        assert_eq!(quoted("Rain"), "Rain");
        assert_eq!(quoted("Rain, \"much\"\nof it"), "\"Rain, \"\"much\"\"\nof it\"");
        assert_eq!(quoted("=HYPERLINK(1,2)"), "\"'=HYPERLINK(1,2)\"");
    }
}
