-- Takes the place of the function of this name in guard.sql, since remittances can be refunded too.
CREATE OR REPLACE FUNCTION payments_count_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid payments_payment;
BEGIN
    -- The trigger fires for every UPDATE that names the state, changed or not.
    IF TG_OP = 'UPDATE' AND OLD.state = 'succeeded' THEN
        RETURN NULL;
    END IF;
    UPDATE payments_payment SET refunded = refunded + NEW.amount
        WHERE id = NEW.original_id RETURNING * INTO paid;
    IF paid.state <> 'succeeded' OR paid.brand <> NEW.brand
       OR paid.currency <> NEW.currency OR paid.kind NOT IN
          ('transfer', 'purchase', 'bill', 'topup', 'withdrawal', 'remittance') THEN
        RAISE EXCEPTION 'this payment can not be refunded'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

-- What a remittance's recipient gives for a part that goes back, or is held to, is reckoned when the
-- part begins and never changes: whatever is missing, with all parts that stand, to the share of
-- what goes back by then. That is rounded up to a unit, so never more than the recipient got, and
-- all of it for the whole. A part that is set free leaves a difference of a unit at most, which the
-- next part makes up for.
CREATE OR REPLACE FUNCTION payments_check_share() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid payments_payment;
    back numeric;
    given numeric;
BEGIN
    SELECT * INTO paid FROM payments_payment WHERE id = NEW.original_id;
    IF NEW.received_currency <> ''
       AND (paid.kind <> 'remittance' OR NEW.received_currency <> paid.received_currency) THEN
        RAISE EXCEPTION 'a refund is given in the currency that its giver got'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF paid.kind <> 'remittance' THEN
        RETURN NULL;
    END IF;
    -- Two parts at once wait for each other; the second then counts the first.
    PERFORM FROM payments_payment WHERE id = paid.id FOR NO KEY UPDATE;
    SELECT coalesce(sum(amount), 0) + NEW.amount, coalesce(sum(received_amount), 0)
        INTO back, given FROM payments_payment
        WHERE original_id = paid.id AND kind = 'refund' AND id <> NEW.id
          AND state NOT IN ('failed', 'cancelled');
    IF back > paid.amount OR coalesce(NEW.received_amount, 0) <> greatest(
        div(paid.received_amount::numeric * back + paid.amount - 1, paid.amount) - given, 0
    ) THEN
        RAISE EXCEPTION 'a remittance goes back at its own rate'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'remittance_own_rate';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER payments_refund_share AFTER INSERT ON payments_payment
    FOR EACH ROW WHEN (NEW.kind = 'refund' AND NEW.state NOT IN ('failed', 'cancelled'))
    EXECUTE FUNCTION payments_check_share();
