-- A repository goes on answering to the names it had. The column "name" is what everything is kept under and never changes.

ALTER TABLE repository ADD COLUMN current_name VARCHAR(50);
ALTER TABLE repository ADD COLUMN former_names TEXT;
