-- Why the advisories of a format are not known as a whole though a source or an import said so; null where nothing lacks.
-- What no source was synced for was, until now, at times taken for whole because it came in a zip: nobody knows any more which.

ALTER TABLE feed ADD COLUMN lack TEXT;

UPDATE feed
   SET lack = 'it was imported by a version that took every zip for all there is; import it again, and say so with --covers'
 WHERE name LIKE 'osv/%'
   AND NOT EXISTS (SELECT 1
                     FROM feed_sync
                    WHERE LOWER(feed_sync.source) = feed.name
                      AND feed_sync.succeeded_at IS NOT NULL);
