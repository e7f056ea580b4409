-- Stories as they are found: names, headlines, why each record is where it is, and what users
-- decided.

ALTER TABLE stories ADD COLUMN born INTEGER NOT NULL DEFAULT 0; -- commit sequence of the record it is named after
ALTER TABLE stories ADD COLUMN size INTEGER NOT NULL DEFAULT 0; -- records in it, copies included
ALTER TABLE stories ADD COLUMN headline TEXT REFERENCES records (id) ON DELETE SET NULL; -- its title
ALTER TABLE stories ADD COLUMN likeness REAL;                   -- of a gone one to the one it is in now
CREATE INDEX stories_by_time ON stories (last_time) WHERE size > 1;
CREATE INDEX stories_by_size ON stories (size, last_time) WHERE size > 1;
CREATE INDEX stories_by_merge ON stories (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX stories_by_headline ON stories (headline) WHERE headline IS NOT NULL;

-- stories.size follows from records.
CREATE TRIGGER story_joined AFTER INSERT ON records WHEN new.story IS NOT NULL BEGIN
    UPDATE stories SET size = size + 1 WHERE id = new.story;
END;
CREATE TRIGGER story_changed AFTER UPDATE OF story ON records
WHEN old.story IS NOT new.story BEGIN
    UPDATE stories SET size = size - 1 WHERE id = old.story;
    UPDATE stories SET size = size + 1 WHERE id = new.story;
END;
CREATE TRIGGER story_left AFTER DELETE ON records WHEN old.story IS NOT NULL BEGIN
    UPDATE stories SET size = size - 1 WHERE id = old.story;
END;

-- Why each record is in its story, as it was found when the record came, and from what the
-- memory of stories is rebuilt.
CREATE TABLE memberships (
    seq       INTEGER PRIMARY KEY REFERENCES records (seq) ON DELETE CASCADE,
    time      INTEGER NOT NULL,            -- the record's own: instant, day, else capture
    lang      TEXT,                        -- as it was then
    sketch    BLOB    NOT NULL,            -- its heaviest terms
    basis     TEXT    NOT NULL CHECK (basis IN ('first', 'alike', 'decided')),
    near      TEXT,                        -- the story that came nearest; the record of a decision
    score     REAL,                        -- how near, and what it had to reach
    threshold REAL,
    shared    TEXT CHECK (shared IS NULL OR json_valid(shared)) -- terms and their shares
) STRICT;

-- What users decided of pairs of records: holds for all that comes, whatever is read again.
CREATE TABLE story_decisions (
    n        INTEGER PRIMARY KEY,
    decision TEXT    NOT NULL CHECK (decision IN ('together', 'apart')),
    one      TEXT    NOT NULL,             -- ids of records, which may be yet to come
    other    TEXT    NOT NULL,
    made_at  INTEGER NOT NULL
) STRICT;

CREATE VIEW storyline AS
SELECT s.id, r.title, s.size,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.first_time / 1000.0, 'unixepoch') AS first,
       strftime('%Y-%m-%dT%H:%M:%fZ', s.last_time / 1000.0, 'unixepoch') AS last
FROM stories s LEFT JOIN records r ON r.id = s.headline
WHERE s.size > 0 ORDER BY s.last_time DESC, s.id;
