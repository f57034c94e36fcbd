internal import Core
internal import Correlation

/// What merges and splits must know of an incident.
struct LinkedIncident: Sendable {
  let id: IncidentID
  let number: Int64
  /// What it is merged into.
  let parent: IncidentID?
  /// What shows the incident that correlation merged it into, whose evidence is its own by now; nil where
  /// correlation did not.
  let correlationShows: IncidentID?

  /// Where it stands once it is taken out of another; nil is by itself.
  func placeOfCorrelation(outside other: IncidentID) -> IncidentID? {
    correlationShows == id || correlationShows == other ? nil : correlationShows
  }

  var name: String { "INC-\(number)" }
}

/// A merge or a split that can be undone.
struct LinkOperation: Sendable {
  let sequence: Int64
  /// `merge`, `split` or `split_events`.
  let kind: String
  let members: [IncidentID]
  /// Where each was before; itself where it stood alone.
  let parents: [IncidentID]
  let isUndone: Bool

  func parent(of member: IncidentID) -> IncidentID? {
    members.firstIndex(of: member).map { parents[$0] }
  }
}

/// The place of a named incident that is not there.
struct MissingIncident: Error {
  let place: Int
}
