/// Which channel is which Sigma service, and which event is which category: SigmaHQ's own mapping
/// (`tests/thor.yml`, Detection Rule License 1.1) as data.
enum WindowsTables {
  /// Names that `System` and also EventData or UserData may use.
  static let systemNames = [
    "Channel", "EventID", "Version", "Level", "Task", "Opcode", "Keywords", "EventRecordID",
    "Computer", "SystemTime", "Provider_Name", "Provider_Guid", "Provider_EventSourceName",
    "Correlation_ActivityID", "Correlation_RelatedActivityID", "Execution_ProcessID",
    "Execution_ThreadID", "Security_UserID",
  ]

  /// Channel in lower case → service.
  static let services: [String: String] = [
    "application": "application",
    "security": "security",
    "system": "system",
    "microsoft-windows-ntlm/operational": "ntlm",
    "microsoft-windows-sysmon/operational": "sysmon",
    "microsoft-windows-powershell/operational": "powershell",
    "powershellcore/operational": "powershell",
    "windows powershell": "powershell-classic",
    "microsoft-windows-taskscheduler/operational": "taskscheduler",
    "microsoft-windows-wmi-activity/operational": "wmi",
    "microsoft-windows-dhcp-server/operational": "dhcp",
    "microsoft-windows-printservice/admin": "printservice-admin",
    "microsoft-windows-printservice/operational": "printservice-operational",
    "microsoft-windows-smbclient/security": "smbclient-security",
    "microsoft-windows-smbclient/connectivity": "smbclient-connectivity",
    "microsoft-windows-smbserver/connectivity": "smbserver-connectivity",
    "microsoft-windows-terminalservices-localsessionmanager/operational":
      "terminalservices-localsessionmanager",
    "microsoft-windows-codeintegrity/operational": "codeintegrity-operational",
    "microsoft-windows-applocker/msi and script": "applocker",
    "microsoft-windows-applocker/exe and dll": "applocker",
    "microsoft-windows-applocker/packaged app-deployment": "applocker",
    "microsoft-windows-applocker/packaged app-execution": "applocker",
    "msexchange management": "msexchange-management",
    "microsoft-windows-windows defender/operational": "windefend",
    "microsoft-windows-windows firewall with advanced security/firewall": "firewall-as",
    "microsoft-windows-bits-client/operational": "bits-client",
    "microsoft-windows-security-mitigations/kernel mode": "security-mitigations",
    "microsoft-windows-security-mitigations/user mode": "security-mitigations",
    "microsoft-windows-diagnosis-scripted/operational": "diagnosis-scripted",
    "microsoft-windows-shell-core/operational": "shell-core",
    "openssh/operational": "openssh",
    "microsoft-windows-ldap-client/debug": "ldap",
    "microsoft-windows-bitlocker/bitlocker management": "bitlocker",
    "microsoft-windows-vhdmp/operational": "vhdmp",
    "microsoft-windows-appxdeploymentserver/operational": "appxdeployment-server",
    "microsoft-windows-lsa/operational": "lsa-server",
    "microsoft-windows-appxpackaging/operational": "appxpackaging-om",
    "microsoft-windows-dns client events/operational": "dns-client",
    "microsoft-windows-appmodel-runtime/admin": "appmodel-runtime",
    "microsoft-windows-capi2/operational": "capi2",
    "microsoft-windows-certificateservicesclient-lifecycle-system/operational":
      "certificateservicesclient-lifecycle-system",
    "microsoft-windows-kernel-shimengine/operational": "kernel-shimengine",
    "microsoft-windows-kernel-shimengine/diagnostic": "kernel-shimengine",
    "microsoft-windows-application-experience/program-telemetry": "application-experience",
    "microsoft-windows-application-experience/program-compatibility-assistant":
      "application-experience",
    "microsoft-windows-ntfs/operational": "ntfs",
    "microsoft-windows-hyper-v-worker": "hyper-v-worker",
    "microsoft-windows-kernel-eventtracing": "kernel-event-tracing",
    "microsoft-windows-sense/operational": "sense",
    "microsoft-servicebus-client/admin": "servicebus-client",
    "microsoft-servicebus-client/operational": "servicebus-client",
    "microsoft-iis-configuration/operational": "iis-configuration",
    "linux-sysmon/operational": "linux-sysmon",
    "rpcfw": "rpcfw",
  ]

  /// What happened, by service and event id, where no category says it.
  static let actions: [String: String] = [
    "security/1102": "log_cleared", "system/104": "log_cleared", "security/4624": "logon",
    "security/4625": "logon_failed", "security/4634": "logoff", "security/4647": "logoff",
    "security/4648": "explicit_logon", "security/4672": "special_logon",
    "security/4697": "service_installed", "system/7045": "service_installed",
    "security/4698": "task_created", "security/4702": "task_updated",
    "security/4720": "user_created", "security/4722": "user_enabled",
    "security/4724": "password_reset", "security/4726": "user_deleted",
    "security/4728": "group_member_added", "security/4732": "group_member_added",
    "security/4740": "account_locked", "security/4756": "group_member_added",
    "security/4768": "kerberos_tgt", "security/4769": "kerberos_service_ticket",
    "security/4771": "kerberos_preauth_failed", "security/4776": "ntlm_logon",
    "security/4689": "process_termination", "security/4663": "object_access",
    "security/5140": "share_access", "security/5145": "share_access",
    "security/5156": "connection_allowed", "security/5157": "connection_blocked",
  ]

  struct Category: Sendable {
    let name: String
    let service: String
    let eventID: Int
    /// The value of `EventType` that the event must have, in lower case; nil for any.
    var eventType: String?
    /// Second names of fields: (new name, the record's name).
    var fields: [(name: String, from: String)] = []
  }

  static let categories: [Category] = sysmon + powershell + other

  private static let sysmon: [Category] =
    [
      (1, "process_creation"), (2, "file_change"), (3, "network_connection"),
      (4, "sysmon_status"), (16, "sysmon_status"), (5, "process_termination"),
      (6, "driver_load"), (7, "image_load"), (8, "create_remote_thread"),
      (9, "raw_access_thread"), (10, "process_access"), (11, "file_event"),
      (12, "registry_event"), (13, "registry_event"), (14, "registry_event"),
      (13, "registry_set"), (14, "registry_rename"), (15, "create_stream_hash"),
      (17, "pipe_created"), (18, "pipe_created"), (19, "wmi_event"), (20, "wmi_event"),
      (21, "wmi_event"), (22, "dns_query"), (23, "file_delete"), (24, "clipboard_change"),
      (25, "process_tampering"), (26, "file_delete_detected"), (27, "file_block_executable"),
      (28, "file_block_shredding"), (29, "file_executable_detected"), (255, "sysmon_error"),
    ].map { Category(name: $0.1, service: "sysmon", eventID: $0.0) } + [
      Category(
        name: "registry_add", service: "sysmon", eventID: 12, eventType: "createkey"),
      Category(
        name: "registry_delete", service: "sysmon", eventID: 12, eventType: "deletekey"),
      Category(
        name: "registry_delete", service: "sysmon", eventID: 12, eventType: "deletevalue"),
    ]

  private static let powershell: [Category] = [
    Category(name: "ps_module", service: "powershell", eventID: 4103),
    Category(name: "ps_script", service: "powershell", eventID: 4104),
    Category(name: "ps_classic_start", service: "powershell-classic", eventID: 400),
    Category(name: "ps_classic_provider_start", service: "powershell-classic", eventID: 600),
    Category(name: "ps_classic_script", service: "powershell-classic", eventID: 800),
  ]

  private static let other: [Category] =
    [
      Category(
        name: "process_creation", service: "security", eventID: 4688,
        fields: [("Image", "NewProcessName"), ("ParentImage", "ParentProcessName")])
    ]
    + [1006, 1007, 1008, 1009, 1010, 1011, 1012, 1017, 1018, 1019, 1115, 1116].map {
      Category(
        name: "antivirus", service: "windefend", eventID: $0,
        fields: [("Signature", "ThreatName"), ("Filename", "Path")])
    }
}
