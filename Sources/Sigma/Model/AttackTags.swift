/// What a rule's tags say of MITRE ATT&CK (Sigma specification 2.1, appendix "Tags"): the tags
/// `attack.t1110.001` and `attack.credential-access` give the technique `T1110.001` and the tactic
/// `credential-access`.
public struct AttackTags: Hashable, Sendable {
  /// Tactics in ATT&CK's own short form, in the order of the tags, without repetition.
  public private(set) var tactics: [String] = []
  /// Technique ids in upper case, in the order of the tags, without repetition.
  public private(set) var techniques: [String] = []

  public init(tags: [String]) {
    for tag in tags {
      let lowered = tag.lowercased()
      guard lowered.hasPrefix("attack.") else { continue }
      let rest = lowered.dropFirst("attack.".count)
      if Self.isTechnique(rest) {
        let technique = rest.uppercased()
        if !techniques.contains(technique) { techniques.append(technique) }
      } else if Self.isTactic(rest) {
        let tactic = String(rest.map { $0 == "_" ? "-" : $0 })
        if !tactics.contains(tactic) { tactics.append(tactic) }
      }
    }
  }

  /// `t` and four digits, then perhaps a dot and three.
  private static func isTechnique(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts[0].first == "t" else { return false }
    return isNumber(parts[0].dropFirst(), digits: 4)
      && (parts.count == 1 || isNumber(parts[1], digits: 3))
  }

  private static func isNumber(_ text: Substring, digits: Int) -> Bool {
    text.utf8.count == digits && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Groups (`g0007`) and software (`s0002`) are neither tactic nor technique.
  private static func isTactic(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F }
  }
}
