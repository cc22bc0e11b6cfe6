-- What an upstream means by 403; null, from before it was a setting, means that it refuses.

ALTER TABLE upstream ADD COLUMN forbidden VARCHAR(20);
