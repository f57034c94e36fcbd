internal import AnalyticsStore
internal import Core

extension JSONWriter {
  mutating func entityMembers(_ entity: EntityRisk, at now: Timestamp) {
    member("type", entity.type.rawValue)
    member("value", entity.value)
    member("risk", entity.risk(at: now).rounded(toPlaces: 4))
    member("incidents", entity.incidents)
    member("last_seen", entity.lastSeen)
  }

  mutating func contributionMembers(
    _ contribution: RiskContribution, to entity: EntityRisk, at now: Timestamp
  ) {
    let age = contribution.ageFactor(at: now, halfLife: entity.halfLife)
    object("incident") { json in
      json.member("id", contribution.incident.description)
      json.member("number", "INC-\(contribution.number)")
      json.member("title", contribution.title)
      json.member("severity", contribution.severity)
      json.member("status", contribution.status)
      json.member("verdict", contribution.verdict)
    }
    member("at", contribution.at)
    member("severity_weight", contribution.weight)
    member("state_factor", contribution.factor)
    member("age_factor", age.rounded(toPlaces: 6))
    member("points", (contribution.points * age).rounded(toPlaces: 4))
  }
}
