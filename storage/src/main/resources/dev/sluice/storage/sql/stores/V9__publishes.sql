-- Names of packages that a token may publish; null, from before it could be limited, means all.

ALTER TABLE token ADD COLUMN publishes TEXT;
