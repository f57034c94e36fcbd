internal import Core

extension Matcher {
  /// Reads a node of a rule's program.
  func evaluate(
    _ code: Span<Int32>, _ node: Int, _ event: borrowing EventFields, _ plan: MatchPlan,
    _ scratch: inout MatcherScratch
  ) -> Bool {
    let end = Int(code[node + 2])
    var child = node + 3
    switch RuleProgram.Operation(rawValue: code[node]) {
    case .predicate: return holds(code[node + 1], event, plan, &scratch)
    case .anyOf:
      while child < end {
        if holds(code[child], event, plan, &scratch) { return true }
        child += 1
      }
      return false
    case .allOf:
      while child < end {
        if !holds(code[child], event, plan, &scratch) { return false }
        child += 1
      }
      return true
    case .and:
      while child < end {
        if !evaluate(code, child, event, plan, &scratch) { return false }
        child = Int(code[child + 2])
      }
      return true
    case .or:
      while child < end {
        if evaluate(code, child, event, plan, &scratch) { return true }
        child = Int(code[child + 2])
      }
      return false
    case .not: return !evaluate(code, child, event, plan, &scratch)
    case .atLeast:
      var missing = code[child]
      child += 1
      while child < end, missing > 0 {
        if evaluate(code, child, event, plan, &scratch) { missing -= 1 }
        child = Int(code[child + 2])
      }
      return missing <= 0
    case nil: preconditionFailure("no such operation")
    }
  }

  @inline(__always)
  private func holds(
    _ predicate: Int32, _ event: borrowing EventFields, _ plan: MatchPlan,
    _ scratch: inout MatcherScratch
  ) -> Bool {
    let mark = scratch.truth.mark(of: predicate)
    if mark == TruthState.yes { return true }
    if mark == TruthState.no { return false }
    if mark == 0, plan.fallbacks[Int(predicate)] == .no { return false }
    let answer = ask(predicate, event, plan, &scratch)
    scratch.truth.set(predicate, answer ? TruthState.yes : TruthState.no)
    return answer
  }

  /// Answers a question that the scanners leave open, by comparing.
  @inline(never)
  private func ask(
    _ index: Int32, _ event: borrowing EventFields, _ plan: MatchPlan,
    _ scratch: inout MatcherScratch
  ) -> Bool {
    let predicate = plan.predicates[Int(index)]
    guard predicate.field >= 0 else { return askText(predicate.kind, event, &scratch) }
    let first = head(of: predicate.field, scratch)
    switch predicate.kind {
    case .exists(let isThere): return (first >= 0) == isThere
    case .null where first < 0: return true
    default: break
    }
    var next = first
    while next >= 0 {
      let occurrence = scratch.occurrences[Int(next)]
      next = occurrence.next
      if case .null = predicate.kind {
        if occurrence.isNull { return true }
      } else if !occurrence.isNull, holds(predicate.kind, occurrence, event, &scratch) {
        return true
      }
    }
    return false
  }

  private func head(of field: Int32, _ scratch: borrowing MatcherScratch) -> Int32 {
    let head = scratch.heads[Int(field)]
    return head.epoch == scratch.truth.epoch ? head.occurrence : -1
  }

  private func holds(
    _ kind: CompiledPredicate.Kind, _ occurrence: MatcherScratch.Occurrence,
    _ event: borrowing EventFields, _ scratch: inout MatcherScratch
  ) -> Bool {
    let bytes = event.bytes
    switch kind {
    case .present: return true
    case .glob(let pattern):
      return pattern.isCased
        ? pattern.matches(bytes.span.extracting(occurrence.original))
        : pattern.matches(scratch.folded.span.extracting(occurrence.folded))
    case .regex(let index):
      return finds(index, bytes.span.extracting(occurrence.original), &scratch)
    case .cidr(let block):
      return IPAddress(utf8: bytes[occurrence.original]).map(block.contains) ?? false
    case .compare(let comparison, let number):
      return Number(utf8: bytes[occurrence.original]).map { comparison.holds($0, number) } ?? false
    case .datePart(let part, let comparison, let number):
      guard let value = part.value(in: Array(bytes[occurrence.original])) else { return false }
      return comparison.holds(.integer(value), number)
    case .field(let other, let anchor, let isCased):
      return refers(occurrence, to: other, anchor, isCased: isCased, event, scratch)
    case .literal, .null, .exists: return false
    }
  }

  private func refers(
    _ occurrence: MatcherScratch.Occurrence, to field: Int32, _ anchor: FieldReference.Anchor,
    isCased: Bool, _ event: borrowing EventFields, _ scratch: borrowing MatcherScratch
  ) -> Bool {
    let one =
      isCased ? event.bytes[occurrence.original] : scratch.folded[occurrence.folded]
    var next = head(of: field, scratch)
    while next >= 0 {
      let other = scratch.occurrences[Int(next)]
      next = other.next
      guard !other.isNull else { continue }
      let text = isCased ? event.bytes[other.original] : scratch.folded[other.folded]
      let holds =
        switch anchor {
        case .whole: one.elementsEqual(text)
        case .prefix: one.starts(with: text)
        case .suffix: one.reversed().starts(with: text.reversed())
        case .anywhere: Self.contains(one, text)
        }
      if holds { return true }
    }
    return false
  }

  private static func contains(_ text: ArraySlice<UInt8>, _ part: ArraySlice<UInt8>) -> Bool {
    guard let first = part.first else { return true }
    var start = text.startIndex
    while start + part.count <= text.endIndex {
      if text[start] == first, text[start..<start + part.count].elementsEqual(part) { return true }
      start += 1
    }
    return false
  }

  /// Runs a regular expression on as much of the text as its size allows.
  private func finds(
    _ index: Int32, _ text: Span<UInt8>, _ scratch: inout MatcherScratch
  ) -> Bool {
    let regex = regexes[Int(index)]
    if let run = regex.run { return run.matches(text) }
    guard text.count > regex.program.textLimit else {
      return scratch.automata[Int(index)].matches(regex.program, text)
    }
    scratch.truncatedValues += 1
    return scratch.automata[Int(index)].matches(
      regex.program, text.extracting(0..<regex.program.textLimit))
  }

  /// Answers a keyword's question of the event's whole text.
  private func askText(
    _ kind: CompiledPredicate.Kind, _ event: borrowing EventFields,
    _ scratch: inout MatcherScratch
  ) -> Bool {
    if scratch.textEpoch != scratch.truth.epoch { joinText(event, &scratch) }
    switch kind {
    case .glob(let pattern):
      if pattern.isCased { return pattern.matches(scratch.text.span) }
      return pattern.matches(scratch.foldedText.span)
    case .regex(let index):
      let text = scratch.text
      return finds(index, text.span, &scratch)
    default: return true
    }
  }

  /// All values of the record itself, joined by newlines.
  private func joinText(_ event: borrowing EventFields, _ scratch: inout MatcherScratch) {
    scratch.text.removeAll(keepingCapacity: true)
    for index in 0..<event.recordEntryCount where event.entries[index].kind != .null {
      if !scratch.text.isEmpty { scratch.text.append(0x0A) }
      let value = event.entries[index].value
      scratch.text += event.bytes[Int(value.lowerBound)..<Int(value.upperBound)]
    }
    scratch.foldedText = CaseFolding.fold(utf8: scratch.text)
    scratch.textEpoch = scratch.truth.epoch
  }
}
