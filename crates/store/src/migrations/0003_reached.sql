-- How far a run has come in an archive, so that it goes on from there.

ALTER TABLE inputs ADD COLUMN run INTEGER REFERENCES runs (run);  -- the last that took captures from it
ALTER TABLE inputs ADD COLUMN reached INTEGER NOT NULL DEFAULT 0; -- position of the last of those
CREATE INDEX inputs_begun ON inputs (run) WHERE reached > 0;
