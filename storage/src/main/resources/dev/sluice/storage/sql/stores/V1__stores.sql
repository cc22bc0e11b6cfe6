-- Repositories, tokens, policies, and what is kept of packages. Instants are nanoseconds since 1970.

CREATE TABLE revision (
    name   VARCHAR(50) NOT NULL PRIMARY KEY,
    number BIGINT      NOT NULL
);

CREATE TABLE repository (
    name       VARCHAR(50) NOT NULL PRIMARY KEY,
    open_reads INTEGER     NOT NULL,
    reserved   TEXT        NOT NULL
);

-- Holds secrets: credential_user and credential_secret must never reach a log, an error message or an export.
CREATE TABLE upstream (
    repository        VARCHAR(50)  NOT NULL REFERENCES repository (name) ON DELETE CASCADE,
    id                VARCHAR(100) NOT NULL,
    format            VARCHAR(50)  NOT NULL,
    url               TEXT         NOT NULL,
    priority          INTEGER      NOT NULL,
    trust             VARCHAR(20)  NOT NULL,
    credential_kind   VARCHAR(20),
    credential_user   TEXT,
    credential_secret TEXT,
    PRIMARY KEY (repository, id)
);

CREATE TABLE token (
    id           VARCHAR(100) NOT NULL PRIMARY KEY,
    name         TEXT         NOT NULL,
    user_name    TEXT         NOT NULL,
    secret_hash  VARCHAR(64)  NOT NULL,
    role         VARCHAR(20)  NOT NULL,
    repositories TEXT         NOT NULL,
    created_at   BIGINT       NOT NULL,
    expires_at   BIGINT
);

CREATE TABLE policy (
    slug       VARCHAR(100) NOT NULL PRIMARY KEY,
    precedence INTEGER      NOT NULL,
    created_at BIGINT       NOT NULL,
    body       TEXT         NOT NULL
);

CREATE TABLE hosted_package (
    repository   VARCHAR(50)  NOT NULL,
    format       VARCHAR(50)  NOT NULL,
    package_name VARCHAR(512) NOT NULL,
    revision     BIGINT       NOT NULL,
    document     ${bytes}     NOT NULL,
    PRIMARY KEY (repository, format, package_name)
);

CREATE TABLE hosted_release (
    repository   VARCHAR(50)  NOT NULL,
    format       VARCHAR(50)  NOT NULL,
    package_name VARCHAR(512) NOT NULL,
    version      VARCHAR(256) NOT NULL,
    ordinal      BIGINT       NOT NULL,
    body         TEXT         NOT NULL,
    document     ${bytes}     NOT NULL,
    PRIMARY KEY (repository, format, package_name, version),
    FOREIGN KEY (repository, format, package_name)
        REFERENCES hosted_package (repository, format, package_name) ON DELETE CASCADE
);

CREATE TABLE stored_file (
    repository    VARCHAR(50)  NOT NULL,
    format        VARCHAR(50)  NOT NULL,
    path          TEXT         NOT NULL,
    package_name  VARCHAR(512) NOT NULL,
    version       VARCHAR(256) NOT NULL,
    size          BIGINT       NOT NULL,
    md5           VARCHAR(32)  NOT NULL,
    sha1          VARCHAR(40)  NOT NULL,
    sha256        VARCHAR(64)  NOT NULL,
    sha512        VARCHAR(128) NOT NULL,
    upstream      VARCHAR(100),
    stored_at     BIGINT       NOT NULL,
    last_modified BIGINT,
    PRIMARY KEY (repository, format, path)
);

CREATE INDEX stored_file_by_version ON stored_file (repository, format, package_name, version);
CREATE INDEX stored_file_by_digest ON stored_file (sha256);

CREATE TABLE upstream_document (
    repository    VARCHAR(50)  NOT NULL,
    format        VARCHAR(50)  NOT NULL,
    upstream      VARCHAR(100) NOT NULL,
    document_key  TEXT         NOT NULL,
    sha256        VARCHAR(64),
    content_type  TEXT         NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    fetched_at    BIGINT       NOT NULL,
    validated_at  BIGINT       NOT NULL,
    PRIMARY KEY (repository, format, upstream, document_key)
);

CREATE INDEX upstream_document_by_digest ON upstream_document (sha256);

CREATE TABLE version_history (
    format       VARCHAR(50)  NOT NULL,
    package_name VARCHAR(512) NOT NULL,
    version      VARCHAR(256) NOT NULL,
    first_seen   BIGINT       NOT NULL,
    learnt       TEXT,
    PRIMARY KEY (format, package_name, version)
);
