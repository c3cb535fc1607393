DROP FUNCTION audit_erase(text, text);
DROP FUNCTION audit_seal(text, timestamptz, integer);
DROP FUNCTION audit_record(jsonb);
