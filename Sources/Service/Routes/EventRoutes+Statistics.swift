internal import Access
internal import Core
internal import EventSearch
internal import EventStore
internal import Hummingbird
internal import ListCache

extension EventRoutes {
  @Sendable func histogram(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let now = Timestamp.now
    let query = try EventHistogramRequest(
      request.query(of: Self.histogramEndpoint),
      organization: context.authenticated().organization, now: now)
    return try await cached.respond(
      request, "events.histogram", of: query.selection, query: query.canonical, lifetime: .count
    ) {
      let filter = query.selection.filter
      let histogram: EventHistogram
      do {
        histogram = try await events.statistics.histogram(
          filter, interval: query.interval.microseconds, by: query.split, now: now)
      } catch let error as EventStoreError where error.code == .tooMany {
        throw QueryReader.invalid("by", "gives too many values: add a filter or leave it out")
      }
      return JSONWriter.object { json in
        json.member("interval", query.interval.rawValue)
        json.member("by", query.split?.rawValue)
        json.member("total", histogram.events)
        json.array("buckets") { json in
          for bucket in histogram.buckets {
            json.object { json in
              json.member("start", bucket.start)
              json.member("count", bucket.events)
              guard query.split != nil else { return }
              json.object("counts") { json in
                for (name, events) in bucket.parts.sorted(by: { $0.key < $1.key }) {
                  json.member(name, events)
                }
              }
            }
          }
        }
        json.range(of: filter, asOf: now)
      }
    }
  }

  @Sendable func top(
    _ request: Request, _ context: HarrierRequestContext
  ) async throws -> Response {
    let now = Timestamp.now
    let query = try EventTopRequest(
      request.query(of: Self.topEndpoint), organization: context.authenticated().organization,
      now: now)
    return try await cached.respond(
      request, "events.top", of: query.selection, query: query.canonical, lifetime: .count
    ) {
      let filter = query.selection.filter
      let top: EventTop
      do {
        top = try await events.statistics.top(query.field, filter, limit: query.limit, now: now)
      } catch let error as EventStoreError where error.code == .tooMany {
        throw QueryReader.invalid("field", "has too many values: add a filter")
      }
      return JSONWriter.object { json in
        json.member("field", query.field.rawValue)
        json.array("values") { json in
          for value in top.values {
            json.object { json in
              json.member("value", value.text)
              json.member("count", value.events)
            }
          }
        }
        json.member("events", top.events)
        json.member("sampled", top.isSampled)
        json.range(of: filter, asOf: now)
      }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func range(of filter: EventFilter, asOf now: Timestamp) {
    member("from", filter.from)
    member("to", filter.to)
    member("as_of", now)
  }
}
