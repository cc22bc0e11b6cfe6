-- What the world knows: advisories by package and by alias, exploitation by CVE. Everything here can be imported again.

CREATE TABLE revision (
    name   VARCHAR(50) NOT NULL PRIMARY KEY,
    number BIGINT      NOT NULL
);

CREATE TABLE advisory (
    id       VARCHAR(200) NOT NULL PRIMARY KEY,
    modified BIGINT       NOT NULL,
    body     TEXT         NOT NULL
);

CREATE TABLE advisory_package (
    format       VARCHAR(50)  NOT NULL,
    package_name VARCHAR(512) NOT NULL,
    advisory_id  VARCHAR(200) NOT NULL REFERENCES advisory (id) ON DELETE CASCADE,
    PRIMARY KEY (format, package_name, advisory_id)
);

CREATE INDEX advisory_package_by_advisory ON advisory_package (advisory_id);

-- The advisory's own identifier is one of its names. Upper case, so that look-ups need not care.
CREATE TABLE advisory_alias (
    alias       VARCHAR(200) NOT NULL,
    advisory_id VARCHAR(200) NOT NULL REFERENCES advisory (id) ON DELETE CASCADE,
    PRIMARY KEY (alias, advisory_id)
);

CREATE INDEX advisory_alias_by_advisory ON advisory_alias (advisory_id);

CREATE TABLE exploitation (
    cve             VARCHAR(50) NOT NULL PRIMARY KEY,
    epss_score      DOUBLE PRECISION,
    epss_percentile DOUBLE PRECISION,
    kev_added       VARCHAR(20),
    kev_due         VARCHAR(20),
    kev_ransomware  INTEGER
);

CREATE TABLE feed (
    name        VARCHAR(100) NOT NULL PRIMARY KEY,
    records     BIGINT       NOT NULL,
    imported_at BIGINT       NOT NULL,
    newest      BIGINT
);
