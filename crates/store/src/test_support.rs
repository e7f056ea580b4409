//! A database in a temporary folder, and things to put into it.

use std::path::PathBuf;

use jiff::Timestamp;
use record::story::{Basis, Membership, Merge, Near, SharedTerm};
use record::{ContentHash, Duplicate, Line, Novelty, PageUrl, Record, RecordId, StoryId, Verdict};
use tempfile::TempDir;

use crate::{
    CaptureKey, Commit, Committed, Effect, FoundEntry, Judged, OpenOptions, Reader, RunId, Store,
    frontier,
};

/// A time, in milliseconds.
pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap()
}

/// A database with a run in it.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) store: Store,
    pub(crate) run: RunId,
    next: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, run) = open(&folder.path().join("news.db"));
        Self { folder, store, run, next: 1 }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("news.db")
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::open(&self.path()).unwrap()
    }

    /// The process dies, and another one goes on.
    pub(crate) fn crash(self) -> Self {
        let Self { folder, store, next, .. } = self;
        drop(store);
        let (store, run) = open(&folder.path().join("news.db"));
        Self { folder, store, run, next }
    }

    /// Pages that no feed listed.
    pub(crate) fn add_entries(&mut self, found: &[FoundEntry], now: Timestamp) {
        let add = |c: &rusqlite::Connection| frontier::put_pages(c, found, now.as_millisecond());
        self.store.write(add).unwrap();
    }

    pub(crate) fn commit(&mut self, commit: Commit) -> Committed {
        self.store.commit(self.run, &[commit]).unwrap().remove(0)
    }

    /// A judged record of this text at this URL, as a commit.
    pub(crate) fn text(&mut self, url: &str, body: &str, millis: i64) -> Commit {
        let record = page(url, body);
        let id = RecordId::of(&record);
        let judged = Judged {
            aliases: vec![record.url.as_ref().unwrap().identity()],
            verdict: Verdict {
                id,
                novelty: Novelty::New,
                duplicate: None,
                story: None,
                sketch: body.as_bytes().to_vec(),
            },
            record,
            sequence: self.next,
            sketch_day: Some((millis / 86_400_000) as i32),
        };
        self.next += 1;
        Commit::new(at(millis), Effect::Record(Box::new(judged)))
    }

    pub(crate) fn put(&mut self, url: &str, body: &str, millis: i64) -> Committed {
        let commit = self.text(url, body, millis);
        self.commit(commit)
    }

    /// The bodies of all texts at this URL, the oldest first.
    pub(crate) fn bodies(&self, url: &str) -> Vec<String> {
        let reader = self.reader();
        let id = reader.find(url).unwrap().unwrap();
        reader.history(id).unwrap().iter().map(|text| text.record.body_text()).collect()
    }

    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.store.connection().query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

fn open(path: &std::path::Path) -> (Store, RunId) {
    let mut store = Store::open(path, OpenOptions::default()).unwrap();
    let run = store.begin_run("run", "", at(1_000)).unwrap();
    (store, run.id)
}

pub(crate) fn page(url: &str, body: &str) -> Record {
    let mut record =
        Record::new(Line::new("A title").unwrap(), body.lines().filter_map(Line::new).collect());
    record.url = Some(PageUrl::parse(url).unwrap());
    record
}

pub(crate) fn as_copy_of(mut commit: Commit, of: RecordId) -> Commit {
    if let Effect::Record(judged) = &mut commit.effect {
        let kind = record::DuplicateKind::Near;
        let shared = "shared words".to_owned();
        judged.verdict.duplicate = Some(Duplicate { of, kind, similarity: 0.9, shared });
    }
    commit
}

/// In the story with this number, after merges of a gone into a kept one.
pub(crate) fn in_story(mut commit: Commit, story: u64, pairs: &[(u64, u64)]) -> Commit {
    let time = commit.at;
    if let Effect::Record(judged) = &mut commit.effect {
        let id = judged.verdict.id;
        let near = Near {
            story: StoryId(story),
            score: 0.5,
            threshold: 0.25,
            shared: vec![SharedTerm { term: "Izmir".to_owned(), share: 0.5 }],
        };
        let merged = pairs.iter().map(|&(gone, kept)| Merge {
            gone: StoryId(gone),
            kept: StoryId(kept),
            score: 0.5,
        });
        judged.verdict.story = Some(Membership {
            story: StoryId(story),
            basis: Basis::Alike(near),
            time,
            sketch: vec![1, 2],
            merged: merged.collect(),
            headlines: vec![(StoryId(story), id)],
        });
    }
    commit
}

pub(crate) fn key(source: &str, position: u64) -> CaptureKey {
    let hash = Some(ContentHash::of_bytes(source.as_bytes()));
    CaptureKey { source: source.to_owned(), position, hash }
}

pub(crate) fn found(host: &str, name: &str, due: i64) -> FoundEntry {
    FoundEntry {
        guid: name.to_owned(),
        name: format!("https://{host}/{name}"),
        url: Some(format!("https://{host}/{name}?from=feed")),
        host: host.to_owned(),
        fingerprint: ContentHash::of_bytes(name.as_bytes()),
        payload: Some("{\"title\":\"A title\"}".to_owned()),
        is_foreign: false,
        due_at: at(due),
    }
}
