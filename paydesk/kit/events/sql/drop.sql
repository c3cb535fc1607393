ALTER TABLE events_event DROP CONSTRAINT events_has_audience, DROP CONSTRAINT events_small_payload;
DROP FUNCTION events_prune(timestamptz, integer);
DROP FUNCTION events_publish(jsonb);
DROP FUNCTION events_begin_epoch();
DROP FUNCTION events_current_epoch();
