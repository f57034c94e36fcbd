internal import Core

extension ProgramRules {
  /// ClamAV's daemon (docs.clamav.net, "Scanning"): what it found, under the names of SigmaHQ's antivirus
  /// rules.
  static let clamd = ProgramRules(
    program: "clamd",
    sourceType: "linux.clamav",
    forms: [
      Form(
        "{Filename:any}: {Signature}({:any}) FOUND", "malware_found", action: "detect",
        severity: .high),
      Form(
        "{Filename:any}: {Signature} FOUND", "malware_found", action: "detect", severity: .high),
    ])
}
