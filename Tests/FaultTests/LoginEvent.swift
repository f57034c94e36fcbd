internal import Foundation

/// One login at an sshd, in Harrier's own flat names.
struct LoginEvent: Sendable {
  /// Found again in the store by this; unique in the run.
  var marker: String
  /// Milliseconds since 1970.
  var milliseconds: Int64
  var source: String
  var user: String
  var succeeded: Bool

  var json: String {
    let verb = succeeded ? "Accepted password" : "Failed password"
    return """
      {"ts":"\(time)","source_type":"linux.sshd","event_id":"\(marker)","severity":3,\
      "action":"login","outcome":"\(succeeded ? "success" : "failure")","src_ip":"\(source)",\
      "src_port":50022,"dst_port":22,"protocol":"tcp","host":"jump-01","process":"sshd",\
      "user":"\(user)","message":"\(verb) for \(user) from \(source) port 50022 ssh2"}
      """
  }

  private var time: String {
    let seconds = milliseconds / 1000
    var clock = time_t(seconds)
    var parts = tm()
    gmtime_r(&clock, &parts)
    return String(
      format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", Int(parts.tm_year) + 1900,
      Int(parts.tm_mon) + 1, Int(parts.tm_mday), Int(parts.tm_hour), Int(parts.tm_min),
      Int(parts.tm_sec), Int(milliseconds % 1000))
  }
}
