-- New texts reach the text index together, at the end of the transaction that stores them: written
-- one by one, each of them becomes a segment of the index of its own, because every statement after
-- it that may have to be undone by itself makes FTS5 write down what it holds.

-- One row: up to which record the text index goes.
CREATE TABLE searchable (
    one  INTEGER PRIMARY KEY CHECK (one = 1),
    upto INTEGER NOT NULL
) STRICT;
INSERT INTO searchable (one, upto) SELECT 1, coalesce(max(seq), -1) FROM records;

DROP TRIGGER records_inserted;
DROP TRIGGER records_changed;
DROP TRIGGER records_deleted;
CREATE TRIGGER records_changed AFTER UPDATE OF title, body ON records
WHEN old.seq <= (SELECT upto FROM searchable) BEGIN
    INSERT INTO search (search, rowid, title, body)
    VALUES ('delete', old.seq, old.title, old.body);
    INSERT INTO search (rowid, title, body) VALUES (new.seq, new.title, new.body);
END;
CREATE TRIGGER records_deleted AFTER DELETE ON records
WHEN old.seq <= (SELECT upto FROM searchable) BEGIN
    INSERT INTO search (search, rowid, title, body)
    VALUES ('delete', old.seq, old.title, old.body);
END;
