-- Events of changes to published packages, kept with the change until the journal has them.
CREATE TABLE untold_event (
    id   VARCHAR(26) NOT NULL PRIMARY KEY,
    body TEXT        NOT NULL
);
