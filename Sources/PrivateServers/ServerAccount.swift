import Glibc

/// The user that a server runs as.
///
/// PostgreSQL refuses to run as root, so root runs it as an ordinary user; everybody else runs it as
/// themselves.
struct ServerAccount: Sendable {
  let name: String
  let user: uid_t
  let group: gid_t
  let groups: [gid_t]
  /// Whether this process must change its user for it.
  let isAnother: Bool

  /// The first of the accounts that exists if we are root, or our own.
  static func current(forRoot names: [String]) throws -> ServerAccount {
    guard geteuid() == 0 else {
      return ServerAccount(
        name: "", user: geteuid(), group: getegid(), groups: [], isAnother: false)
    }
    for name in names {
      if let account = named(name) { return account }
    }
    throw PrivateServerError(
      .startFailed, "root can't run the server and none of these users exists: \(names)")
  }

  private static func named(_ name: String) -> ServerAccount? {
    var entry = unsafe passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: 16 * 1024)
    guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0,
      unsafe found != nil
    else { return nil }
    let (user, group) = unsafe (entry.pw_uid, entry.pw_gid)
    var count: Int32 = 256
    var groups = [gid_t](repeating: 0, count: Int(count))
    if unsafe getgrouplist(name, group, &groups, &count) < 0 {
      groups = [group]
    } else {
      groups.removeSubrange(Int(count)...)
    }
    return ServerAccount(name: name, user: user, group: group, groups: groups, isAnother: true)
  }

  /// Whether the account may pass through every folder above the path.
  func canReach(_ path: String) -> Bool {
    guard isAnother else { return true }
    var parent = path
    while let slash = parent.lastIndex(of: "/"), parent != "/" {
      parent = slash == parent.startIndex ? "/" : String(parent[..<slash])
      var status = stat()
      guard unsafe stat(parent, &status) == 0 else { return false }
      let bit: mode_t =
        if status.st_uid == user {
          S_IXUSR
        } else if groups.contains(status.st_gid) {
          S_IXGRP
        } else {
          S_IXOTH
        }
      if status.st_mode & bit == 0 { return false }
    }
    return true
  }
}
