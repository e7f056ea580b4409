-- Which version of the program cleaned each text, and whose change a revision is.

ALTER TABLE records ADD COLUMN cleaner TEXT;   -- NULL: from before it was noted
ALTER TABLE records ADD COLUMN is_ours INTEGER NOT NULL DEFAULT 0; -- cleaned anew from the same capture: the publisher changed nothing
ALTER TABLE revisions ADD COLUMN cleaner TEXT;
ALTER TABLE revisions ADD COLUMN is_ours INTEGER NOT NULL DEFAULT 0;

DROP VIEW all_texts;
CREATE VIEW all_texts AS
SELECT seq, id, row_number() OVER (PARTITION BY seq ORDER BY is_newest, fetched_at, text_seq)
       AS revision, is_newest, is_ours, cleaner, url, title, day, body, duplicate_of,
       duplicate_kind, strftime('%Y-%m-%dT%H:%M:%fZ', fetched_at / 1000.0, 'unixepoch')
       AS fetched_at
FROM (SELECT r.seq, r.id, 1 AS is_newest, r.is_ours, r.cleaner, r.url, r.title, r.day, r.body,
             r.duplicate_of, r.duplicate_kind, r.fetched_at, r.text_seq FROM records r
      UNION ALL
      SELECT r.seq, r.id, 0, v.is_ours, v.cleaner, v.url, v.title, v.day, v.body,
             v.duplicate_of, v.duplicate_kind, v.fetched_at, v.text_seq
      FROM revisions v JOIN records r ON r.seq = v.record);
