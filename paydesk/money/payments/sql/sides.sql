-- What a payment names is there and of its brand; what a payment names is never deleted. One check
-- for all new rows of a statement, in place of foreign keys, which would lock every customer row.
CREATE FUNCTION payments_check_sides() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM fresh f LEFT JOIN people_customer c ON c.id = f.payer_id
        WHERE f.payer_id IS NOT NULL AND c.brand IS DISTINCT FROM f.brand
    ) OR EXISTS (
        SELECT FROM fresh f LEFT JOIN people_customer c ON c.id = f.payee_id
        WHERE f.payee_id IS NOT NULL AND c.brand IS DISTINCT FROM f.brand
    ) OR EXISTS (
        SELECT FROM fresh f LEFT JOIN merchants_merchant m ON m.id = f.merchant_id
        WHERE f.merchant_id IS NOT NULL AND m.brand IS DISTINCT FROM f.brand
    ) OR EXISTS (
        SELECT FROM fresh f LEFT JOIN payments_payment p ON p.id = f.original_id
        WHERE f.original_id IS NOT NULL AND p.brand IS DISTINCT FROM f.brand
    ) OR EXISTS (
        SELECT FROM fresh f LEFT JOIN payments_payment p ON p.id = f.retry_of_id
        WHERE f.retry_of_id IS NOT NULL AND p.brand IS DISTINCT FROM f.brand
    ) THEN
        RAISE EXCEPTION 'a payment names somebody or something that is not of its brand'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER payments_check_sides AFTER INSERT ON payments_payment
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION payments_check_sides();

CREATE FUNCTION payments_keep_sides() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payments_payment WHERE payer_id = OLD.id)
       OR EXISTS (SELECT FROM payments_payment WHERE payee_id = OLD.id)
       OR EXISTS (SELECT FROM payments_payment WHERE merchant_id = OLD.id) THEN
        RAISE EXCEPTION 'a side of a payment is never deleted'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN OLD;
END $$;

CREATE TRIGGER payments_keep_customer BEFORE DELETE ON people_customer
    FOR EACH ROW EXECUTE FUNCTION payments_keep_sides();
CREATE TRIGGER payments_keep_merchant BEFORE DELETE ON merchants_merchant
    FOR EACH ROW EXECUTE FUNCTION payments_keep_sides();
