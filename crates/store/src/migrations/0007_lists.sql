-- Documents that list pages (sitemaps, pages of feeds), read by an unfinished run: it goes on
-- with those that it has not read. They go when the run ends.

CREATE TABLE lists (
    run     INTEGER NOT NULL REFERENCES runs (run),
    number  INTEGER NOT NULL,              -- in the order in which they were found
    url     TEXT    NOT NULL,
    via     TEXT,                          -- the list that led here
    depth   INTEGER NOT NULL,
    is_guess INTEGER NOT NULL,             -- nothing says that it exists
    is_done INTEGER NOT NULL DEFAULT 0,
    content BLOB,                          -- a hash of what it lists
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;
