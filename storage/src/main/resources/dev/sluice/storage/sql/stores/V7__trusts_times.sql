-- Whether what an upstream's file server says of a file's age counts as its publish time.

ALTER TABLE upstream ADD COLUMN trusts_times INTEGER;
