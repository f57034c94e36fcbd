internal import Core

extension PreparedExplainer {
  /// Whether the part of a search holds; adds to the findings what makes it hold, and nothing if it does
  /// not.
  func holds(
    _ index: Int, _ event: borrowing EventFields, _ scratch: inout ExplanationScratch
  ) -> Bool {
    let node = nodes[index]
    let end = Int(node.end)
    var child = index + 1
    switch node.kind {
    case .item(let item): return holds(item: Int(item), event, &scratch)
    case .all:
      let before = scratch.findings.count
      while child < end {
        guard holds(child, event, &scratch) else {
          scratch.findings.removeSubrange(before...)
          return false
        }
        child = Int(nodes[child].end)
      }
      return true
    case .any:
      while child < end {
        if holds(child, event, &scratch) { return true }
        child = Int(nodes[child].end)
      }
      return false
    }
  }

  private func holds(
    item index: Int, _ event: borrowing EventFields, _ scratch: inout ExplanationScratch
  ) -> Bool {
    let item = items[index]
    if let field = item.field {
      let blob = self.blob
      scratch.find(blob.span.extracting(field.wide), in: event)
    } else {
      scratch.findText(of: event)
    }
    let before = scratch.findings.count
    for value in item.values.wide {
      if let witness = witness(values[value], event, &scratch) {
        scratch.findings.append(.init(item: index, value: value, shown: witness.shown))
        if !item.requiresAll { break }
      } else if item.requiresAll {
        scratch.findings.removeSubrange(before...)
        break
      }
    }
    let isFound = scratch.findings.count > before
    guard item.isNegated else { return isFound }
    scratch.findings.removeSubrange(before...)
    guard !isFound else { return false }
    scratch.findings.append(
      .init(
        item: index, value: item.values.isEmpty ? nil : Int(item.values.lowerBound),
        shown: scratch.occurrences.first))
    return true
  }

  /// What a value that holds shows of the event.
  private struct Witness {
    /// Nil where the field is absent.
    let shown: ExplanationScratch.Occurrence?
  }

  private func witness(
    _ value: ValuePlan, _ event: borrowing EventFields, _ scratch: inout ExplanationScratch
  ) -> Witness? {
    for index in value.tests.wide {
      if let found = witness(tests[index], event, &scratch) { return found }
    }
    return nil
  }

  @inline(__always)
  private func witness(
    _ test: Test, _ event: borrowing EventFields, _ scratch: inout ExplanationScratch
  ) -> Witness? {
    switch test {
    case .literal(let literal, let anchor, let isCased):
      return witness(literal: literal.wide, anchor, isCased: isCased, event, scratch)
    case .present: return first(scratch) { _ in true }
    case .glob(let index): return witness(globs[Int(index)], event, scratch)
    case .regex(let index): return witness(regexes[Int(index)], event, &scratch)
    case .null:
      let occurrences = scratch.occurrences
      let holds = occurrences.isEmpty || occurrences.contains { $0.isNull }
      return holds ? Witness(shown: occurrences.first) : nil
    case .exists(let isThere):
      return scratch.occurrences.isEmpty != isThere
        ? Witness(shown: scratch.occurrences.first) : nil
    case .cidr(let index):
      return first(scratch) { one in
        IPAddress(utf8: scratch.source(of: one, event)[one.original])
          .map(networks[Int(index)].contains) ?? false
      }
    case .compare(let comparison, let number):
      return first(scratch) { one in
        Number(utf8: scratch.source(of: one, event)[one.original])
          .map { comparison.holds($0, number) } ?? false
      }
    case .datePart(let part, let comparison, let number):
      return first(scratch) { one in
        part.value(in: Array(scratch.source(of: one, event)[one.original]))
          .map { comparison.holds(.integer($0), number) } ?? false
      }
    case .field(let name, let anchor, let isCased):
      return witness(fieldNamed: name.wide, anchor, isCased: isCased, event, &scratch)
    }
  }

  /// The first value that is not null and holds.
  @inline(__always)
  private func first(
    _ scratch: borrowing ExplanationScratch,
    where holds: (ExplanationScratch.Occurrence) -> Bool
  ) -> Witness? {
    for index in 0..<scratch.occurrences.count {
      let one = scratch.occurrences[index]
      if !one.isNull, holds(one) { return Witness(shown: one) }
    }
    return nil
  }

  private func witness(
    literal: Range<Int>, _ anchor: LiteralAnchor, isCased: Bool, _ event: borrowing EventFields,
    _ scratch: borrowing ExplanationScratch
  ) -> Witness? {
    let blob = self.blob
    let part = blob.span.extracting(literal).bytes
    return first(scratch) { one in
      if !isCased {
        return ByteSearch.holds(
          part, anchor, in: scratch.folded.span.extracting(one.folded).bytes)
      }
      let source = scratch.source(of: one, event)
      return ByteSearch.holds(part, anchor, in: source.span.extracting(one.original).bytes)
    }
  }

  private func witness(
    _ glob: GlobPattern, _ event: borrowing EventFields, _ scratch: borrowing ExplanationScratch
  ) -> Witness? {
    first(scratch) { one in
      if !glob.isCased { return glob.matches(scratch.folded.span.extracting(one.folded)) }
      let source = scratch.source(of: one, event)
      return glob.matches(source.span.extracting(one.original))
    }
  }

  /// The first value in which the expression is found. One that is not null must be among them; a null,
  /// which is empty, is shown if it comes first.
  private func witness(
    _ regex: CompiledRegex, _ event: borrowing EventFields, _ scratch: inout ExplanationScratch
  ) -> Witness? {
    var found: ExplanationScratch.Occurrence?
    for index in scratch.occurrences.indices {
      let one = scratch.occurrences[index]
      guard scratch.finds(regex, in: one, event) else { continue }
      if !one.isNull { return Witness(shown: found ?? one) }
      found = found ?? one
    }
    return nil
  }

  private func witness(
    fieldNamed name: Range<Int>, _ anchor: LiteralAnchor, isCased: Bool,
    _ event: borrowing EventFields, _ scratch: inout ExplanationScratch
  ) -> Witness? {
    let blob = self.blob
    scratch.findOthers(blob.span.extracting(name), in: event)
    let holds = scratch.occurrences.contains { one in
      !one.isNull
        && scratch.others.contains { other in
          guard !other.isNull else { return false }
          let source = isCased ? scratch.source(of: one, event) : scratch.folded
          let part = isCased ? event.bytes : scratch.folded
          return ByteSearch.holds(
            part.span.extracting(isCased ? other.original : other.folded).bytes, anchor,
            in: source.span.extracting(isCased ? one.original : one.folded).bytes)
        }
    }
    return holds ? Witness(shown: scratch.occurrences.first) : nil
  }
}
