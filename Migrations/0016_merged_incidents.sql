-- What shows several incidents as one, or only a part of one, tells all that it shows; and who was told of an
-- incident is told of its end, whatever its severity is by then.
-- Locks: SHARE on webhook_deliveries while the index is built.

-- How many events an incident and those that are merged into it show, and when the first and the last of them
-- happened, in microseconds since 1970. Its plans are kept: analysts' sessions make them anew each time.
create function incident_family_shown(organization int, incident uuid)
returns bigint[] language plpgsql stable set plan_cache_mode = 'force_generic_plan' as $$
declare
  members uuid[];
  span timestamptz[];
begin
  members := array(
    select id from incidents where organization_id = organization and merged_into = incident);
  members := members || incident;
  select array[min(first_event_at), max(last_event_at)] into span
  from incidents where organization_id = organization and id = any (members);
  if exists (
    select from incident_splits where organization_id = organization and incident_id = any (members))
  then
    select array[min(shown.first), max(shown.last)] into span
    from unnest(members) member
    cross join lateral (
      select
        (
          select e.ts
          from incident_events e
          where e.incident_id = member and not exists (
            select from incident_splits s
            where s.incident_id = e.incident_id and s.ts = e.ts and s.event_id = e.event_id)
          order by e.ts
          limit 1) as first,
        (
          select e.ts
          from incident_events e
          where e.incident_id = member and not exists (
            select from incident_splits s
            where s.incident_id = e.incident_id and s.ts = e.ts and s.event_id = e.event_id)
          order by e.ts desc
          limit 1) as last
    ) shown;
  end if;
  return array[
    incident_family_events(organization, incident),
    (extract(epoch from span[1]) * 1000000)::bigint,
    (extract(epoch from span[2]) * 1000000)::bigint];
end
$$;

create index webhook_deliveries_incident
  on webhook_deliveries (organization_id, webhook_id, incident_id);
