internal import Core

extension ProgramRules {
  /// OpenSSH's server (`auth.c`, `auth-pam.c`, `packet.c`, `sshconnect` messages of 6.6 to 9.x), as
  /// journald and syslog carry it.
  static let sshd = ProgramRules(
    program: "sshd",
    sourceType: "linux.sshd",
    forms: [
      Form(
        "Failed {method} for (invalid user )?{user:any} from {src_ip:ip} port {src_port:number}{:any}",
        "login_failed", action: "login", outcome: "failure", severity: .low),
      Form(
        "message repeated {count:number} times: [ Failed {method} for (invalid user )?{user:any}"
          + " from {src_ip:ip} port {src_port:number} ssh2]",
        "login_failed", action: "login", outcome: "failure", severity: .low),
      Form(
        "Accepted {method} for {user:any} from {src_ip:ip} port {src_port:number}{:any}",
        "login_succeeded", action: "login", outcome: "success"),
      Form(
        "Invalid user {user:any} from {src_ip:ip} port {src_port:number}",
        "invalid_user", action: "login", outcome: "failure", severity: .low),
      Form(
        "Invalid user {user:any} from {src_ip:ip}",
        "invalid_user", action: "login", outcome: "failure", severity: .low),
      Form(
        "input_userauth_request: invalid user {user:any} [preauth]",
        "invalid_user", action: "login", outcome: "failure", severity: .low),
      Form(
        "User {user:any} from {src_ip:ip} not allowed because {:any}",
        "user_not_allowed", action: "login", outcome: "failure", severity: .low),
      Form(
        "(error: )?maximum authentication attempts exceeded for (invalid user )?{user:any}"
          + " from {src_ip:ip} port {src_port:number} ssh2{:any}",
        "too_many_attempts", action: "login", outcome: "failure", severity: .medium),
      Form(
        "Disconnecting: Too many authentication failures for {user:any} [preauth]",
        "too_many_attempts", action: "login", outcome: "failure", severity: .medium),
      Form(
        "pam_unix(sshd:auth): authentication failure; {:any} rhost={src_ip:ip}  user={user:any}",
        "pam_failure", action: "login", outcome: "failure", severity: .low),
      Form(
        "pam_unix(sshd:auth): authentication failure; {:any} rhost={src_ip:ip}",
        "pam_failure", action: "login", outcome: "failure", severity: .low),
      Form(
        "PAM {count:number} more authentication failure(s)?; {:any} rhost={src_ip:ip}  user={user:any}",
        "pam_failure", action: "login", outcome: "failure", severity: .low),
      Form(
        "pam_unix(sshd:session): session opened for user {user} by {:any}",
        "session_opened", action: "session", outcome: "success"),
      Form(
        "pam_unix(sshd:session): session closed for user {user}",
        "session_closed", action: "session"),
      Form(
        "reverse mapping checking getaddrinfo for {rdns} [{src_ip:ip}] failed{:any}",
        "reverse_mapping_failed", action: "connect", severity: .low),
      Form(
        "Did not receive identification string from {src_ip:ip} port {src_port:number}",
        "no_identification", action: "connect", severity: .low),
      Form(
        "Did not receive identification string from {src_ip:ip}",
        "no_identification", action: "connect", severity: .low),
      Form(
        "(error: )?Received disconnect from {src_ip:ip} port {src_port:number}:{:any}",
        "disconnected", action: "disconnect"),
      Form(
        "(error: )?Received disconnect from {src_ip:ip}: {:any}", "disconnected",
        action: "disconnect"),
      Form(
        "Disconnected from (authenticating )?(invalid )?user {user:any} {src_ip:ip}"
          + " port {src_port:number}{:any}",
        "disconnected", action: "disconnect"),
      Form(
        "Disconnected from {src_ip:ip} port {src_port:number}{:any}", "disconnected",
        action: "disconnect"),
      Form(
        "Connection closed by (authenticating )?(invalid )?user {user:any} {src_ip:ip}"
          + " port {src_port:number}{:any}",
        "connection_closed", action: "disconnect"),
      Form(
        "Connection closed by {src_ip:ip} port {src_port:number}{:any}", "connection_closed",
        action: "disconnect"),
      Form("Connection closed by {src_ip:ip}{:any}", "connection_closed", action: "disconnect"),
      Form(
        "Connection reset by (authenticating )?(invalid )?user {user:any} {src_ip:ip}"
          + " port {src_port:number}{:any}",
        "connection_reset", action: "disconnect"),
      Form(
        "Connection reset by {src_ip:ip} port {src_port:number}{:any}", "connection_reset",
        action: "disconnect"),
      Form(
        "Connection from {src_ip:ip} port {src_port:number}{:any}", "connected", action: "connect"),
      Form(
        "Unable to negotiate with {src_ip:ip} port {src_port:number}: {:any}",
        "negotiation_failed", action: "connect", outcome: "failure", severity: .low),
      Form(
        "banner exchange: Connection from {src_ip:ip} port {src_port:number}: {:any}",
        "bad_protocol", action: "connect", outcome: "failure", severity: .low),
      Form(
        "Bad protocol version identification {:any} from {src_ip:ip} port {src_port:number}",
        "bad_protocol", action: "connect", outcome: "failure", severity: .low),
    ])
}
