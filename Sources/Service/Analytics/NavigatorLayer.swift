internal import AnalyticsStore
internal import Core

/// A coverage as a layer of the ATT&CK Navigator (layer file format 4.5,
/// github.com/mitre-attack/attack-navigator, `layers/spec/v4.5/layerformat.md`): the score of a technique
/// is how many armed rules cover it, and a colour of its own shows what a score can't.
struct NavigatorLayer {
  let coverage: AttackCoverage
  /// Of the organization's slug, or what else tells layers apart.
  let name: String

  private enum Colour {
    static let seen = "#e05252"
    static let inert = "#f2c14e"
    static let off = "#c9ccd1"
    static let armed = ["#ffffff", "#3f8f5b"]
  }

  func write(to json: inout JSONWriter) {
    json.member("name", name)
    json.object("versions") { json in
      json.member("navigator", "5.1.0")
      json.member("layer", "4.5")
    }
    json.member("domain", "enterprise-attack")
    json.member(
      "description",
      "Coverage by rules, and incidents from \(coverage.range.from) to \(coverage.range.to).")
    json.member("sorting", 3)
    json.object("layout") { json in
      json.member("layout", "side")
      json.member("showID", true)
      json.member("showName", true)
      json.member("expandedSubtechniques", "annotated")
    }
    json.member("hideDisabled", false)
    json.array("techniques") { json in
      for tactic in coverage.tactics {
        for technique in tactic.techniques {
          json.object { write(technique, under: tactic.name, to: &$0) }
        }
      }
    }
    json.object("gradient") { json in
      json.member("colors", Colour.armed)
      json.member("minValue", 0)
      json.member("maxValue", max(1, largestScore))
    }
    json.array("legendItems") { json in
      for (label, colour) in [
        ("seen: incidents in the range", Colour.seen), ("armed rules", Colour.armed[1]),
        ("rules, but no data for them", Colour.inert), ("rules in shadow or off", Colour.off),
      ] {
        json.object { json in
          json.member("label", label)
          json.member("color", colour)
        }
      }
    }
    json.member("showTacticRowBackground", false)
    json.member("selectTechniquesAcrossTactics", false)
  }

  private var largestScore: Int {
    coverage.tactics.flatMap(\.techniques).map { $0.count(.armed) }.max() ?? 0
  }

  private func write(
    _ technique: AttackCoverage.Technique, under tactic: String?, to json: inout JSONWriter
  ) {
    let armed = technique.count(.armed)
    json.member("techniqueID", technique.id)
    if let tactic { json.member("tactic", tactic) }
    json.member("score", armed)
    if technique.incidents > 0 {
      json.member("color", Colour.seen)
    } else if armed == 0 {
      json.member("color", technique.count(.inert) > 0 ? Colour.inert : Colour.off)
    }
    let counts = AttackCoverage.State.allCases.map { "\(technique.count($0)) \($0.rawValue)" }
    json.member(
      "comment",
      "rules: \(counts.joined(separator: ", ")); \(technique.detections) detections, "
        + "\(technique.incidents) incidents")
    json.member("enabled", true)
  }
}
