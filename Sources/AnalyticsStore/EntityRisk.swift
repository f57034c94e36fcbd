public import Core

#if canImport(Glibc)
  internal import Glibc
#endif

/// What an entity is.
public enum EntityType: String, CaseIterable, Sendable {
  case ip, host, user
}

/// An entity with its risk in a form that time does not change.
public struct EntityRisk: Sendable, Hashable {
  /// In the order in which entities came to be known.
  public let id: Int64
  public let type: EntityType
  public let value: String
  /// At the time t the risk is 2 ^ (key - t / half-life); -infinity where no incident counts.
  public let key: Double
  /// Seconds.
  public let halfLife: Int32
  /// All that name it, false positives too, but those that were merged into others.
  public let incidents: Int64
  /// The last event of the newest of them.
  public let lastSeen: Timestamp

  /// The risk at a moment, in points.
  public func risk(at time: Timestamp) -> Double {
    let seconds = Double(time.microseconds) / 1_000_000
    return exp2(key - seconds / Double(halfLife))
  }
}

/// What one incident adds to the risk of an entity.
public struct RiskContribution: Sendable, Hashable {
  public let incident: EventID
  public let number: Int64
  public let title: String
  public let severity: String
  public let status: String
  public let verdict: String?
  /// The last event, or the opening where there is none; the last change where the event lies ahead of it.
  public let at: Timestamp
  /// What the severity weighs.
  public let weight: Double
  /// How much of it the state leaves.
  public let factor: Double
  /// What the entity's risk counts of it at the time `at`: weight times factor, as of the last pass.
  public let points: Double

  /// What its age leaves; 1 where it has none yet.
  public func ageFactor(at time: Timestamp, halfLife: Int32) -> Double {
    let age = Double(time.microseconds - at.microseconds) / 1_000_000
    return exp2(-max(0, age) / Double(halfLife))
  }
}

/// Which entities of an organization, in what order.
public struct EntityFilter: Sendable, Hashable {
  public enum Sort: String, CaseIterable, Sendable {
    /// The largest first.
    case risk = "-risk"
    /// The newest first.
    case lastSeen = "-last_seen"
  }

  public var type: EntityType?
  public var sort = Sort.risk

  public init(type: EntityType? = nil, sort: Sort = .risk) {
    self.type = type
    self.sort = sort
  }
}

/// Where a page of entities ended.
public struct EntityPosition: Sendable, Hashable {
  /// The bits of the risk's key, or microseconds, by the order.
  public let value: Int64
  public let id: Int64

  public init(value: Int64, id: Int64) {
    self.value = value
    self.id = id
  }

  public init(after entity: EntityRisk, _ sort: EntityFilter.Sort) {
    id = entity.id
    value =
      switch sort {
      case .risk: Int64(bitPattern: entity.key.bitPattern)
      case .lastSeen: entity.lastSeen.microseconds
      }
  }
}
