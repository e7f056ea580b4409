-- hosts.feed_due and in_flight follow from feeds as before, in one update where a feed stays at
-- its host: what every claim and every poll does.

DROP TRIGGER feeds_changed;
CREATE TRIGGER feeds_changed AFTER UPDATE OF state, due_at ON feeds
WHEN old.host IS new.host AND (old.state IS NOT new.state OR old.due_at IS NOT new.due_at)
BEGIN
    UPDATE hosts SET
        feed_due = (SELECT min(due_at) FROM feeds
                    WHERE host = new.host AND state = 'waiting'),
        in_flight = in_flight + (new.state = 'claimed') - (old.state = 'claimed'),
        claimed_at = CASE new.state WHEN 'claimed' THEN new.claimed_at ELSE claimed_at END
    WHERE host = new.host;
END;
CREATE TRIGGER feeds_moved AFTER UPDATE OF host ON feeds WHEN old.host IS NOT new.host BEGIN
    INSERT INTO hosts (host) VALUES (new.host) ON CONFLICT DO NOTHING;
    UPDATE hosts SET
        feed_due = (SELECT min(due_at) FROM feeds
                    WHERE host = old.host AND state = 'waiting'),
        in_flight = in_flight - (old.state = 'claimed')
    WHERE host = old.host;
    UPDATE hosts SET
        feed_due = (SELECT min(due_at) FROM feeds
                    WHERE host = new.host AND state = 'waiting'),
        in_flight = in_flight + (new.state = 'claimed'),
        claimed_at = CASE new.state WHEN 'claimed' THEN new.claimed_at ELSE claimed_at END
    WHERE host = new.host;
END;
CREATE TRIGGER feeds_inserted_at_rest AFTER INSERT ON feeds WHEN new.state <> 'waiting' BEGIN
    INSERT INTO hosts (host) VALUES (new.host) ON CONFLICT DO NOTHING;
END;
