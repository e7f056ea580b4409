-- How each text or failure came about, for 'explain': the last few of an entry, record or
-- place in an input, for as long as store.trails says.

CREATE TABLE trails (
    trail    INTEGER PRIMARY KEY,
    entry    INTEGER REFERENCES entries (entry) ON DELETE CASCADE, -- whose claim ended with it
    record   TEXT    REFERENCES records (id),  -- what it led to
    input    INTEGER REFERENCES inputs (input), -- where it was read, without a network
    position INTEGER,
    at       INTEGER NOT NULL,             -- when it was captured
    outcome  TEXT    NOT NULL,             -- as in tallies
    reason   TEXT,
    detail   TEXT,
    steps    TEXT    NOT NULL CHECK (json_valid(steps)) -- requests and decisions: the program's own
) STRICT;
CREATE INDEX trails_by_entry ON trails (entry, trail) WHERE entry IS NOT NULL;
CREATE INDEX trails_by_record ON trails (record, trail) WHERE record IS NOT NULL;
CREATE INDEX trails_by_input ON trails (input, position, trail) WHERE input IS NOT NULL;
CREATE INDEX trails_by_time ON trails (at);
