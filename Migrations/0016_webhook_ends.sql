-- Who was told of an incident is told of its end, whatever its severity is by then.
-- Locks: SHARE on webhook_deliveries while the index is built.
create index webhook_deliveries_incident
  on webhook_deliveries (organization_id, webhook_id, incident_id);
