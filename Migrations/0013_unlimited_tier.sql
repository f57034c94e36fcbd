-- Keys without a limit of requests, for the installation's own automation.
--
-- Locks: ACCESS EXCLUSIVE on api_keys until the commit, while its rows are read once: milliseconds.

alter table api_keys
  drop constraint api_keys_tier_check,
  add constraint api_keys_tier_check check (tier between 1 and 5);
