internal import Core
internal import WebhookStore

extension JSONWriter {
  /// Slack's incoming webhooks: `text` for notifications, `blocks` for the message.
  mutating func slackMembers(_ delivery: ClaimedDelivery) {
    let headline = Self.slackText(delivery.headline)
    member("text", headline)
    array("blocks") { json in
      json.object { json in
        json.member("type", "section")
        json.object("text") { json in
          json.member("type", "mrkdwn")
          json.member("text", "*\(headline)*")
        }
      }
      guard !delivery.facts.isEmpty else { return }
      json.object { json in
        json.member("type", "section")
        json.array("fields") { json in
          for fact in delivery.facts {
            json.object { json in
              json.member("type", "mrkdwn")
              json.member("text", "*\(fact.name)*\n\(Self.slackText(fact.value))")
            }
          }
        }
      }
    }
  }

  /// Slack's three escapes, within its bound on a text. What looks like its markup stays text: a title
  /// that an attacker wrote must not call everyone in the channel.
  static func slackText(_ text: String) -> String {
    String(text.prefix(2000)).replacing("&", with: "&amp;").replacing("<", with: "&lt;")
      .replacing(">", with: "&gt;").replacing("*", with: "∗").replacing("\n", with: " ")
  }
}
