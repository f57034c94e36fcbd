/// The columns of a stored event that normalization takes from a sensor's record (interface.md §5).
/// The rest, `id`, `received_at`, `organization_id` and `raw`, are ingestion's.
public struct EventColumns: Sendable, Equatable {
  /// When it happened; nil where the record has no time, and then the time of arrival is taken.
  public var ts: Timestamp?
  /// `suricata`, `windows.sysmon`, `linux.sshd`, …
  public var sourceType = "unknown"
  /// What the source calls this kind of event.
  public var eventID: String?
  public var severity = EventSeverity.unknown
  public var srcIP: IPAddress?
  public var dstIP: IPAddress?
  /// 0 to 65535.
  public var srcPort: Int32?
  public var dstPort: Int32?
  public var proto: String?
  public var host: String?
  public var user: String?
  public var process: String?
  public var action: String?
  public var outcome: String?
  public var message: String?

  public init() {}
}
