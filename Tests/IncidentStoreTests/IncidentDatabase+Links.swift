import Core
import IncidentStore
import Postgres

/// A merge, a split or an undo that a test asks for.
struct LinkRequest {
  enum Kind {
    case merge, split
    case splitEvents([EventID])
    case undo(Int64)
  }

  var kind: Kind
  var others: [Incident] = []
  var target: Incident
}

struct LinkRequests {
  func merge(_ others: [Incident], into target: Incident) -> LinkRequest {
    LinkRequest(kind: .merge, others: others, target: target)
  }

  func split(_ others: [Incident], from target: Incident) -> LinkRequest {
    LinkRequest(kind: .split, others: others, target: target)
  }

  func split(events: [EventID], from target: Incident) -> LinkRequest {
    LinkRequest(kind: .splitEvents(events), target: target)
  }

  func undo(_ target: Incident, _ sequence: Int64) -> LinkRequest {
    LinkRequest(kind: .undo(sequence), target: target)
  }
}

struct LinkWasRefused: Error {
  let result: IncidentLinks.Result
}

extension IncidentDatabase {
  func run(_ request: LinkRequest) async throws -> IncidentLinks.Result {
    let references = request.others.map { IncidentReference(.id($0.id)) }
    let (ours, target, kind) = (ours, request.target.id, request.kind)
    return try await asTenant { connection in
      switch kind {
      case .merge:
        try IncidentLinks.merge(ours, references, into: target, actor: "ann", on: connection)
      case .split:
        try IncidentLinks.split(ours, references, from: target, actor: "ann", on: connection)
      case .splitEvents(let events):
        try IncidentLinks.split(
          ours, events: events, from: target, title: "part", actor: "ann", on: connection)
      case .undo(let sequence):
        try IncidentLinks.undo(ours, target, sequence: sequence, actor: "ann", on: connection)
      }
    }
  }

  func merge(_ others: [Incident], into target: Incident) async throws -> (Incident, Int64?) {
    try await changed(LinkRequests().merge(others, into: target))
  }

  func undo(_ target: Incident, _ sequence: Int64) async throws -> (Incident, Int64?) {
    try await changed(LinkRequests().undo(target, sequence))
  }

  /// Why it was refused; nil where it was not.
  func refusal(_ request: (LinkRequests) -> LinkRequest) async throws -> String? {
    guard case .refused(let errors, _) = try await run(request(LinkRequests())) else { return nil }
    return errors.map(\.detail).joined(separator: "; ")
  }

  private func changed(_ request: LinkRequest) async throws -> (Incident, Int64?) {
    let result = try await run(request)
    guard case .changed(let incident, let sequence) = result else {
      throw LinkWasRefused(result: result)
    }
    return (incident, sequence)
  }
}
