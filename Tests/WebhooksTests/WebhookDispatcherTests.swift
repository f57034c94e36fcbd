import Core
import Outbox
import Postgres
import TestReceiver
import Testing
import WebhookStore

@testable import Webhooks

@Suite(.timeLimit(.minutes(10))) struct WebhookDispatcherTests {
  @Test func eachMessageArrivesOnceInOrderAndSigned() async throws {
    let lab = try await WebhookLab()
    let receiver = try await Receiver { _, _ in .status(200) }
    _ = try await lab.open("before the webhook")
    let webhook = try await lab.webhook(receiver.url)
    // Two nodes share the work.
    try await lab.with([lab.dispatcher(), lab.dispatcher()]) {
      let first = try await lab.open()
      for action in ["updated", "commented", "grown", "updated"] {
        try await lab.tell(first, action)
      }
      _ = try await lab.open()
      try await lab.wait("all are delivered") {
        try await lab.deliveries(webhook).count { $0.state == .delivered } == 6
      }
    }
    let messages = receiver.received
    #expect(messages.count == 6)
    #expect(Set(messages.map { $0.header("Harrier-Delivery") }).count == 6)
    // Of one incident they come in the order of the outbox.
    let ofFirst = messages.filter { $0.text.contains(#""number":"INC-2""#) }.map { sequence($0) }
    #expect(ofFirst.count == 5)
    #expect(ofFirst == ofFirst.sorted())
    for message in messages {
      let seconds = try #require(Int64(message.header("Harrier-Timestamp") ?? ""))
      #expect(
        message.header("Harrier-Signature")
          == WebhookSignature.value(
            seconds: seconds, body: message.body, secret: Array("s3cret-s3cret-s3cret".utf8)))
    }
    #expect(lab.observer.failures == [])
  }

  private func sequence(_ message: Receiver.Message) -> Int {
    let rest = message.text.split(separator: #""sequence":"#, maxSplits: 1).last ?? ""
    return Int(rest.prefix { $0.isNumber }) ?? -1
  }

  @Test func aFailureIsTriedAgainUnderTheSameIdAndHoldsTheIncidentBack() async throws {
    let lab = try await WebhookLab()
    let receiver = try await Receiver { message, count in
      message.text.contains(#""action":"opened""#) && count < 3 ? .status(500) : .status(200)
    }
    let webhook = try await lab.webhook(receiver.url)
    try await lab.with([lab.dispatcher()]) {
      let incident = try await lab.open()
      try await lab.tell(incident, "updated")
      try await lab.wait("both are delivered") {
        try await lab.deliveries(webhook).count { $0.state == .delivered } == 2
      }
    }
    let messages = receiver.received
    #expect(messages.count == 5)
    #expect(Set(messages[..<4].map { $0.header("Harrier-Delivery") }).count == 1)
    #expect(messages[4].text.contains(#""action":"updated""#))
    let opened = try #require(try await lab.deliveries(webhook).last)
    #expect(opened.attempts == 4)
    #expect(opened.history.contains(#""status": 500"#))
    #expect(opened.history.contains(#""error": "http_error""#))
    #expect(try await lab.store.item(webhook.id, of: lab.organization)?.failures == 0)
  }

  @Test func whatIsGivenUpCanBeSentOnceMore() async throws {
    let lab = try await WebhookLab()
    let receiver = try await Receiver { _, count in count < 2 ? .status(503) : .status(200) }
    let webhook = try await lab.webhook(receiver.url)
    try await lab.with([lab.dispatcher(retry: 1.5, patience: 1)]) {
      _ = try await lab.open()
      try await lab.wait("it is given up") {
        try await lab.deliveries(webhook).first?.state == .dead
      }
      let dead = try await lab.deliveries(webhook)[0]
      let count = receiver.received.count
      #expect(count <= 2)
      _ = try await lab.store.redeliver(dead.id, webhook.id, of: lab.organization, for: 60)
      try await lab.wait("it is delivered") {
        try await lab.deliveries(webhook).first?.state == .delivered
      }
      #expect(receiver.received.last?.header("Harrier-Delivery") == dead.id.description)
    }
  }

  @Test func aTargetThatIsGoneIsDisabled() async throws {
    let lab = try await WebhookLab()
    let receiver = try await Receiver { _, _ in .status(410) }
    let webhook = try await lab.webhook(receiver.url)
    try await lab.with([lab.dispatcher()]) {
      _ = try await lab.open()
      try await lab.wait("it is disabled") {
        try await lab.store.item(webhook.id, of: lab.organization)?.isEnabled == false
      }
      _ = try await lab.open()
      try await lab.wait("the outbox is read") {
        try await lab.pool.withConnection {
          try $0.query(
            PostgresStatement(
              "test.behind",
              """
              select count(*) from webhook_cursors c join incident_counters n using (organization_id)
              where c.sequence < n.outbox_sequence
              """)
          ) { try $0.int8(0) }
        } == [0]
      }
    }
    let after = try await lab.store.item(webhook.id, of: lab.organization)
    #expect(after?.disabledReason == "gone")
    #expect(try await lab.deliveries(webhook).map(\.state) == [.dead])
    #expect(receiver.received.count == 1)
  }

  /// More dead targets than there are transfers delay nobody who answers.
  @Test func deadTargetsDelayNobody() async throws {
    let lab = try await WebhookLab()
    let dead = try await Receiver { _, _ in .hang }
    let alive = try await Receiver { _, _ in .status(200) }
    for _ in 0..<6 { _ = try await lab.webhook(dead.url) }
    let webhook = try await lab.webhook(alive.url)
    try await lab.with([lab.dispatcher(timeout: .seconds(4), retry: 5)]) {
      _ = try await lab.open()
      try await lab.wait("the first is delivered") { alive.received.count == 1 }
      // By now each dead target has failed, or is failing, in a lane of its own.
      try await lab.wait("the dead are known") {
        try await lab.store.all(of: lab.organization).count { $0.failures > 0 } == 6
      }
      let start = ContinuousClock.now
      for _ in 0..<5 { _ = try await lab.open() }
      try await lab.wait("the others are delivered") {
        try await lab.deliveries(webhook).count { $0.state == .delivered } == 6
      }
      // Behind a dead target each would have waited for its time limit.
      #expect(ContinuousClock.now - start < .milliseconds(3500))
    }
    #expect(alive.received.count == 6)
  }

  /// A node that dies with a delivery in its hands leaves it to the others.
  @Test func aLeaseThatExpiresIsTakenOver() async throws {
    let lab = try await WebhookLab()
    let receiver = try await Receiver { _, _ in .status(200) }
    let webhook = try await lab.webhook(receiver.url)
    _ = try await lab.open()
    let claimed = try await lab.pool.withConnection { connection in
      let made = try WebhookQueue.expand(limit: 10, for: 60, on: connection)
      #expect(made.messages == 1 && made.deliveries == 1)
      let claimed = try WebhookQueue.claim(
        failing: false, limit: 10, perTarget: 10, leaseSeconds: 2, on: connection)
      let second = try WebhookQueue.claim(
        failing: false, limit: 10, perTarget: 10, leaseSeconds: 2, on: connection)
      #expect(second.isEmpty)
      return claimed
    }
    #expect(claimed.count == 1)
    try await lab.with([lab.dispatcher()]) {
      try await lab.wait("another sends it") { receiver.received.count == 1 }
      try await lab.wait("and writes it down") {
        try await lab.deliveries(webhook).first?.state == .delivered
      }
    }
    // The first one comes back from the dead: his word no longer counts.
    let late = WebhookAttempt(
      at: .now, status: 500, latencyMilliseconds: 1, error: "http_error", outcome: .dead)
    let written = try await lab.pool.withConnection {
      try WebhookQueue.record(late, of: claimed[0], on: $0)
    }
    #expect(!written)
    #expect(try await lab.deliveries(webhook).map(\.state) == [.delivered])
  }

  @Test func onlyWhatIsAskedForIsTold() async throws {
    let lab = try await WebhookLab()
    let receiver = try await Receiver { _, _ in .status(200) }
    let high = try await lab.webhook(receiver.url, minimumSeverity: .high)
    let merges = try await lab.webhook(receiver.url, actions: ["merged", "opened"])
    let incident = try await lab.open(severity: "medium")
    try await lab.tell(incident, "updated")
    _ = try await lab.open(severity: "critical")
    _ = try await lab.pool.withConnection { connection in
      try WebhookQueue.expand(limit: 100, for: 60, on: connection)
    }
    // A second look makes nothing twice.
    let again = try await lab.pool.withConnection { connection in
      try WebhookQueue.expand(limit: 100, for: 60, on: connection).messages
    }
    #expect(again == 0)
    #expect(try await lab.deliveries(high).map(\.notice.severity) == ["critical"])
    #expect(try await lab.deliveries(merges).map(\.notice.action) == ["opened", "opened"])
  }

  /// In one look at the messages, and in several.
  @Test(arguments: [false, true])
  func whoWasToldOfAnIncidentHearsOfItsEnd(isLate: Bool) async throws {
    let lab = try await WebhookLab()
    let high = try await lab.webhook("http://127.0.0.1:1/", minimumSeverity: .high)
    func expand() async throws {
      _ = try await lab.pool.withConnection { connection in
        try WebhookQueue.expand(limit: 100, for: 60, on: connection)
      }
    }
    let never = try await lab.open(severity: "low")
    let incident = try await lab.open(severity: "high")
    if isLate { try await expand() }
    try await lab.pool.withConnection {
      try $0.executeScript("update incidents set severity = 'low'")
    }
    try await lab.tell(incident, "updated")
    try await lab.pool.withConnection {
      try $0.executeScript("update incidents set status = 'dismissed'")
    }
    try await lab.tell(incident, "updated")
    try await lab.tell(never, "updated")
    try await expand()
    let told = try await lab.deliveries(high).map(\.notice).reversed()
    #expect(told.map(\.status) == ["open", "dismissed"])
    #expect(told.allSatisfy { $0.id == incident })
  }

  @Test func aDeletedWebhookTakesItsDeliveriesAlong() async throws {
    let lab = try await WebhookLab()
    let webhook = try await lab.webhook("http://127.0.0.1:1/")
    _ = try await lab.store.test(
      webhook.id,
      IncidentNotice(
        id: "", number: 0, revision: 0, status: "open", severity: "low", action: "test",
        title: "t"),
      of: lab.organization)
    #expect(try await lab.store.delete(webhook.id, of: lab.organization))
    #expect(try await lab.store.delete(webhook.id, of: lab.organization) == false)
    let left = try await lab.pool.withConnection {
      try $0.query(PostgresStatement("test.left", "select count(*) from webhook_deliveries")) {
        try $0.int8(0)
      }
    }
    #expect(left == [0])
  }
}
