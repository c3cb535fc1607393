-- Transfers and settlements lie in one partition a month, by the time inside their UUIDv7. An id
-- has one partition where it can be, so uniqueness in each partition is uniqueness everywhere, and
-- the index that every insert goes through stays small. What fits no month goes to the default
-- partition: a month that nobody prepared is slower to keep, never refused.

CREATE FUNCTION public.ledger_first_id(p_at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
-- The lowest UUID whose time is that millisecond.
RETURN (lpad(to_hex(floor(1000 * extract(epoch FROM
    least(greatest(p_at, timestamptz 'epoch'), timestamptz '9999-01-01 00:00+00')))::bigint), 12, '0')
    || '00000000000000000000')::uuid;

CREATE FUNCTION public.ledger_partition_by_month(p_table text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
-- Put a partitioned table of the same columns, keys, checks and indexes in the place of an empty
-- one, with its default partition.
DECLARE
    r record;
BEGIN
    EXECUTE format('ALTER TABLE public.%I RENAME TO %I', p_table, p_table || '_plain');
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL) PARTITION BY RANGE (%I)',
        p_table, p_table || '_plain', (SELECT a.attname FROM pg_attribute a
            WHERE a.attrelid = ('public.' || p_table || '_plain')::regclass AND a.attnum = 1));
    EXECUTE format('DROP TABLE public.%I', p_table || '_plain');
    EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I DEFAULT',
        p_table || '_other', p_table);
    PERFORM public.ledger_guard(p_table);
    PERFORM public.ledger_guard(p_table || '_other');
END $$;

CREATE FUNCTION public.ledger_guard(p_table text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
-- A table of the ledger whose rows stay as they are; the app role reads it. Nothing here runs on
-- INSERT, so the write path pays nothing. Statement triggers don't reach partitions from their
-- parent, so each table gets its own.
BEGIN
    EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, paydesk_app', p_table);
    EXECUTE format('GRANT SELECT ON public.%I TO paydesk_app', p_table);
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON public.%I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION public.ledger_refuse_change()',
        p_table || '_immutable', p_table);
END $$;

CREATE FUNCTION public.ledger_add_month(p_month timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
-- Make the partitions of one month (UTC). False when they are there already, or when the default
-- partition holds rows of that month: then it goes on serving them.
DECLARE
    v_start CONSTANT timestamptz := date_trunc('month', p_month);
    v_name text; v_table text; v_made boolean := false;
BEGIN
    FOREACH v_table IN ARRAY ARRAY['ledger_transfer', 'ledger_settlement'] LOOP
        v_name := v_table || to_char(v_start, '_YYYY_MM');
        CONTINUE WHEN to_regclass('public.' || v_name) IS NOT NULL;
        BEGIN
            -- Attached when it is ready: this way writers are not locked out meanwhile.
            EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL)',
                v_name, v_table);
            PERFORM public.ledger_guard(v_name);
            EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I'
                ' FOR VALUES FROM (%L) TO (%L)', v_table, v_name,
                public.ledger_first_id(v_start),
                public.ledger_first_id(v_start + interval '1 month'));
            v_made := true;
        EXCEPTION WHEN check_violation THEN
            RAISE WARNING '% holds rows of % already', v_table || '_other', v_name;
        END;
    END LOOP;
    RETURN v_made;
END $$;

CREATE FUNCTION public.ledger_prepare_months(p_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms'
AS $$
-- Make what is missing from this month (by the server's clock) to `p_ahead` months on; how many.
-- Gives up soon when somebody reads for long: whoever posts would queue behind us. Try later.
DECLARE
    v_made integer := 0;
BEGIN
    IF p_ahead NOT BETWEEN 0 AND 24 THEN
        RAISE EXCEPTION 'months ahead: 0 to 24' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR i IN 0..p_ahead LOOP
        v_made := v_made + public.ledger_add_month(
            clock_timestamp() + make_interval(months => i))::integer;
    END LOOP;
    RETURN v_made;
END $$;
