-- Which installation these tables belong to: one row, so that parts of different installations are not taken for one.
CREATE TABLE advisories_installation (
    name VARCHAR(10) NOT NULL PRIMARY KEY,
    mark VARCHAR(64) NOT NULL
);
