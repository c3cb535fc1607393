-- A payment is a record: never deleted, never altered once it is finished, and its terms never
-- change at all. Only two things may be added to a finished one: how much of it was refunded (by
-- the trigger below alone) and when its confirmations went out.
CREATE FUNCTION payments_guard_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a payment is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.brand, NEW.number, NEW.kind, NEW.amount, NEW.fee, NEW.currency,
        NEW.received_amount, NEW.received_currency, NEW.payer_id, NEW.payee_id, NEW.merchant_id,
        NEW.purpose, NEW.created_at, NEW.original_id, NEW.retry_of_id, NEW.asked_by,
        NEW.request_key, NEW.request_digest)
       IS DISTINCT FROM
       (OLD.id, OLD.brand, OLD.number, OLD.kind, OLD.amount, OLD.fee, OLD.currency,
        OLD.received_amount, OLD.received_currency, OLD.payer_id, OLD.payee_id, OLD.merchant_id,
        OLD.purpose, OLD.created_at, OLD.original_id, OLD.retry_of_id, OLD.asked_by,
        OLD.request_key, OLD.request_digest) THEN
        RAISE EXCEPTION 'the terms of a payment never change' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('succeeded', 'failed', 'cancelled')
       AND (NEW.state, NEW.reason, NEW.facts, NEW.finished_at, NEW.booked_at, NEW.captured,
            NEW.note)
           IS DISTINCT FROM
           (OLD.state, OLD.reason, OLD.facts, OLD.finished_at, OLD.booked_at, OLD.captured,
            OLD.note) THEN
        RAISE EXCEPTION 'a finished payment never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.refunded <> OLD.refunded AND pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION 'only a refund changes what was refunded'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payments_guard BEFORE UPDATE OR DELETE ON payments_payment
    FOR EACH ROW EXECUTE FUNCTION payments_guard_payment();

-- A refund that succeeds counts on its original; the check constraint there stops a sum that
-- would exceed what was paid, whatever the program believed. (Today's function: refunds.sql.)
CREATE FUNCTION payments_count_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid payments_payment;
BEGIN
    IF NEW.kind = 'refund' AND NEW.state = 'succeeded'
       AND (TG_OP = 'INSERT' OR OLD.state <> 'succeeded') THEN
        UPDATE payments_payment SET refunded = refunded + NEW.amount
            WHERE id = NEW.original_id RETURNING * INTO paid;
        IF paid.state <> 'succeeded' OR paid.brand <> NEW.brand
           OR paid.currency <> NEW.currency OR paid.kind NOT IN
              ('transfer', 'purchase', 'bill', 'topup', 'withdrawal') THEN
            RAISE EXCEPTION 'this payment can not be refunded'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER payments_refund AFTER INSERT OR UPDATE OF state ON payments_payment
    FOR EACH ROW WHEN (NEW.kind = 'refund' AND NEW.state = 'succeeded')
    EXECUTE FUNCTION payments_count_refund();

-- What a provider sent is kept as it came; only what became of it is written later, once.
CREATE FUNCTION payments_guard_notification() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.applied_at IS NOT NULL
       OR (NEW.id, NEW.brand, NEW.provider, NEW.raw, NEW.sha256, NEW.event_id, NEW.received_at,
           NEW.verified, NEW.refusal)
          IS DISTINCT FROM
          (OLD.id, OLD.brand, OLD.provider, OLD.raw, OLD.sha256, OLD.event_id, OLD.received_at,
           OLD.verified, OLD.refusal) THEN
        RAISE EXCEPTION 'a notification is kept as it came'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payments_guard_notification BEFORE UPDATE OR DELETE
    ON payments_providernotification
    FOR EACH ROW EXECUTE FUNCTION payments_guard_notification();
