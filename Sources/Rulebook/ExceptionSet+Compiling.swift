internal import Core
internal import RuleStore
internal import Sigma
internal import SigmaYAML

extension ExceptionSet {
  /// Exceptions that one organization may have at a time.
  static let maximumCount = 10_000

  /// Compiles those that can be; the others hold for nothing, and are refused.
  ///
  /// - Returns: Nil where there are none.
  static func compile(
    _ all: [RuleException], feeds: [String: [String]]
  ) -> (set: ExceptionSet?, refusals: [RuleRefusal]) {
    var exceptions: [Exception] = []
    var entities: [Entity?] = []
    var searches: [Rule] = []
    var refusals: [RuleRefusal] = []
    for (number, exception) in all.enumerated() {
      let location = RuleLocation(file: "exception \(exception.id)", line: 1)
      do throws(SigmaError) {
        guard number < maximumCount else {
          throw SigmaError(.limit, "more than \(maximumCount) exceptions: end some")
        }
        guard exception.ruleID != nil || exception.entity != nil || exception.match != nil else {
          throw SigmaError(.structure, "an exception for everything: name a rule or an entity")
        }
        let entity = try exception.entity.map { value throws(SigmaError) in try Entity(value) }
        var search: Int?
        if let match = exception.match {
          let detection = try ExceptionMatch(match).detection
          search = searches.count
          searches.append(
            Rule(
              id: "\(exception.id)", title: "", logSource: LogSource(), detection: detection,
              location: location))
        }
        entities.append(entity)
        exceptions.append(
          Exception(
            id: exception.id, ruleID: exception.ruleID, expiresAt: exception.expiresAt,
            search: search))
      } catch {
        refusals.append(RuleRefusal(error, at: location, rule: exception.ruleID))
      }
    }
    guard !exceptions.isEmpty else { return (nil, refusals) }
    let set = ExceptionSet(
      exceptions: exceptions, entities: entities, searches: searches, feeds: feeds)
    return (set, refusals)
  }
}

extension ExceptionSet.Entity {
  init(_ entity: RuleException.Entity) throws(SigmaError) {
    switch entity.type {
    case "ip":
      guard let address = IPAddress(entity.value) else {
        throw SigmaError(.value, "entity.value: \"\(entity.value)\" is no IPv4 or IPv6 address")
      }
      self = .ip(address)
    case "host": self = .host(entity.value.lowercased())
    case "user": self = .user(entity.value.lowercased())
    default:
      throw SigmaError(.value, "entity.type: \"\(entity.type)\" is none of ip, host and user")
    }
  }
}
