internal import Core
internal import Outbound
internal import WebhookStore

/// What a webhook is to be, or how it is to change: the body of `POST` and `PATCH`.
struct WebhookBody {
  static let members = [
    "name", "url", "secret", "format", "topics", "actions", "minimum_severity", "enabled",
  ]

  var name: String?
  var url: String?
  var secret: String?
  var format: Webhook.Format?
  var actions: [String]?
  var minimumSeverity: IncidentSeverity?
  var isEnabled: Bool?

  /// What webhooks can be told of.
  enum Topic: String, CaseIterable {
    case incidents
  }

  /// What happens to incidents, as the journal calls it, and `grown` for further events, which the journal
  /// does not tell.
  enum Action: String, CaseIterable {
    case opened, created, updated, commented, amended, grown, reopened, merged, absorbed, split,
      undone, retracted
    case commentWithdrawn = "comment_withdrawn"
    case splitOff = "split_off"
    case splitEvents = "split_events"
  }

  /// - Parameter isNew: whether name and URL are needed.
  init(_ json: JSONObject, policy: OutboundPolicy, isNew: Bool) throws(Problem) {
    for member in Self.members where json.has(member) && json.node(member) == nil {
      throw json.invalid(member, "wrong_type", "must not be null; leave it out instead")
    }
    name = isNew ? try json.requiredString("name") : try json.string("name")
    if let name, !(1...100).contains(name.unicodeScalars.count) {
      throw json.invalid("name", "invalid", "must have 1 to 100 characters")
    }
    format = try json.choice("format", of: Webhook.Format.self)
    url = isNew ? try json.requiredString("url") : try json.string("url")
    if let url { self.url = try Self.checked(url, json, policy) }
    secret = try json.string("secret")
    if let secret {
      guard (16...200).contains(secret.utf8.count),
        secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
      else {
        throw json.invalid("secret", "invalid", "must be 16 to 200 visible ASCII characters")
      }
    } else if isNew, format == .pagerduty {
      throw json.invalid("secret", "missing", "is needed: the routing key of the integration")
    }
    if let topics = try json.strings("topics", maximumCount: 10) {
      guard !topics.isEmpty, topics.allSatisfy({ Topic(rawValue: $0) != nil }) else {
        throw json.invalid("topics", "invalid", "must be incidents, which is all there is so far")
      }
    }
    actions = try json.strings("actions", maximumCount: Action.allCases.count)
    if let actions, !actions.allSatisfy({ Action(rawValue: $0) != nil }) {
      let known = Action.allCases.map(\.rawValue).joined(separator: ", ")
      throw json.invalid("actions", "invalid", "must be some of \(known)")
    }
    minimumSeverity = try json.choice("minimum_severity", of: IncidentSeverity.self)
    isEnabled = try json.bool("enabled")
  }

  private static func checked(
    _ text: String, _ json: JSONObject, _ policy: OutboundPolicy
  ) throws(Problem) -> String {
    do throws(OutboundURL.Fault) {
      return try OutboundURL(text, policy: policy).text
    } catch {
      switch error {
      case .malformed:
        throw json.invalid(
          "url", "invalid", "must be a URL of at most \(OutboundURL.maximumBytes) bytes")
      case .scheme: throw json.invalid("url", "scheme_not_allowed", "must begin with https://")
      case .forbiddenPart:
        throw json.invalid("url", "invalid", "must have no user, password, fragment or zone")
      case .address:
        throw json.invalid(
          "url", "address_not_allowed",
          "leads to a private or special address; HARRIER_WEBHOOK_ALLOW can allow it")
      }
    }
  }
}
