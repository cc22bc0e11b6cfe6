-- What every repository holds, counted in the transactions that add and remove files, and what it may hold.

CREATE TABLE repository_usage (
    repository VARCHAR(50) NOT NULL PRIMARY KEY,
    bytes      BIGINT      NOT NULL,
    files      BIGINT      NOT NULL,
    quota      BIGINT
);

INSERT INTO repository_usage (repository, bytes, files, quota)
SELECT repository, SUM(size), COUNT(*), NULL FROM stored_file GROUP BY repository;
