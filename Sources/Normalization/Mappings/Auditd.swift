internal import Core

extension SourceMapping {
  /// Linux audit events as laurel joins them: one object for all records of an event. The members of
  /// each record are called by their own names, as Sigma's auditd rules call them, `type` is the
  /// record's name, and the elements of an `EXECVE` record's `ARGV` are `a0`, `a1`, ….
  static let laurel = SourceMapping(
    sourceType: "linux.auditd",
    names: ["auditd", "laurel", "linux.auditd", "linux"],
    shape: RecordShape(
      all: ["ID"],
      anyOf: [records]),
    logSources: .fixed([
      LogSource(product: "linux"), LogSource(product: "linux", service: "auditd"),
    ]),
    columns: [
      ColumnRule(.ts, "ID", reading: .auditID),
      ColumnRule(.eventID, "key"),
      ColumnRule(.severity, "ID", reading: .constant("1")),
      ColumnRule(.srcIP, "addr", "saddr"),
      ColumnRule(.host, "NODE", "node"),
      ColumnRule(.user, "acct", "AUID", "auid", "UID", "uid"),
      ColumnRule(.process, "comm", "exe", reading: .fileName),
      ColumnRule(.action, "op", "SYSCALL", "syscall"),
      ColumnRule(
        .outcome, "success", "res",
        reading: .table([
          "yes": "success", "no": "failure", "success": "success", "failed": "failure",
        ])),
      ColumnRule(.message, "proctitle", "msg", "exe"),
    ],
    senderIDs: [SenderIDRule("ID", optional: ["NODE"])],
    fields: FieldRules(
      renames: ["PROCTITLE.ARGV": "proctitle"],
      hoisted: records.filter { $0 != "PROCTITLE" }, arrayTexts: ["PROCTITLE.ARGV"],
      indexed: ["EXECVE.ARGV": "a"], typed: records, skipped: ["SYSCALL.ARGV"]),
    lines: LineRule(message: "msg", program: [], fixedProgram: "auditd", replacesSeverity: true)
  )

  /// One record of the audit log, as auditd writes it and as shippers that split its pairs do.
  static let auditLine = SourceMapping(
    sourceType: "linux.auditd",
    names: ["auditd", "linux.auditd", "linux"],
    shape: RecordShape(all: ["type", "msg"], values: [ValueCondition("msg", "audit(*")]),
    logSources: .fixed([
      LogSource(product: "linux"), LogSource(product: "linux", service: "auditd"),
    ]),
    columns: [ColumnRule(.ts, "msg", reading: .auditID)]
      + laurel.columns.filter {
        $0.column != .ts && $0.column != .message && $0.column != .severity
      } + [
        ColumnRule(.severity, "msg", reading: .constant("1")), ColumnRule(.eventID, "type"),
        ColumnRule(.action, "type"), ColumnRule(.message, "message", "proctitle", "msg"),
      ])

  private static let records = [
    "SYSCALL", "EXECVE", "PATH", "CWD", "PROCTITLE", "SOCKADDR", "USER_LOGIN", "USER_AUTH",
    "USER_CMD", "USER_START", "USER_END", "USER_ACCT", "CRED_ACQ", "CRED_DISP", "CRED_REFR",
    "LOGIN", "ADD_USER", "ADD_GROUP", "DEL_USER", "SERVICE_START", "SERVICE_STOP",
    "CONFIG_CHANGE", "AVC", "ANOM_ABEND", "KERN_MODULE", "BPF",
  ]
}

extension ProgramRules {
  /// The text that user programs put into audit records: `op=login acct="admin" … res=failed`.
  static let auditd = ProgramRules(
    program: "auditd",
    sourceType: "linux.auditd",
    forms: [
      Form(
        "op={op} acct=\"{user:any}\" exe=\"{exe:any}\" hostname={rhost} addr={src_ip:ip}"
          + " terminal={terminal} res=failed",
        "audit_user", action: "login", outcome: "failure", severity: .low),
      Form(
        "op={op} acct=\"{user:any}\" exe=\"{exe:any}\" hostname={rhost} addr={src_ip:ip}"
          + " terminal={terminal} res=success",
        "audit_user", action: "login", outcome: "success"),
    ])
}
