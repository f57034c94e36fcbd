extension LabStory {
  /// The scene of one actor; the kinds take turns.
  mutating func play(_ actor: Int) {
    switch actor % 12 {
    case 0: burst(actor)
    case 1: spray(actor)
    case 2: spread(actor)
    case 3: volume(actor)
    case 4: slowness(actor)
    case 5: destruction(actor)
    case 6: intrusion(actor)
    case 7: alarm(actor)
    case 8: honeytoken(actor)
    case 9: knock(actor)
    case 10: guess(actor)
    default: siege(actor)
    }
  }

  /// - Parameter pace: milliseconds from one failure to the next, at most.
  /// - Returns: the time of the last failure.
  @discardableResult
  private mutating func failures(
    _ count: Int, from begin: Int64, _ actor: Int, host: String, user: String? = nil,
    pace: Int64 = 9000
  ) -> Int64 {
    var time = begin
    for attempt in 0..<count {
      add(
        time, "login",
        [
          ("outcome", .text("failure")), ("user", .text(user ?? "guess\(attempt % 3)")),
          ("host", .text(host)), ("src_ip", .text(address(actor))),
        ])
      if attempt < count - 1 { time += milliseconds(0...pace) }
    }
    return time
  }

  private mutating func burst(_ actor: Int) {
    for _ in 0..<number(1...3) {
      failures(number(4...10), from: moment(), actor, host: "gate\(actor)")
    }
  }

  private mutating func guess(_ actor: Int) {
    let last = failures(number(5...8), from: moment(), actor, host: "gate\(actor)")
    add(
      last + milliseconds(0...800_000), "login",
      [
        ("outcome", .text("success")), ("user", .text("guess1")), ("host", .text("gate\(actor)")),
        ("src_ip", .text(address(actor))),
      ])
  }

  private mutating func siege(_ actor: Int) {
    let begin = moment()
    for attacker in 0..<number(2...4) {
      failures(
        number(5...7), from: begin + Int64(attacker) * milliseconds(600_000...1_500_000),
        actor + attacker * 12, host: "castle\(actor)", pace: 8000)
    }
  }

  private mutating func spray(_ actor: Int) {
    let begin = moment()
    for user in 0..<number(3...7) {
      add(
        begin + Int64(user) * milliseconds(90_000...150_000), "login",
        [
          ("outcome", .text("failure")), ("user", .text("victim\(user)")),
          ("host", .text("mail")), ("src_ip", .text(address(actor))),
        ])
    }
  }

  private mutating func spread(_ actor: Int) {
    let begin = moment()
    for machine in 0..<number(4...8) {
      add(
        begin + Int64(machine) * milliseconds(80_000...120_000), "login",
        [
          ("outcome", .text("failure")), ("user", .text("service\(actor)")),
          ("host", .text("rack\(machine)")), ("src_ip", .text("192.0.2.\(machine / 2 + 1)")),
        ])
    }
  }

  private mutating func volume(_ actor: Int) {
    let begin = moment()
    let parts = number(3...8)
    // Often the sum is the limit itself, which is not above it.
    let sum = [700_000, 1_000_000, 1_000_001, 1_400_000][number(0...3)]
    for part in 0..<parts {
      let bytes = part == 0 ? sum - (parts - 1) * (sum / parts) : sum / parts
      add(
        begin + Int64(part) * milliseconds(20_000...80_000), "transfer",
        [("user", .text("mover\(actor)")), ("bytes", .number(bytes))])
    }
  }

  private mutating func slowness(_ actor: Int) {
    let begin = moment()
    let most = [900, 1600, 2600][number(0...2)]
    for request in 0..<number(6...14) {
      add(
        begin + Int64(request) * milliseconds(5_000...40_000), "request",
        [("host", .text("web\(actor)")), ("latency_ms", .number(number(100...most)))])
    }
  }

  private mutating func destruction(_ actor: Int) {
    let begin = moment()
    var actions = ["stop_service", "delete_backup", "change_files"]
    actions.shuffle(using: &random)
    if number(0...3) == 0 { actions.removeLast() }
    for (step, action) in actions.enumerated() {
      add(
        begin + Int64(step) * milliseconds(0...500_000), action,
        [("host", .text("server\(actor)")), ("user", .text("root"))])
    }
  }

  private mutating func intrusion(_ actor: Int) {
    let begin = moment()
    var actions = ["scan", "exploit", "shell"]
    if number(0...2) == 0 { actions.swapAt(number(0...1), 2) }
    for (step, action) in actions.enumerated() {
      let attacker = action == "shell" ? "origin" : "src_ip"
      add(
        begin + Int64(step) * milliseconds(0...650_000), action,
        [(attacker, .text(address(actor))), ("host", .text("edge"))])
    }
  }

  private mutating func alarm(_ actor: Int) {
    let begin = moment()
    let host = LabEvent.Value.text("plant\(actor)")
    for again in 0..<number(1...2) {
      add(begin + Int64(again) * milliseconds(0...900_000), "alarm", [("host", host)])
    }
    // In time, too late, before the alarm, or never.
    switch number(0...3) {
    case 0: add(begin + milliseconds(0...600_000), "all_clear", [("host", host)])
    case 1: add(begin + milliseconds(600_001...900_000), "all_clear", [("host", host)])
    case 2: add(begin - milliseconds(1...60_000), "all_clear", [("host", host)])
    default: break
    }
  }

  private mutating func honeytoken(_ actor: Int) {
    var time = moment()
    for _ in 0..<number(1...5) {
      add(
        time, "honeytoken", [("src_ip", .text(address(actor))), ("user", .text("oldadmin"))])
      time += milliseconds(0...4_200_000)
    }
  }

  private mutating func knock(_ actor: Int) {
    let begin = moment()
    for knock in 0..<number(3...5) {
      add(
        begin + Int64(knock) * milliseconds(3_000...9_000), "knock",
        [
          ("src_ip", .text(address(actor)))
        ])
    }
  }
}
