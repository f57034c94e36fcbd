internal import ServiceHarness

/// What a step expects of its answer.
struct Expectation {
  let step: ScenarioStep
  let variables: Variables

  /// - Parameter answer: nil where the connection was closed without one.
  func differences(of answer: HTTPResponse?) throws -> [String] {
    let codes = step.status?.codes ?? []
    guard let answer else { return [] }
    guard codes.contains(answer.status) else {
      return ["\(answer.status) instead of \(codes): \(answer.text.prefix(1500))"]
    }
    return try headerDifferences(answer) + bodyDifferences(answer) + problemDifferences(answer)
  }

  private func headerDifferences(_ answer: HTTPResponse) throws -> [String] {
    try (step.responseHeaders ?? [:]).sorted { $0.key < $1.key }.flatMap { name, expected in
      JSONMatcher.differences(
        answer.header(name).map(JSONValue.string), from: try expected.mapStrings(variables.fill),
        at: name)
    }
  }

  private func bodyDifferences(_ answer: HTTPResponse) throws -> [String] {
    var differences: [String] = []
    if let expected = step.response {
      differences += JSONMatcher.differences(
        try JSONValue(parsing: answer.body), from: try expected.mapStrings(variables.fill))
    }
    if let expected = step.text {
      differences += JSONMatcher.differences(
        .string(answer.text), from: try expected.mapStrings(variables.fill))
    }
    return differences
  }

  /// Every error has the same shape (RFC 9457), whether the scenario asks for it or not, but for 412,
  /// which shows what is there now. What breaks HTTP itself is answered below the service.
  private func problemDifferences(_ answer: HTTPResponse) throws -> [String] {
    guard answer.status >= 400, answer.status != 412, step.raw == nil,
      step.request?.hasPrefix("HEAD ") == false
    else { return [] }
    guard answer.header("content-type")?.hasPrefix("application/problem+json") == true else {
      return ["\(answer.status) without application/problem+json: \(answer.text.prefix(300))"]
    }
    let shape: JSONValue = .object([
      "type": .object(["$matches": .string("^/problems/[a-z0-9_-]+$")]),
      "title": .object(["$type": .string("string")]),
      "status": .number(Double(answer.status)),
      "detail": .object(["$type": .string("string")]),
      "instance": .object(["$type": .string("string")]),
      "request_id": .object(["$type": .string("string")]),
    ])
    return JSONMatcher.differences(try JSONValue(parsing: answer.body), from: shape)
  }
}
