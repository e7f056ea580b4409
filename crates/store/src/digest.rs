//! Hashes of the content, to compare databases by.

use std::collections::BTreeSet;

use record::text;
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::error::{Sql, StoreError};
use crate::{Reader, StoredRecord, article};

/// Two hashes over what is stored, each 64 hex digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Over the records in the order of first storing: ids, and of every text in order its
    /// URL, title, day, body, link to the original, story and whether it is our own revision; then over the stories: what each
    /// was merged into and its headline. No times of capture, no sequence numbers.
    pub content: String,
    /// Over the set of newest texts in their text form: independent of order, ids and links.
    pub texts: String,
}

impl Reader {
    /// Hashes everything stored. Linear; 32 bytes of memory a record.
    pub fn digest(&self) -> Result<Digest, StoreError> {
        self.db.with(digest)
    }
}

fn digest(c: &Connection) -> Sql<Digest> {
    let mut content = Sha256::new();
    let mut texts: BTreeSet<[u8; 32]> = BTreeSet::new();
    let mut find = c.prepare_cached("SELECT seq FROM records ORDER BY seq")?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let all = article::all_texts(c, row.get(0)?)?;
        for stored in &all {
            add(&mut content, stored);
        }
        if let Some(newest) = all.last() {
            texts.insert(Sha256::digest(text::write(&newest.record)).into());
        }
    }
    add_stories(c, &mut content)?;
    let mut set = Sha256::new();
    for hash in &texts {
        set.update(hash);
    }
    Ok(Digest { content: hex(&content.finalize()), texts: hex(&set.finalize()) })
}

fn add_stories(c: &Connection, hasher: &mut Sha256) -> Sql<()> {
    const ALL: &str = "SELECT id || ' ' || coalesce(merged_into, '') || ' '
        || coalesce(headline, '') FROM stories ORDER BY id";
    let mut find = c.prepare_cached(ALL)?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        hasher.update((line.len() as u64).to_le_bytes());
        hasher.update(line);
    }
    Ok(())
}

/// Each field with its length before it, so that no two contents give the same bytes.
fn add(hasher: &mut Sha256, stored: &StoredRecord) {
    let (record, stored) = (&stored.record, &stored.stored);
    let mut field = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    field(&stored.id.0.to_le_bytes());
    field(&stored.revision.to_le_bytes());
    field(record.url.as_ref().map_or("", |url| url.as_str()).as_bytes());
    field(record.title.as_bytes());
    field(record.date.map(record::date::compact).unwrap_or_default().as_bytes());
    field(record.body_text().as_bytes());
    if let Some(duplicate) = &stored.duplicate {
        field(&duplicate.of.0.to_le_bytes());
        field(duplicate.kind.code().as_bytes());
        field(format!("{:.4}", duplicate.similarity).as_bytes());
    }
    field(stored.story.map(|story| story.to_string()).unwrap_or_default().as_bytes());
    if stored.is_ours {
        field(b"ours");
    }
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use crate::test_support::World;

    const A: &str = "https://a.example/1";
    const B: &str = "https://b.example/2";

    #[test]
    fn the_order_counts_for_the_content_and_not_for_the_texts() {
        let (mut one, mut two) = (World::new(), World::new());
        let empty = one.reader().digest().unwrap();
        one.put(A, "It rained.", 10);
        one.put(B, "It snowed.", 20);
        two.put(B, "It snowed.", 700);
        two.put(A, "It rained.", 800);
        let (first, second) = (one.reader().digest().unwrap(), two.reader().digest().unwrap());
        assert_ne!(first.content, second.content);
        assert_eq!(first.texts, second.texts);
        assert_ne!(first.texts, empty.texts);
        assert_eq!(first.content.len(), 64);
    }

    #[test]
    fn times_and_gaps_do_not_count_and_revisions_do() {
        let (mut one, mut two) = (World::new(), World::new());
        for world in [&mut one, &mut two] {
            world.put(A, "It rained.", 10);
        }
        two.put(A, "It rained.", 99);
        two.put(B, "It snowed.", 100);
        one.put(B, "It snowed.", 20);
        let digest = one.reader().digest().unwrap();
        assert_eq!(digest, two.reader().digest().unwrap());
        one.put(A, "It poured.", 30);
        assert_ne!(digest, one.reader().digest().unwrap());
    }
}
