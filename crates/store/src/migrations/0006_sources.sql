-- Sources: what each brought and cost, a row a day; what filters took is no failure.

-- What a source brought, by the day (days since 1970-01-01, UTC) of its answers. The newest 60
-- days are kept. Pages count for the feed that listed them first.
CREATE TABLE feed_days (
    feed       INTEGER NOT NULL REFERENCES feeds (feed) ON DELETE CASCADE,
    day        INTEGER NOT NULL,
    polls      INTEGER NOT NULL,            -- of the feed, all of them
    unmodified INTEGER NOT NULL,            -- answered 304
    failed     INTEGER NOT NULL,
    new_items  INTEGER NOT NULL,
    overruns   INTEGER NOT NULL,            -- polls that knew nothing of what was listed: a gap
    lies       INTEGER NOT NULL,            -- 304s that were found to be wrong
    stored     INTEGER NOT NULL,            -- pages: new records, copies among them
    duplicates INTEGER NOT NULL,
    revisions  INTEGER NOT NULL,
    unchanged  INTEGER NOT NULL,
    filtered   INTEGER NOT NULL,            -- taken by the user's filters
    walls      INTEGER NOT NULL,            -- bot walls, consent, captchas, paywalls, logins
    no_text    INTEGER NOT NULL,            -- pages that came and gave no article
    broken     INTEGER NOT NULL,            -- pages that did not come
    text_bytes INTEGER NOT NULL,            -- of the bodies of new records and revisions
    requests   INTEGER NOT NULL,            -- for feed and pages, redirects included
    bytes      INTEGER NOT NULL,            -- of their bodies, decoded
    PRIMARY KEY (feed, day)
) STRICT, WITHOUT ROWID;

-- Needed where a feed is removed; and to go through what one feed brought.
CREATE INDEX entries_by_feed ON entries (feed) WHERE feed IS NOT NULL;

-- The state of the run that is alive, as it said itself: one row, replaced every second or so.
CREATE TABLE live (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    run        INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (json_valid(state))
) STRICT;

DROP VIEW failed;
CREATE VIEW failed AS
SELECT coalesce(url, name) AS origin, 0 AS position, reason, detail,
       datetime(finished_at / 1000, 'unixepoch') AS failed
FROM entries WHERE state = 'dead' AND reason IS NOT 'filtered'
UNION ALL
SELECT i.name, f.position, f.reason, f.detail, datetime(f.failed_at / 1000, 'unixepoch')
FROM failures f JOIN inputs i ON i.input = f.input;

CREATE VIEW filtered AS
SELECT coalesce(e.url, e.name) AS origin, f.url AS feed, e.detail AS rule,
       datetime(e.finished_at / 1000, 'unixepoch') AS taken
FROM entries e LEFT JOIN feeds f ON f.feed = e.feed
WHERE e.state = 'dead' AND e.reason = 'filtered';
