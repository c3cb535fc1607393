-- Store events given as a JSON array of groups: what its events have in common, then a list of id,
-- subject, audience (as text of an array) and payload for each. Of a thousand payments nearly all
-- share the rest, which then is not read a thousand times. Epoch and transaction are labelled here,
-- where no caller can choose them.
CREATE OR REPLACE FUNCTION events_publish(items jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    present bigint;
BEGIN
    LOCK TABLE events_event IN ROW EXCLUSIVE MODE;
    present := events_current_epoch();
    INSERT INTO events_event
        (id, epoch, xid, brand, kind, version, subject, audience, actor, at, payload)
    SELECT (event->>0)::uuid, present, pg_current_xact_id(), shared.brand, shared.kind,
           shared.version, event->>1, (event->>2)::text[], shared.actor, shared.at, event->3
    FROM jsonb_to_recordset(items) AS shared(
        brand text, kind text, version smallint, actor text, at timestamptz, events jsonb),
        jsonb_array_elements(shared.events) AS event;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there are no events in this' USING ERRCODE = 'data_exception';
    END IF;
END $$;
