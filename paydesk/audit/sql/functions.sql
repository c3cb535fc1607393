-- The only ways to write the audit tables. They run as the owner; the app role only reads.

-- Store entries given as a JSON array. The transaction is labelled here, where no caller chooses.
CREATE FUNCTION audit_record(items jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH item AS (
        SELECT * FROM jsonb_to_recordset(items) AS item(
            id uuid, brand text, actor text, action text, subject text, at timestamptz,
            details jsonb, personal_digest text, digest text, salt text, personal text)
    ), kept AS (
        INSERT INTO audit_personal (entry_id, brand, salt, text)
        SELECT id, brand, salt, personal FROM item WHERE personal IS NOT NULL
    ), waiting AS (
        INSERT INTO audit_unsealed (entry_id, brand, xid)
        SELECT id, brand, pg_current_xact_id() FROM item
    )
    INSERT INTO audit_entry
        (id, brand, actor, action, subject, at, details, personal_digest, digest)
    SELECT id, brand, actor, action, subject, at, details, personal_digest, digest FROM item;
END $$;

-- Chain up to `most` waiting entries of one brand, in order of transaction and id. Only what no
-- open transaction can still precede is chained. Answers how many were.
CREATE FUNCTION audit_seal(of_brand text, moment timestamptz, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head audit_head;
    waiting record;
    seen pg_snapshot;
    sealed integer := 0;
BEGIN
    INSERT INTO audit_head (brand, position, hash) VALUES (of_brand, 0, repeat('0', 64))
    ON CONFLICT DO NOTHING;
    SELECT * INTO head FROM audit_head WHERE brand = of_brand FOR UPDATE;
    -- Only now: a sealer that waited for the lock must not work with what it saw before.
    seen := pg_current_snapshot();
    FOR waiting IN
        -- A transaction id this server has not reached yet came with a restored backup.
        SELECT queue.entry_id, entry.digest
        FROM audit_unsealed AS queue JOIN audit_entry AS entry ON entry.id = queue.entry_id
        WHERE queue.brand = of_brand
          AND (queue.xid < pg_snapshot_xmin(seen) OR queue.xid >= pg_snapshot_xmax(seen))
        ORDER BY queue.xid, queue.entry_id LIMIT most
    LOOP
        head.position := head.position + 1;
        head.hash := encode(sha256(convert_to(
            head.hash || '|' || of_brand || '|' || head.position || '|'
            || waiting.entry_id || '|' || waiting.digest, 'UTF8')), 'hex');
        INSERT INTO audit_link (brand, position, entry_id, digest, hash, sealed_at)
        VALUES (of_brand, head.position, waiting.entry_id, waiting.digest, head.hash, moment);
        DELETE FROM audit_unsealed WHERE entry_id = waiting.entry_id;
        sealed := sealed + 1;
    END LOOP;
    UPDATE audit_head SET position = head.position, hash = head.hash WHERE brand = of_brand;
    RETURN sealed;
END $$;

-- Erase the personal text of entries about one subject; the chain holds only its salted digest.
CREATE FUNCTION audit_erase(of_brand text, of_subject text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone integer;
BEGIN
    DELETE FROM audit_personal USING audit_entry
    WHERE audit_entry.id = audit_personal.entry_id
      AND audit_entry.brand = of_brand AND audit_entry.subject = of_subject;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
