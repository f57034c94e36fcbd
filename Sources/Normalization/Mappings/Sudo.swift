internal import Core

extension ProgramRules {
  /// sudo's own log lines (sudoers(5), "Event logging").
  static let sudo = ProgramRules(
    program: "sudo",
    sourceType: "linux.sudo",
    forms: [
      Form(
        "{user} : {count:number} incorrect password attempt(s)? ; {:any}COMMAND={command:any}",
        "sudo_failed", action: "execute", outcome: "failure", severity: .medium),
      Form(
        "{user} : user NOT in sudoers ; {:any}COMMAND={command:any}",
        "sudo_denied", action: "execute", outcome: "failure", severity: .medium),
      Form(
        "{user} : command not allowed ; {:any}COMMAND={command:any}",
        "sudo_denied", action: "execute", outcome: "failure", severity: .medium),
      Form(
        "{user} : {:any}TTY={TTY} ; PWD={PWD:any} ; USER={USER:any} ; COMMAND={COMMAND:any}",
        "sudo", action: "execute", outcome: "success"),
      Form(
        "{user} : {:any}TTY={:any}COMMAND={COMMAND:any}",
        "sudo", action: "execute", outcome: "success"),
    ])
}
