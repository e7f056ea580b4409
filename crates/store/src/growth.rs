//! How fast the database grows: a row a day.

use jiff::Timestamp;
use rusqlite::params;

use crate::error::StoreError;
use crate::retention::bytes_in_use;
use crate::time::millis;
use crate::{Edits, Reader};

/// Days that growth is told by.
const DAYS: i64 = 30;

const DAY: i64 = 86_400_000;

/// The size of the database and how it grew of late.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Growth {
    /// Bytes in use.
    pub bytes: u64,
    /// Bytes more a day, over the last days that were written down, at most 30; `None` before
    /// there are two of them.
    pub bytes_per_day: Option<f64>,
    /// Records more a day.
    pub records_per_day: Option<f64>,
}

impl Edits {
    /// Writes down the size of today.
    pub fn note_size(&mut self, now: Timestamp) -> Result<(), StoreError> {
        const NOTE: &str = "INSERT INTO sizes (day, bytes, records)
            VALUES (?1, ?2, (SELECT count(*) FROM records))
            ON CONFLICT (day) DO UPDATE SET bytes = ?2, records = excluded.records";
        self.write(|c| {
            let bytes = bytes_in_use(c)?.cast_signed();
            c.execute(NOTE, params![millis(now).div_euclid(DAY), bytes])?;
            Ok(())
        })
    }
}

impl Reader {
    /// Size and growth.
    pub fn growth(&self) -> Result<Growth, StoreError> {
        const SPAN: &str = "SELECT max(day) - min(day), sum(bytes * (CASE day WHEN top THEN 1
                WHEN bottom THEN -1 ELSE 0 END)), sum(records * (CASE day WHEN top THEN 1
                WHEN bottom THEN -1 ELSE 0 END))
            FROM (SELECT day, bytes, records, max(day) OVER () AS top,
                min(day) OVER () AS bottom FROM sizes
                WHERE day > (SELECT max(day) FROM sizes) - ?1)";
        self.db.with(|c| {
            let (days, bytes, records): (Option<i64>, Option<i64>, Option<i64>) =
                c.query_row(SPAN, [DAYS], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let days = days.filter(|days| *days > 0);
            let a_day = |more: Option<i64>| Some(more? as f64 / days? as f64);
            Ok(Growth {
                bytes: bytes_in_use(c)?,
                bytes_per_day: a_day(bytes),
                records_per_day: a_day(records),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::test_support::{World, at};

    #[test]
    fn growth_is_told_by_the_last_thirty_days() {
        let mut world = World::new();
        let mut edits = Edits::open(&world.path(), Duration::from_secs(1)).unwrap();
        edits.note_size(at(0)).unwrap();
        let growth = world.reader().growth().unwrap();
        assert!(growth.bytes > 4096 && growth.bytes_per_day.is_none());
        for day in [100, 102, 104] {
            for n in 0..4 {
                world.put(&format!("https://a.example/{day}/{n}"), &"Words. ".repeat(900), day);
            }
            edits.note_size(at(day * DAY)).unwrap();
        }
        let growth = world.reader().growth().unwrap();
        assert_eq!(growth.records_per_day, Some(2.0));
        assert!(growth.bytes_per_day.is_some_and(|bytes| bytes > 5_000.0), "{growth:?}");
    }
}
