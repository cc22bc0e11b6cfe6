-- How the syncs of feeds went. A listing holds the names of all records a source listed, one a line, packed with gzip.

CREATE TABLE feed_sync (
    source        VARCHAR(100) NOT NULL PRIMARY KEY,
    address       TEXT         NOT NULL,
    document      VARCHAR(200),
    etag          TEXT,
    last_modified TEXT,
    newest_change BIGINT,
    records       BIGINT       NOT NULL,
    attempted_at  BIGINT,
    succeeded_at  BIGINT,
    changed_at    BIGINT,
    next_at       BIGINT,
    failures      INTEGER      NOT NULL,
    failure       TEXT
);

CREATE TABLE feed_listing (
    source VARCHAR(100) NOT NULL PRIMARY KEY,
    names  ${bytes}     NOT NULL
);

ALTER TABLE feed ADD COLUMN updated_at BIGINT;
