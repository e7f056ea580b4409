-- The database of Newsluice, version 1.
--
-- Conventions, kept by every later version:
--   * times are unix milliseconds, UTC, in INTEGER columns; days are TEXT, YYYYMMDD, in the
--     publisher's own calendar; the views show times as RFC 3339
--   * ids of records and stories are TEXT, 16 hex digits; hashes are BLOBs, shown by hex()
--   * unknown is NULL, never '' or 0
--   * seq is the commit sequence: larger for what was judged later, with gaps
-- To read, start with the views: articles, all_texts, duplicates, feed_health, waiting,
-- failed, run_summary.

-- Runs: one use of the program that wrote here. A run that did not end is resumed by the next
-- one of the same kind and key, with its started_at.
CREATE TABLE runs (
    run        INTEGER PRIMARY KEY,
    kind       TEXT    NOT NULL,           -- run, replay, backfill ...
    key        TEXT    NOT NULL,           -- what it works on: names it when it is resumed
    started_at INTEGER NOT NULL,
    ended_at   INTEGER                     -- NULL while it runs and after a crash
) STRICT;
CREATE UNIQUE INDEX runs_unfinished ON runs (kind, key) WHERE ended_at IS NULL;

-- What became of what each run took in hand. For 'entry' and 'feed' the law of conservation
-- holds: claimed = all other outcomes + claims still open.
CREATE TABLE tallies (
    run     INTEGER NOT NULL REFERENCES runs (run),
    of      TEXT    NOT NULL CHECK (of IN ('entry', 'feed', 'capture')),
    outcome TEXT    NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (run, of, outcome)
) STRICT, WITHOUT ROWID;

-- Hosts (name and port): what is due there, and how to treat them.
CREATE TABLE hosts (
    host        TEXT    PRIMARY KEY,
    entry_due   INTEGER,                   -- earliest due_at of its waiting entries
    feed_due    INTEGER,                   -- earliest due_at of its waiting feeds
    in_flight   INTEGER NOT NULL DEFAULT 0, -- its claimed entries and feeds
    claimed_at  INTEGER NOT NULL DEFAULT 0, -- last claim: hosts take turns by it
    hold_until  INTEGER NOT NULL DEFAULT 0, -- nothing is claimed before
    state       TEXT    CHECK (state IS NULL OR json_valid(state)) -- robots, pace: fetch's own
) STRICT, WITHOUT ROWID;
CREATE INDEX hosts_entry_due ON hosts (entry_due) WHERE entry_due IS NOT NULL;
CREATE INDEX hosts_feed_due ON hosts (feed_due) WHERE feed_due IS NOT NULL;
-- The hosts in turn: a claim walks along it until it has enough.
CREATE INDEX hosts_entry_turn ON hosts (claimed_at, entry_due, host, hold_until, in_flight)
    WHERE entry_due IS NOT NULL;
CREATE INDEX hosts_feed_turn ON hosts (claimed_at, feed_due, host, hold_until, in_flight)
    WHERE feed_due IS NOT NULL;

-- Feeds: the sources.
CREATE TABLE feeds (
    feed          INTEGER PRIMARY KEY,
    url           TEXT    NOT NULL UNIQUE, -- where it is polled now
    host          TEXT    NOT NULL,
    state         TEXT    NOT NULL DEFAULT 'waiting'
                  CHECK (state IN ('waiting', 'suspect', 'claimed', 'paused', 'gone')),
    due_at        INTEGER NOT NULL,
    run           INTEGER REFERENCES runs (run), -- who holds the claim
    claimed_at    INTEGER,
    lease_until   INTEGER,
    alone         INTEGER NOT NULL DEFAULT 0, -- is claimed with nothing beside it
    unfinished    INTEGER NOT NULL DEFAULT 0, -- claims whose run died
    failures      INTEGER NOT NULL DEFAULT 0, -- polls failed since the last good one
    reason        TEXT,                    -- code of the last failure, NULL after a good poll
    detail        TEXT,
    etag          TEXT,                    -- validators, as they were sent: never stored before
    last_modified TEXT,                    -- what they vouch for
    polled_at     INTEGER,
    changed_at    INTEGER,                 -- last poll that brought a new or changed entry
    added_at      INTEGER NOT NULL,
    title         TEXT,
    site          TEXT,
    schedule      TEXT    CHECK (schedule IS NULL OR json_valid(schedule)),
    settings      TEXT    CHECK (settings IS NULL OR json_valid(settings))
) STRICT;
CREATE INDEX feeds_by_host ON feeds (host, state, due_at);
CREATE INDEX feeds_claimed ON feeds (run, alone) WHERE state = 'claimed';
CREATE INDEX feeds_suspect ON feeds (due_at) WHERE state = 'suspect';

-- Every URL that a feed was ever known by: one that moved is not added again.
CREATE TABLE feed_urls (
    url  TEXT    PRIMARY KEY,
    feed INTEGER NOT NULL REFERENCES feeds (feed) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The frontier: the pages and items to become records, one row each, however many feeds
-- carry it.
CREATE TABLE entries (
    entry       INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE,   -- identity of the URL, else feed and item id
    url         TEXT,                      -- what is fetched, as it was published
    host        TEXT    NOT NULL,
    feed        INTEGER REFERENCES feeds (feed) ON DELETE SET NULL, -- who brought it first
    state       TEXT    NOT NULL
                CHECK (state IN ('waiting', 'suspect', 'claimed', 'done', 'dead')),
    due_at      INTEGER NOT NULL,
    run         INTEGER REFERENCES runs (run),
    claimed_at  INTEGER,
    lease_until INTEGER,
    alone       INTEGER NOT NULL DEFAULT 0,
    unfinished  INTEGER NOT NULL DEFAULT 0,
    attempts    INTEGER NOT NULL DEFAULT 0, -- failures since the last success
    again       INTEGER NOT NULL DEFAULT 0, -- changed while it was claimed
    is_foreign  INTEGER NOT NULL DEFAULT 0, -- on another site than its feed
    reason      TEXT,
    detail      TEXT,
    record      TEXT    REFERENCES records (id),
    payload     TEXT    CHECK (payload IS NULL OR json_valid(payload)), -- the item itself
    found_at    INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
CREATE INDEX entries_by_host ON entries (host, state, due_at, entry);
CREATE INDEX entries_claimed ON entries (run, alone) WHERE state = 'claimed';
CREATE INDEX entries_suspect ON entries (due_at) WHERE state = 'suspect';
CREATE INDEX entries_dead ON entries (reason) WHERE state = 'dead';
CREATE INDEX entries_by_record ON entries (record) WHERE record IS NOT NULL;

-- What each feed listed: tells new and changed items from known ones, for ever.
CREATE TABLE feed_items (
    feed        INTEGER NOT NULL REFERENCES feeds (feed) ON DELETE CASCADE,
    guid        TEXT    NOT NULL,
    entry       INTEGER NOT NULL REFERENCES entries (entry),
    fingerprint BLOB    NOT NULL,
    found_at    INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    PRIMARY KEY (feed, guid)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_items_by_entry ON feed_items (entry);

-- hosts.entry_due, feed_due and in_flight follow from entries and feeds.
CREATE TRIGGER entries_inserted AFTER INSERT ON entries WHEN new.state = 'waiting' BEGIN
    INSERT INTO hosts (host, entry_due) VALUES (new.host, new.due_at)
    ON CONFLICT (host) DO UPDATE SET
        entry_due = min(coalesce(entry_due, excluded.entry_due), excluded.entry_due);
END;
CREATE TRIGGER entries_changed AFTER UPDATE OF state, due_at ON entries
WHEN old.state IS NOT new.state OR old.due_at IS NOT new.due_at BEGIN
    UPDATE hosts SET
        entry_due = (SELECT min(due_at) FROM entries
                     WHERE host = new.host AND state = 'waiting'),
        in_flight = in_flight + (new.state = 'claimed') - (old.state = 'claimed'),
        claimed_at = CASE new.state WHEN 'claimed' THEN new.claimed_at ELSE claimed_at END
    WHERE host = new.host;
END;
CREATE TRIGGER entries_deleted AFTER DELETE ON entries BEGIN
    UPDATE hosts SET
        entry_due = (SELECT min(due_at) FROM entries
                     WHERE host = old.host AND state = 'waiting'),
        in_flight = in_flight - (old.state = 'claimed')
    WHERE host = old.host;
END;
CREATE TRIGGER feeds_inserted AFTER INSERT ON feeds WHEN new.state = 'waiting' BEGIN
    INSERT INTO hosts (host, feed_due) VALUES (new.host, new.due_at)
    ON CONFLICT (host) DO UPDATE SET
        feed_due = min(coalesce(feed_due, excluded.feed_due), excluded.feed_due);
END;
CREATE TRIGGER feeds_changed AFTER UPDATE OF state, due_at, host ON feeds
WHEN old.state IS NOT new.state OR old.due_at IS NOT new.due_at OR old.host IS NOT new.host
BEGIN
    INSERT INTO hosts (host) VALUES (new.host) ON CONFLICT DO NOTHING;
    UPDATE hosts SET
        feed_due = (SELECT min(due_at) FROM feeds
                    WHERE host = old.host AND state = 'waiting'),
        in_flight = in_flight - (old.state = 'claimed')
    WHERE host = old.host;
    UPDATE hosts SET
        feed_due = (SELECT min(due_at) FROM feeds
                    WHERE host = new.host AND state = 'waiting'),
        in_flight = in_flight + (new.state = 'claimed'),
        claimed_at = CASE new.state WHEN 'claimed' THEN new.claimed_at ELSE claimed_at END
    WHERE host = new.host;
END;
CREATE TRIGGER feeds_deleted AFTER DELETE ON feeds BEGIN
    UPDATE hosts SET
        feed_due = (SELECT min(due_at) FROM feeds
                    WHERE host = old.host AND state = 'waiting'),
        in_flight = in_flight - (old.state = 'claimed')
    WHERE host = old.host;
END;

-- Records: one article each, with its newest text (by capture time).
CREATE TABLE records (
    seq          INTEGER PRIMARY KEY,      -- when it was first stored, in commit order
    id           TEXT    NOT NULL UNIQUE,
    url          TEXT,                     -- canonical
    title        TEXT    NOT NULL,
    day          TEXT,                     -- YYYYMMDD
    body         TEXT    NOT NULL,         -- one paragraph a line
    content_hash BLOB    NOT NULL,         -- of the folded title and body
    lang         TEXT,                     -- BCP 47
    feed         TEXT,                     -- URL of the feed that led here
    meta         TEXT    NOT NULL CHECK (json_valid(meta)),
    duplicate_of TEXT    REFERENCES records (id), -- whose text this one copies
    duplicate_kind TEXT,
    similarity   REAL,
    shared       TEXT,                     -- the text in common, to show why
    story        TEXT    REFERENCES stories (id),
    revision     INTEGER NOT NULL DEFAULT 1, -- 1 + the number of older texts
    text_seq     INTEGER NOT NULL,         -- commit sequence of this text
    own_time     INTEGER NOT NULL,         -- its day (UTC), else when it was captured
    first_seen   INTEGER NOT NULL,
    fetched_at   INTEGER NOT NULL,         -- earliest capture of this text
    seen_until   INTEGER NOT NULL          -- latest capture of this text
) STRICT;
CREATE INDEX records_by_content ON records (content_hash, seq);
CREATE INDEX records_by_time ON records (own_time);
CREATE INDEX records_by_feed ON records (feed, seq) WHERE feed IS NOT NULL;
CREATE INDEX records_by_story ON records (story, seq) WHERE story IS NOT NULL;
CREATE INDEX records_by_original ON records (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- Revisions: the older texts of a record, in the order of (fetched_at, text_seq).
CREATE TABLE revisions (
    record       INTEGER NOT NULL REFERENCES records (seq) ON DELETE CASCADE,
    fetched_at   INTEGER NOT NULL,
    text_seq     INTEGER NOT NULL,
    url          TEXT,
    title        TEXT    NOT NULL,
    day          TEXT,
    body         TEXT    NOT NULL,
    content_hash BLOB    NOT NULL,
    lang         TEXT,
    feed         TEXT,
    meta         TEXT    NOT NULL CHECK (json_valid(meta)),
    duplicate_of TEXT    REFERENCES records (id),
    duplicate_kind TEXT,
    similarity   REAL,
    shared       TEXT,
    seen_until   INTEGER NOT NULL,
    PRIMARY KEY (record, fetched_at, text_seq)
) STRICT;
CREATE INDEX revisions_by_content ON revisions (content_hash, record);
CREATE INDEX revisions_by_original ON revisions (duplicate_of) WHERE duplicate_of IS NOT NULL;

-- Every name that a record goes by: identities of its URLs, hashes of the raw bytes of inputs
-- without one, ids merged into it.
CREATE TABLE aliases (
    alias TEXT PRIMARY KEY,
    id    TEXT NOT NULL REFERENCES records (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_by_record ON aliases (id);

-- Stories: the reports of one event.
CREATE TABLE stories (
    id         TEXT    PRIMARY KEY,
    merged_into TEXT   REFERENCES stories (id), -- an alias since the merge
    first_time INTEGER NOT NULL,           -- own_time of its earliest and its latest record
    last_time  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The next free commit sequence number.
CREATE TABLE position (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    next_seq INTEGER NOT NULL
) STRICT;
INSERT INTO position VALUES (1, 1);

-- Signatures: from which the index of duplicates is rebuilt, one for each text judged.
CREATE TABLE signatures (
    seq    INTEGER PRIMARY KEY,            -- commit sequence of the text
    id     TEXT    NOT NULL REFERENCES records (id),
    day    INTEGER NOT NULL,               -- days since 1970-01-01, of the text's own time
    sketch BLOB    NOT NULL
) STRICT;
CREATE INDEX signatures_by_day ON signatures (day, seq);

-- Inputs without a network: files, folders, archives.
CREATE TABLE inputs (
    input INTEGER PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE
) STRICT;

-- Captures taken from inputs: committed once, skipped after.
CREATE TABLE captures (
    input    INTEGER NOT NULL REFERENCES inputs (input),
    position INTEGER NOT NULL,             -- offset or line in it
    hash     BLOB    NOT NULL,             -- of the bytes
    record   TEXT    REFERENCES records (id), -- NULL: it failed, or gave no record
    PRIMARY KEY (input, position)
) STRICT, WITHOUT ROWID;

-- Inputs that did not become records, with the reason: the dead letters.
CREATE TABLE failures (
    input    INTEGER NOT NULL REFERENCES inputs (input),
    position INTEGER NOT NULL,
    reason   TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    failed_at INTEGER NOT NULL,
    PRIMARY KEY (input, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX failures_by_reason ON failures (reason);

-- Full text over the newest texts.
CREATE VIRTUAL TABLE search USING fts5 (
    title, body, content = 'records', content_rowid = 'seq',
    tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER records_inserted AFTER INSERT ON records BEGIN
    INSERT INTO search (rowid, title, body) VALUES (new.seq, new.title, new.body);
END;
CREATE TRIGGER records_changed AFTER UPDATE OF title, body ON records BEGIN
    INSERT INTO search (search, rowid, title, body)
    VALUES ('delete', old.seq, old.title, old.body);
    INSERT INTO search (rowid, title, body) VALUES (new.seq, new.title, new.body);
END;
CREATE TRIGGER records_deleted AFTER DELETE ON records BEGIN
    INSERT INTO search (search, rowid, title, body)
    VALUES ('delete', old.seq, old.title, old.body);
END;

-- Views: answers to common questions.

CREATE VIEW articles AS
SELECT id, day, title, url, lang, feed, revision, duplicate_of, duplicate_kind, story,
       strftime('%Y-%m-%dT%H:%M:%fZ', first_seen / 1000.0, 'unixepoch') AS first_seen,
       strftime('%Y-%m-%dT%H:%M:%fZ', fetched_at / 1000.0, 'unixepoch') AS fetched_at,
       body
FROM records ORDER BY seq;

-- One row for each text of each record, with its revision number.
CREATE VIEW all_texts AS
SELECT seq, id, row_number() OVER (PARTITION BY seq ORDER BY is_newest, fetched_at, text_seq)
       AS revision, is_newest, url, title, day, body, duplicate_of, duplicate_kind,
       strftime('%Y-%m-%dT%H:%M:%fZ', fetched_at / 1000.0, 'unixepoch') AS fetched_at
FROM (SELECT r.seq, r.id, 1 AS is_newest, r.url, r.title, r.day, r.body, r.duplicate_of,
             r.duplicate_kind, r.fetched_at, r.text_seq FROM records r
      UNION ALL
      SELECT r.seq, r.id, 0, v.url, v.title, v.day, v.body, v.duplicate_of,
             v.duplicate_kind, v.fetched_at, v.text_seq
      FROM revisions v JOIN records r ON r.seq = v.record);

CREATE VIEW duplicates AS
SELECT c.id, c.title, c.url, c.duplicate_kind AS kind, c.similarity,
       o.id AS original, o.title AS original_title, o.url AS original_url, c.shared
FROM records c JOIN records o ON o.id = c.duplicate_of ORDER BY c.seq;

CREATE VIEW feed_health AS
SELECT f.feed, f.url, f.title, f.state, f.failures, f.reason, f.detail,
       datetime(f.polled_at / 1000, 'unixepoch') AS polled,
       datetime(f.changed_at / 1000, 'unixepoch') AS changed,
       datetime(f.due_at / 1000, 'unixepoch') AS next_poll,
       (SELECT count(*) FROM feed_items i WHERE i.feed = f.feed) AS items
FROM feeds f ORDER BY f.url;

CREATE VIEW waiting AS
SELECT entry, url, host, state, attempts, unfinished,
       datetime(due_at / 1000, 'unixepoch') AS due
FROM entries WHERE state IN ('waiting', 'suspect', 'claimed') ORDER BY due_at;

CREATE VIEW failed AS
SELECT coalesce(url, name) AS origin, 0 AS position, reason, detail,
       datetime(finished_at / 1000, 'unixepoch') AS failed
FROM entries WHERE state = 'dead'
UNION ALL
SELECT i.name, f.position, f.reason, f.detail, datetime(f.failed_at / 1000, 'unixepoch')
FROM failures f JOIN inputs i ON i.input = f.input;

CREATE VIEW run_summary AS
SELECT r.run, r.kind, r.key, datetime(r.started_at / 1000, 'unixepoch') AS started,
       datetime(r.ended_at / 1000, 'unixepoch') AS ended, t.of, t.outcome, t.count
FROM runs r LEFT JOIN tallies t ON t.run = r.run ORDER BY r.run, t.of, t.outcome;
