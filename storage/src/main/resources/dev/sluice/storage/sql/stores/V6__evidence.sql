-- Facts about bytes belong to their digest, facts about a name to repository and source: an upstream's id, or '' for the repository
-- itself.

-- What bytes say when read as a file of that name. reader is the version of the inspector that read them.
CREATE TABLE evidence (
    sha256    VARCHAR(64) NOT NULL,
    format    VARCHAR(50) NOT NULL,
    file_name TEXT        NOT NULL,
    reader    INTEGER     NOT NULL,
    body      TEXT        NOT NULL,
    PRIMARY KEY (sha256, format, file_name)
);

-- When a source first named a version here.
CREATE TABLE first_seen (
    repository   VARCHAR(50)  NOT NULL,
    format       VARCHAR(50)  NOT NULL,
    package_name VARCHAR(512) NOT NULL,
    source       VARCHAR(100) NOT NULL,
    version      VARCHAR(256) NOT NULL,
    at           BIGINT       NOT NULL,
    PRIMARY KEY (repository, format, package_name, source, version)
);

-- Which bytes a source gave as a file of a version; also after they were collected.
CREATE TABLE learnt_file (
    repository    VARCHAR(50)  NOT NULL,
    format        VARCHAR(50)  NOT NULL,
    package_name  VARCHAR(512) NOT NULL,
    source        VARCHAR(100) NOT NULL,
    path          TEXT         NOT NULL,
    version       VARCHAR(256) NOT NULL,
    sha256        VARCHAR(64)  NOT NULL,
    last_modified BIGINT,
    PRIMARY KEY (repository, format, package_name, source, path)
);

-- What was read from files was kept by name, and nobody knows from which: kept files are read again when they are asked for.
INSERT INTO learnt_file (repository, format, package_name, source, path, version, sha256, last_modified)
SELECT repository, format, package_name, COALESCE(upstream, ''), path, version, sha256, last_modified FROM stored_file;

-- First seen was kept by name for all repositories. Where there is but one it was seen there; where there are several only what
-- a repository keeps was surely seen in it.
INSERT INTO first_seen (repository, format, package_name, source, version, at)
SELECT upstream.repository, history.format, history.package_name, upstream.id, history.version, history.first_seen
  FROM version_history history JOIN upstream ON upstream.format = history.format
 WHERE (SELECT COUNT(*) FROM repository) = 1;

INSERT INTO first_seen (repository, format, package_name, source, version, at)
SELECT hosted.repository, hosted.format, hosted.package_name, '', hosted.version, history.first_seen
  FROM hosted_release hosted JOIN version_history history
    ON history.format = hosted.format AND history.package_name = hosted.package_name AND history.version = hosted.version
 WHERE (SELECT COUNT(*) FROM repository) = 1;

INSERT INTO first_seen (repository, format, package_name, source, version, at)
SELECT repository, format, package_name, COALESCE(upstream, ''), version, MIN(stored_at)
  FROM stored_file
 WHERE TRUE
 GROUP BY repository, format, package_name, COALESCE(upstream, ''), version
    ON CONFLICT (repository, format, package_name, source, version) DO NOTHING;

DROP TABLE version_history;
