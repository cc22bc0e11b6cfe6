-- What the journal can be asked. All of it is derived from the segment files and can be built again from them.

-- One row: every event before this position of the log is in the tables below.
CREATE TABLE indexed (
    name     VARCHAR(10) NOT NULL PRIMARY KEY,
    position BIGINT      NOT NULL
);

CREATE TABLE event (
    position     ${rowid}     NOT NULL PRIMARY KEY,
    id           VARCHAR(64)  NOT NULL,
    at           BIGINT       NOT NULL,
    kind         VARCHAR(30)  NOT NULL,
    repository   VARCHAR(50),
    format       VARCHAR(50),
    package_name VARCHAR(512),
    version      VARCHAR(256),
    digest       VARCHAR(64),
    user_name    TEXT         NOT NULL
);

CREATE INDEX event_by_id ON event (id);
CREATE INDEX event_by_time ON event (at, id);
CREATE INDEX event_by_version ON event (format, package_name, version, at, id);
CREATE INDEX event_by_digest ON event (digest, at, id);
CREATE INDEX event_by_kind ON event (kind, at, id);

CREATE TABLE event_policy (
    policy   TEXT     NOT NULL,
    position BIGINT   NOT NULL,
    PRIMARY KEY (policy, position)
);

-- One row per actor and file taken. token is empty where there was none.
CREATE TABLE consumption (
    format       VARCHAR(50)  NOT NULL,
    package_name VARCHAR(512) NOT NULL,
    version      VARCHAR(256) NOT NULL,
    digest       VARCHAR(64)  NOT NULL,
    repository   VARCHAR(50)  NOT NULL,
    user_name    TEXT         NOT NULL,
    token        VARCHAR(100) NOT NULL,
    purl         TEXT         NOT NULL,
    address      TEXT         NOT NULL,
    user_agent   TEXT         NOT NULL,
    first_at     BIGINT       NOT NULL,
    last_at      BIGINT       NOT NULL,
    times        BIGINT       NOT NULL,
    PRIMARY KEY (format, package_name, version, digest, repository, user_name, token)
);

CREATE INDEX consumption_by_digest ON consumption (digest);
