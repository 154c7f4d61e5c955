-- Safe to run again. SQLite has one writer at a time, so numbers are in the order of the commits.
CREATE TABLE IF NOT EXISTS origins (
    tenant TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (length(origin) <= 326), -- no origin is longer
    PRIMARY KEY (tenant, origin)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS origins_by_origin ON origins (origin);

-- Which origins have changed, in the order of the commits. It does not say how: an instance looks that up.
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    origin TEXT NOT NULL
);

CREATE TRIGGER IF NOT EXISTS inserted AFTER INSERT ON origins BEGIN
    INSERT INTO changes (origin) VALUES (NEW.origin);
END;
CREATE TRIGGER IF NOT EXISTS deleted AFTER DELETE ON origins BEGIN
    INSERT INTO changes (origin) VALUES (OLD.origin);
END;
CREATE TRIGGER IF NOT EXISTS updated AFTER UPDATE ON origins BEGIN
    INSERT INTO changes (origin) VALUES (OLD.origin), (NEW.origin);
END;
