-- A format whose advisories are known as a whole has a row of its own in "feed": osv/ and the format's id. What was synced is whole;
-- what was imported from files may be part, and stays unknown until it is imported again.

INSERT INTO feed (name, records, imported_at, newest, updated_at)
SELECT LOWER(source), records, COALESCE(changed_at, succeeded_at), newest_change, succeeded_at
  FROM feed_sync
 WHERE source LIKE 'osv/%' AND succeeded_at IS NOT NULL;
