-- What is announced of an incident says whether it only took in further events: that happens all the
-- time while events stream in, and caches may follow it at a slower pace than what people wait for.
-- Locks: replaces a function; nothing else.

create or replace function incident_tell(organization int, incident uuid, what text)
returns void language plpgsql as $$
begin
  insert into outbox (organization_id, topic, payload)
  select organization, 'incidents', jsonb_build_object(
    'id', id, 'number', number, 'revision', revision, 'status', status, 'severity', severity,
    'action', what)
  from incidents where id = incident and organization_id = organization;
  perform pg_notify(
    'harrier_outbox', organization::text || case when what = 'grown' then ' grown' else '' end);
end
$$;
