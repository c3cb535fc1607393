-- The only ways to write events. They run as the owner; the app role itself may only read.

-- The epoch of the server that runs, begun now if that server has none yet. Who labels an event
-- with it must hold ROW EXCLUSIVE on events_event first, so that the epoch isn't ended meanwhile.
CREATE FUNCTION events_current_epoch() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    here bigint := (SELECT system_identifier FROM pg_control_system());
    line integer := (SELECT timeline_id FROM pg_control_checkpoint());
    latest events_epoch;
BEGIN
    SELECT * INTO latest FROM events_epoch ORDER BY number DESC LIMIT 1;
    IF latest.system_identifier = here AND latest.timeline = line THEN
        RETURN latest.number;
    END IF;
    -- Wait for every open writer: its events carry the old epoch, and once a new epoch is seen
    -- readers take the old one as finished.
    LOCK TABLE events_event IN SHARE MODE;
    LOCK TABLE events_epoch IN SHARE ROW EXCLUSIVE MODE;
    SELECT * INTO latest FROM events_epoch ORDER BY number DESC LIMIT 1;
    IF latest.system_identifier = here AND latest.timeline = line THEN
        RETURN latest.number;
    END IF;
    RETURN events_begin_epoch();
END $$;

-- Begin a new epoch in any case: for an operator who has put back a copy of the data folder,
-- which looks to the server as if nothing had happened.
CREATE FUNCTION events_begin_epoch() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    fresh bigint;
BEGIN
    LOCK TABLE events_event IN SHARE MODE;
    LOCK TABLE events_epoch IN SHARE ROW EXCLUSIVE MODE;
    INSERT INTO events_epoch (number, system_identifier, timeline)
    SELECT greatest(
               extract(epoch FROM clock_timestamp())::bigint,
               (SELECT coalesce(max(number), 0) + 1 FROM events_epoch)
           ),
           (SELECT system_identifier FROM pg_control_system()),
           (SELECT timeline_id FROM pg_control_checkpoint())
    RETURNING number INTO fresh;
    RETURN fresh;
END $$;

-- Delete the oldest events, whole transactions at a time and about `batch` rows, as long as all
-- that lie before them are older than `before`, which is never within the last days: whoever has
-- the app role can't wipe out what just happened. Answers how many went.
CREATE FUNCTION events_prune(before timestamptz, batch integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last_epoch bigint;
    last_xid xid8;
    gone integer;
BEGIN
    IF before > now() - interval '6 days' THEN
        RAISE EXCEPTION 'events of the last days stay' USING ERRCODE = 'insufficient_privilege';
    END IF;
    WITH oldest AS (
        SELECT epoch, xid, bool_and(at < before) AS old
        FROM (SELECT * FROM events_event
              WHERE (epoch, xid) < ((SELECT max(number) FROM events_epoch),
                                    pg_snapshot_xmin(pg_current_snapshot()))
              ORDER BY epoch, xid, id LIMIT batch) AS head
        GROUP BY epoch, xid
    ), run AS (
        SELECT epoch, xid, bool_and(old) OVER (ORDER BY epoch, xid) AS old FROM oldest
    )
    SELECT epoch, xid INTO last_epoch, last_xid
    FROM run WHERE old ORDER BY epoch DESC, xid DESC LIMIT 1;
    IF last_epoch IS NULL THEN
        RETURN 0;
    END IF;
    UPDATE events_epoch SET pruned_xid = greatest(pruned_xid, last_xid) WHERE number = last_epoch;
    DELETE FROM events_event WHERE (epoch, xid) <= (last_epoch, last_xid);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

ALTER TABLE events_event
    ADD CONSTRAINT events_has_audience CHECK (cardinality(audience) > 0),
    ADD CONSTRAINT events_small_payload CHECK (octet_length(payload::text) <= 4000);
