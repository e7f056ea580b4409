#!/usr/bin/env python3
"""Makes the samples schema-2.db.gz and following from schema-1.db.gz, for the test of upgrades.

Run in the repository: python3 tests/data/sample.py 7    (the version to make; it is kept for ever)

The sample of version N is that of version 1 (five records that the last program of that version
stored) taken through the migrations 2 to N of this repository, with a row or two in each table
that a version brought, as its program would have written them.
"""
import gzip, os, sqlite3, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
MIGRATIONS = os.path.join(HERE, "../../crates/store/src/migrations")
T = 1_764_000_000_000  # 2025-11-24

ROWS = {
    1: f"""
        INSERT INTO feeds (feed, url, host, due_at, added_at, polled_at, changed_at, title, etag)
            VALUES (1, 'https://news.example/feed', 'news.example:443', {T + 3_600_000}, {T}, {T},
                {T}, 'News', '"1"');
        INSERT INTO feed_urls VALUES ('https://news.example/feed', 1);
        INSERT INTO entries (entry, name, url, host, feed, state, due_at, attempts, reason, detail,
                payload, found_at, finished_at) VALUES
            (1, 'https://news.example/1', 'https://news.example/1', 'news.example:443', 1, 'dead',
                {T}, 8, 'timeout', '30 s', NULL, {T}, {T}),
            (2, 'https://news.example/2', 'https://news.example/2', 'news.example:443', 1,
                'waiting', {T}, 0, NULL, NULL, '{{"title":"Two"}}', {T}, NULL);
        INSERT INTO feed_items VALUES (1, 'one', 1, x'00', {T}, {T}), (1, 'two', 2, x'01', {T}, {T});
    """,
    2: """
        INSERT INTO story_decisions (decision, one, other, made_at)
            VALUES ('apart', '0123456789abcdef', '123456789abcdef0', 0);
    """,
    3: "UPDATE inputs SET reached = 1 WHERE input = (SELECT min(input) FROM inputs);",
    4: f"""
        UPDATE feeds SET gaps = 1, missed = 4, gap_at = {T};
        INSERT INTO sizes VALUES ({T // 86_400_000}, 200000, 5);
    """,
    5: f"""
        INSERT INTO trails (entry, at, outcome, reason, detail, steps)
            VALUES (1, {T}, 'failed', 'timeout', '30 s', '{{"steps":["request: was sent"]}}');
    """,
    6: f"""
        INSERT INTO feed_days VALUES (1, {T // 86_400_000}, 9, 4, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            1, 0, 12, 4000);
    """,
    7: f"""
        INSERT INTO runs (kind, key, started_at) VALUES ('backfill', 'https://news.example/', {T});
        INSERT INTO lists (run, number, url, depth, is_guess)
            VALUES (last_insert_rowid(), 1, 'https://news.example/sitemap.xml', 0, 1);
    """,
    8: "UPDATE records SET cleaner = '0.1.0', is_ours = seq = 1;",
    9: f"UPDATE feeds SET due_at = {T + 1};",
    10: "UPDATE entries SET etag = '\"2\"' WHERE entry = 2;",
}


def main(version):
    with gzip.open(os.path.join(HERE, "schema-1.db.gz")) as packed:
        first = packed.read()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sample.db")
        with open(path, "wb") as file:
            file.write(first)
        db = sqlite3.connect(path, isolation_level=None)
        for step in range(1, version + 1):
            if step > 1:
                name = next(n for n in os.listdir(MIGRATIONS) if n.startswith(f"{step:04}_"))
                with open(os.path.join(MIGRATIONS, name)) as file:
                    db.executescript(file.read())
                db.execute(f"PRAGMA user_version = {step}")
            db.executescript(ROWS.get(step, ""))
        db.execute("VACUUM")
        db.execute("PRAGMA journal_mode = DELETE")
        db.close()
        with open(path, "rb") as file, open(
            os.path.join(HERE, f"schema-{version}.db.gz"), "wb"
        ) as out, gzip.GzipFile("", "wb", 9, out, 0) as packed:
            packed.write(file.read())


main(int(sys.argv[1]))
