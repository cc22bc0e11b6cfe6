-- The file goes to the end of the key, so that all files one actor took of a version lie together; and the latest come first, so
-- that who asks for some of them need not have all of them sorted.
CREATE TABLE consumed (
    format       VARCHAR(50)  NOT NULL,
    package_name VARCHAR(512) NOT NULL,
    version      VARCHAR(256) NOT NULL,
    repository   VARCHAR(50)  NOT NULL,
    user_name    TEXT         NOT NULL,
    token        VARCHAR(100) NOT NULL,
    digest       VARCHAR(64)  NOT NULL,
    purl         TEXT         NOT NULL,
    address      TEXT         NOT NULL,
    user_agent   TEXT         NOT NULL,
    first_at     BIGINT       NOT NULL,
    last_at      BIGINT       NOT NULL,
    times        BIGINT       NOT NULL,
    PRIMARY KEY (format, package_name, version, repository, user_name, token, digest)
);

INSERT INTO consumed
SELECT format, package_name, version, repository, user_name, token, digest, purl, address, user_agent, first_at, last_at, times
FROM consumption;

DROP TABLE consumption;

ALTER TABLE consumed RENAME TO consumption;

CREATE INDEX consumption_by_digest ON consumption (digest, last_at);
CREATE INDEX consumption_by_latest ON consumption (format, package_name, version, last_at);
