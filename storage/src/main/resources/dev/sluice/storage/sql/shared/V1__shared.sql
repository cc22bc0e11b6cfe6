-- What only a database has that several nodes share: the journal's log, the turns nodes take, which packages changed.

-- One row: the last position given. Whoever appends holds its lock until the commit, so that the log has no gaps and
-- whoever sees a record sees all before it.
CREATE TABLE log_head (
    name     VARCHAR(10) NOT NULL PRIMARY KEY,
    position BIGINT      NOT NULL
);

-- The journal. id makes sure that a record whose commit nobody heard of is not written twice.
CREATE TABLE log_record (
    position BIGINT NOT NULL PRIMARY KEY,
    id       TEXT   NOT NULL UNIQUE,
    body     TEXT   NOT NULL
);

-- number is from the sequence, so that it grows from holder to holder although rows come and go.
CREATE SEQUENCE lease_number;

CREATE TABLE lease (
    digest VARCHAR(64)              NOT NULL PRIMARY KEY,
    name   TEXT                     NOT NULL,
    number BIGINT                   NOT NULL,
    holder VARCHAR(64)              NOT NULL,
    until  TIMESTAMP WITH TIME ZONE NOT NULL
);

CREATE INDEX lease_by_time ON lease (until);

-- The number is that of the revision of the same name when the package changed last.
CREATE TABLE package_change (
    name         VARCHAR(50) NOT NULL,
    format       TEXT        NOT NULL,
    package_name TEXT        NOT NULL,
    number       BIGINT      NOT NULL,
    PRIMARY KEY (name, format, package_name)
);

CREATE INDEX package_change_by_number ON package_change (name, number);
