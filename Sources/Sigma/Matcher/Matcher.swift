public import Core

/// Runs many rules over events, one event at a time.
///
/// Made once for a set of rules and shared by all threads; each thread has a scratch of its own. How it
/// works is told in the article "Matching".
public struct Matcher: Sendable {
  /// How many rules it runs.
  public let ruleCount: Int
  let regexes: [CompiledRegex]
  private let plans: PlanCache
  private let automatonMemory: Int

  /// Bytes that the states of all regular expressions together may take in one scratch; each gets 4 KB at
  /// least.
  private static let automataMemory = 64 << 20

  /// - Parameter aliases: rule field → event field, where they differ.
  public init(rules: [Rule], aliases: [String: String] = [:]) {
    ruleCount = rules.count
    var table = PredicateTable(aliases: aliases)
    var compiled: [CompiledRule] = []
    compiled.reserveCapacity(rules.count)
    for rule in rules { compiled.append(CompiledRule(rule, table: &table)) }
    table.finish()
    regexes = table.regexes
    automatonMemory = min(1 << 20, max(1 << 12, Self.automataMemory / max(1, table.regexes.count)))
    var sources: [LogSource] = []
    var seen: Set<LogSource> = []
    for rule in compiled where seen.insert(rule.logSource).inserted {
      sources.append(rule.logSource)
    }
    plans = PlanCache(sources: sources) { [table, compiled] sources in
      var builder = MatchPlanBuilder(rules: compiled, table: table)
      return builder.plan(for: sources)
    }
  }

  public func makeScratch() -> MatcherScratch {
    var scratch = MatcherScratch()
    scratch.automata = regexes.map { LazyDFA($0.program, memory: automatonMemory) }
    return scratch
  }

  /// The indices of the rules that match the event, ascending.
  public func match(
    _ event: borrowing EventFields, scratch: inout MatcherScratch
  ) -> [Int] {
    let plan = plan(for: event.logSources, &scratch)
    guard !plan.programs.isEmpty else { return [] }
    scratch.truth.begin(predicates: plan.predicates.count, rules: plan.programs.count)
    scan(event, plan, &scratch)
    for rule in plan.always { scratch.truth.addCandidate(rule) }
    var matched: [Int] = []
    var index = 0
    while index < scratch.truth.candidates.count {
      let program = plan.programs[Int(scratch.truth.candidates[index])]
      if evaluate(program.code.span, 0, event, plan, &scratch) { matched.append(program.rule) }
      index += 1
    }
    matched.sort()
    return matched
  }

  private func plan(
    for sources: LogSourceSet, _ scratch: inout MatcherScratch
  ) -> MatchPlan {
    if let last = scratch.lastPlan, last.sources === sources { return last.plan }
    let plan: MatchPlan
    if let known = scratch.plans[sources] {
      plan = known
    } else {
      plan = plans.plan(for: sources)
      if scratch.plans.count >= PlanCache.maximumPlans { scratch.plans.removeAll() }
      scratch.plans[sources] = plan
    }
    scratch.lastPlan = (sources, plan)
    return plan
  }

  /// Answers what the scanners can.
  private func scan(
    _ event: borrowing EventFields, _ plan: MatchPlan, _ scratch: inout MatcherScratch
  ) {
    let bytes = event.bytes
    let raw = unsafe bytes.span.bytes
    let literals = plan.literals
    var folded: [UInt8] = []
    swap(&folded, &scratch.folded)
    let isASCII = ASCIIFolding.fold(bytes, into: &folded)
    var used = bytes.count
    scratch.occurrences.removeAll(keepingCapacity: true)
    if scratch.heads.count < plan.fields.count {
      scratch.heads.append(
        contentsOf: repeatElement(
          (epoch: 0, occurrence: -1), count: plan.fields.count - scratch.heads.count))
    }
    for index in 0..<event.entries.count {
      let entry = event.entries[index]
      let name = Int(entry.name.lowerBound)..<Int(entry.name.upperBound)
      let value = Int(entry.value.lowerBound)..<Int(entry.value.upperBound)
      let field = Int(plan.fieldNames.value(raw, name.lowerBound, name.count))
      let isKeyword = plan.keywords != nil && index < event.recordEntryCount
      guard field >= 0 || isKeyword else { continue }
      let isNull = entry.kind == .null
      var range = value
      let isValueASCII = isASCII || Self.isASCII(raw, value)
      if !isValueASCII { range = Self.foldWide(bytes[value], into: &folded, after: &used) }
      if field >= 0 { note(value, range, isNull, field, &scratch) }
      guard !isNull else { continue }
      if field >= 0 {
        for predicate in plan.fields[field].present {
          plan.found(predicate, TruthState.yes, truth: &scratch.truth)
        }
        plan.fields[field].scanner.scan(
          literals, folded.span.bytes, range, isASCII: isValueASCII, plan: plan,
          truth: &scratch.truth)
      }
      if isKeyword, let keywords = plan.keywords {
        keywords.scan(
          literals, folded.span.bytes, range, isASCII: isValueASCII, plan: plan,
          truth: &scratch.truth)
      }
    }
    swap(&folded, &scratch.folded)
  }

  @inline(__always)
  private func note(
    _ value: Range<Int>, _ folded: Range<Int>, _ isNull: Bool, _ field: Int,
    _ scratch: inout MatcherScratch
  ) {
    let epoch = scratch.truth.epoch
    let head = scratch.heads[field]
    scratch.heads[field] = (epoch, Int32(scratch.occurrences.count))
    scratch.occurrences.append(
      MatcherScratch.Occurrence(
        original: value, folded: folded, isNull: isNull,
        next: head.epoch == epoch ? head.occurrence : -1))
  }

  private static func isASCII(_ bytes: RawSpan, _ range: Range<Int>) -> Bool {
    for position in range
    where unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt8.self) >= 0x80 {
      return false
    }
    return true
  }

  /// Puts the value, folded by Unicode, behind what is there.
  private static func foldWide(
    _ value: ArraySlice<UInt8>, into folded: inout [UInt8], after used: inout Int
  ) -> Range<Int> {
    let wide = CaseFolding.fold(utf8: value)
    let range = used..<used + wide.count
    used += wide.count
    if folded.count < used + 8 {
      folded.append(contentsOf: repeatElement(0, count: used + 8 - folded.count))
    }
    folded.replaceSubrange(range, with: wide)
    return range
  }
}
