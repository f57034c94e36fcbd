-- Lists of what an organization keeps are cached. Each change is announced with its commit, whoever makes it,
-- so that every node makes unreachable what it shows. Rules are announced already (0004); quarantined records
-- are written with events, whose commits announce nothing: the node that stored them does.
-- Locks: SHARE ROW EXCLUSIVE on each of these tables until the commit, which stops writes to them for
-- milliseconds.

create function announce_list() returns trigger language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    perform pg_notify('harrier_lists', tg_argv[0] || ' ' || old.organization_id);
  end if;
  if tg_op <> 'DELETE' then
    perform pg_notify('harrier_lists', tg_argv[0] || ' ' || new.organization_id);
  end if;
  return null;
end $$;

create function announce_organization() returns trigger language plpgsql as $$
begin
  perform pg_notify('harrier_lists', 'organization ' || coalesce(new.id, old.id));
  return null;
end $$;

create trigger announce_list after insert or update or delete on users
  for each row execute function announce_list('users');
create trigger announce_list after insert or update or delete on api_keys
  for each row execute function announce_list('keys');
create trigger announce_list after insert or update or delete on organization_policies
  for each row execute function announce_list('organization');
create trigger announce_list after insert or update or delete on organizations
  for each row execute function announce_organization();
create trigger announce_list after insert or update or delete on webhooks
  for each row execute function announce_list('webhooks');
create trigger announce_list after insert or update or delete on webhook_deliveries
  for each row execute function announce_list('webhooks');
create trigger announce_list after insert on audit_log
  for each row execute function announce_list('audit');
