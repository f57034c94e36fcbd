internal import Core
internal import WebhookStore

extension JSONWriter {
  /// A message with an Adaptive Card, as the workflows of Microsoft Teams take it.
  mutating func teamsMembers(_ delivery: ClaimedDelivery) {
    member("type", "message")
    array("attachments") { json in
      json.object { json in
        json.member("contentType", "application/vnd.microsoft.card.adaptive")
        json.object("content") { $0.cardMembers(delivery) }
      }
    }
  }

  private mutating func cardMembers(_ delivery: ClaimedDelivery) {
    member("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
    member("type", "AdaptiveCard")
    member("version", "1.4")
    array("body") { json in
      json.object { json in
        json.member("type", "TextBlock")
        json.member("text", Self.plain(delivery.headline))
        json.member("weight", "Bolder")
        json.member("size", "Medium")
        json.member("wrap", true)
      }
      guard !delivery.facts.isEmpty else { return }
      json.object { json in
        json.member("type", "FactSet")
        json.array("facts") { json in
          for fact in delivery.facts {
            json.object { json in
              json.member("title", fact.name)
              json.member("value", Self.plain(fact.value))
            }
          }
        }
      }
    }
  }

  /// Cards read Markdown; a title that an attacker wrote must not become a link.
  private static func plain(_ text: String) -> String {
    var escaped = ""
    for character in text.prefix(2000) {
      if "\\[]()*_`#".contains(character) { escaped.append("\\") }
      escaped.append(character == "\n" ? " " : character)
    }
    return escaped
  }
}
