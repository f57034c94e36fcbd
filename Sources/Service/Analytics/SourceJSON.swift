internal import AnalyticsStore
internal import Core

extension JSONWriter {
  mutating func activityMembers(_ activity: SourceActivity) {
    let now = activity.at
    let day = Timestamp.microsecondsPerDay
    member("at", now)
    member("recent_from", SourceActivity.recent(before: now))
    member("day_from", SourceActivity.day(before: now))
    member("listed_from", now.advanced(byMicroseconds: -SourceQueries.days * day))
    array("sources") { json in
      for source in activity.sources { json.object { $0.sourceMembers(source, at: now) } }
    }
    array("sensors") { json in
      for sensor in activity.sensors { json.object { $0.sensorMembers(sensor) } }
    }
    member("sensors_complete", activity.countsAllBatches)
  }

  private mutating func sourceMembers(_ source: SourceActivity.Source, at now: Timestamp) {
    let hourEnd = source.lastHour.advanced(byMicroseconds: 3_600_000_000)
    let last = source.lastEventAt ?? hourEnd
    member("source_type", source.sourceType)
    member("last_event_at", source.lastEventAt)
    member("last_hour", source.lastHour)
    member("silent_seconds", Self.seconds(from: min(last, now), to: now))
    member(
      "lag_seconds",
      source.lastEventAt.flatMap { event in
        source.lastReceivedAt.map { Self.seconds(from: event, to: $0) }
      })
    member("recent_events", source.recentEvents)
    member("day_events", source.dayEvents)
    member("quarantined", source.quarantined)
  }

  private mutating func sensorMembers(_ sensor: SourceActivity.Sensor) {
    member("key_id", sensor.keyID)
    member("source", sensor.source)
    member("last_batch_at", sensor.lastBatchAt)
    member("batches", sensor.batches)
    member("received", sensor.received)
    member("stored", sensor.stored)
    member("duplicates", sensor.duplicates)
    member("quarantined", sensor.quarantined)
  }

  private static func seconds(from: Timestamp, to: Timestamp) -> Double {
    Double(to.microseconds - from.microseconds) / 1_000_000
  }
}
