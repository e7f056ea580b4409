-- Version 4: entries that a feed lost, texts that retention took away, growth.

-- Gaps: polls that found nothing of the last one in the feed, so that entries came and went
-- between them.
ALTER TABLE feeds ADD COLUMN gaps   INTEGER NOT NULL DEFAULT 0; -- how many polls
ALTER TABLE feeds ADD COLUMN missed INTEGER NOT NULL DEFAULT 0; -- entries, an estimate
ALTER TABLE feeds ADD COLUMN gap_at INTEGER;                    -- the last of them

-- How far retention came: a text that was taken away has an empty body; its row stays, with
-- its names and hashes, so that what is old does not come back as new.
CREATE TABLE retention (
    what TEXT    PRIMARY KEY CHECK (what IN ('bodies', 'revisions')),
    upto INTEGER NOT NULL                  -- commit sequence of the last one looked at
) STRICT, WITHOUT ROWID;
CREATE INDEX revisions_in_order ON revisions (text_seq);

-- The size of the database, a row a day: what growth is told by.
CREATE TABLE sizes (
    day     INTEGER PRIMARY KEY,           -- days since 1970-01-01, UTC
    bytes   INTEGER NOT NULL,              -- in use, the last time that day
    records INTEGER NOT NULL
) STRICT;
