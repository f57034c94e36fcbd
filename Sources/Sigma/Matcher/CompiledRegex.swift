/// A regular expression ready to run. A class, so that reaching it costs no copy.
final class CompiledRegex: Sendable {
  let program: RegexProgram
  let run: CharacterRun?
  /// Folded texts of which one is in every match; empty where there are none of use.
  let triggers: [[UInt8]]

  init(_ regex: RegularExpression) {
    program = regex.program
    run = CharacterRun(regex.root)
    triggers = RequiredLiterals.of(regex.root) ?? []
  }
}
