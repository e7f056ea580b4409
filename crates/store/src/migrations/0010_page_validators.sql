-- Validators of a page that is to be fetched again while it is hot, as they were sent: they vouch
-- for the text that its record has. Forgotten when the page is no longer hot, or its item changed.

ALTER TABLE entries ADD COLUMN etag TEXT;
ALTER TABLE entries ADD COLUMN last_modified TEXT;
