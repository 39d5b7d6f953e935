-- A freeze that was taken back, while nothing was published from it. Its id is not used again.
ALTER TABLE momentopname ADD COLUMN ontdooid BIGINT;
