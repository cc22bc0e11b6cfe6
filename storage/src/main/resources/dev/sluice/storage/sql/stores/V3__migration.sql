-- One row while this database is the target of a migration that has not finished: what it is copied from.
CREATE TABLE migration (
    source VARCHAR(4000) NOT NULL PRIMARY KEY
);
