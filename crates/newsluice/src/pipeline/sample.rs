//! The first of what a run stored, for the table that a person sees at its end.

use record::{Record, RecordId, Verdict, date};

use crate::output::harmless;

/// How many are shown.
const MOST: usize = 12;

/// One row.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    id: RecordId,
    day: String,
    title: String,
    paragraphs: usize,
    removed: usize,
}

impl Stored {
    /// The row of a record.
    pub(crate) fn of(record: &Record, verdict: &Verdict, removed: usize) -> Self {
        Self {
            id: verdict.id,
            day: record.date.map(date::compact).unwrap_or_default(),
            title: record.title.to_string(),
            paragraphs: record.body.len(),
            removed,
        }
    }
}

/// The first rows, and how many there were.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sample {
    rows: Vec<Stored>,
    seen: usize,
}

impl Sample {
    /// Takes a row, or only counts it.
    pub(crate) fn push(&mut self, stored: Stored) {
        self.seen += 1;
        if self.rows.len() < MOST {
            self.rows.push(stored);
        }
    }

    /// The table, and what to try next; nothing where nothing was stored.
    pub(crate) fn table(&self) -> Option<String> {
        let first = self.rows.first()?;
        let mut table =
            format!("{:<16}  {:<8}  {:>5}  {:>7}  title\n", "id", "day", "paras", "removed");
        for row in &self.rows {
            let title: String = harmless(&row.title).chars().take(60).collect();
            table.extend([format!(
                "{}  {:<8}  {:>5}  {:>7}  {title}\n",
                row.id, row.day, row.paragraphs, row.removed
            )]);
        }
        if self.seen > self.rows.len() {
            table.extend([format!("… and {} more\n", self.seen - self.rows.len())]);
        }
        let word = first.title.split_whitespace().max_by_key(|w| w.len()).unwrap_or("word");
        let word: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
        table.extend([format!(
            "next: newsluice show {}   newsluice search {word}   newsluice export --format text -o out",
            first.id
        )]);
        Some(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_shows_the_first_and_what_to_do_next() {
        let mut sample = Sample::default();
        assert_eq!(sample.table(), None);
        for n in 0..14 {
            sample.push(Stored {
                id: RecordId(n),
                day: "20240502".into(),
                title: "Rain ends".into(),
                paragraphs: 3,
                removed: 2,
            });
        }
        let table = sample.table().unwrap();
        assert!(
            table.contains("0000000000000000  20240502      3        2  Rain ends\n"),
            "{table}"
        );
        assert!(table.contains("… and 2 more\nnext: newsluice show 0000000000000000"), "{table}");
    }
}
