-- Safe to run again and by several instances at once: the lock is held until the end of the transaction.
SELECT pg_advisory_xact_lock(2147001);

CREATE TABLE IF NOT EXISTS origins (
    tenant text NOT NULL,
    origin text NOT NULL CHECK (length(origin) <= 326), -- no origin is longer
    PRIMARY KEY (tenant, origin)
);
CREATE INDEX IF NOT EXISTS origins_by_origin ON origins (origin);

-- Which origins have changed, in the order of the commits. It does not say how: an instance looks that up.
CREATE TABLE IF NOT EXISTS changes (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin text NOT NULL
);

-- Without the lock, a transaction with a lower number could commit after one with a higher number, and an
-- instance that has seen the higher number would never see the lower one.
CREATE OR REPLACE FUNCTION log_changed_origins() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(2147002);
    INSERT INTO changes (origin) SELECT DISTINCT origin FROM changed_rows;
    NOTIFY origins_changed;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE is not logged, so no instance would see it: use DELETE';
END $$;

CREATE OR REPLACE TRIGGER inserted AFTER INSERT ON origins
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION log_changed_origins();
CREATE OR REPLACE TRIGGER deleted AFTER DELETE ON origins
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION log_changed_origins();
CREATE OR REPLACE TRIGGER updated_new AFTER UPDATE ON origins
    REFERENCING NEW TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION log_changed_origins();
CREATE OR REPLACE TRIGGER updated_old AFTER UPDATE ON origins
    REFERENCING OLD TABLE AS changed_rows FOR EACH STATEMENT EXECUTE FUNCTION log_changed_origins();
CREATE OR REPLACE TRIGGER truncated BEFORE TRUNCATE ON origins
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncate();
