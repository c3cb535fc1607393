-- Takes the place of the function of this name in guard.sql, since remittances can be refunded too.
-- What their recipient gave so far is, after each part, exactly the share of what the payer got
-- back: rounded up to a unit, so never more than the recipient got, and all of it for the whole.
CREATE OR REPLACE FUNCTION payments_count_refund() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    paid payments_payment;
    given numeric;
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
    IF NEW.received_currency <> ''
       AND (paid.kind <> 'remittance' OR NEW.received_currency <> paid.received_currency) THEN
        RAISE EXCEPTION 'a refund is given in the currency that its giver got'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF paid.kind = 'remittance' THEN
        SELECT coalesce(sum(received_amount), 0) INTO given FROM payments_payment
            WHERE original_id = paid.id AND kind = 'refund' AND state = 'succeeded';
        IF given <> div(paid.received_amount::numeric * paid.refunded + paid.amount - 1,
                        paid.amount) THEN
            RAISE EXCEPTION 'a remittance goes back at its own rate'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
