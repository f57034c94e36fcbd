/// Text that most events of the usual sources hold somewhere: worthless as a witness, and a bad place
/// to look a literal up by.
enum CommonText {
  private static let samples: [String] = [
    "c:\\windows\\system32\\cmd.exe", "c:\\windows\\syswow64\\", "c:\\windows\\explorer.exe",
    "c:\\windows\\system32\\svchost.exe", "c:\\windows\\system32\\conhost.exe",
    "c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe", "\\powershell.exe",
    "c:\\windows\\system32\\rundll32.exe", "c:\\windows\\system32\\wbem\\wmiprvse.exe",
    "c:\\windows\\system32\\services.exe", "c:\\windows\\system32\\lsass.exe",
    "c:\\program files (x86)\\", "c:\\program files\\", "c:\\programdata\\microsoft\\windows\\",
    "c:\\users\\administrator\\appdata\\local\\temp\\", "\\appdata\\roaming\\microsoft\\windows\\",
    "hklm\\software\\microsoft\\windows\\currentversion\\",
    "hklm\\system\\currentcontrolset\\services\\",
    "hkcu\\software\\microsoft\\windows nt\\currentversion\\", "hku\\s-1-5-21-",
    "nt authority\\system", "microsoft-windows-sysmon", "microsoft-windows-security-auditing",
    "microsoft-windows-powershell", "microsoft corporation", "microsoft® windows® operating system",
    "powershell.exe -noprofile -executionpolicy bypass -command ", "powershell.exe -nop -w hidden",
    "cmd.exe /c ", ".exe", ".dll", "http://www.", "https://", ".com/", "/usr/bin/", "/bin/sh -c",
    "/usr/sbin/", "/etc/", "/var/lib/", "/tmp/", "s-1-5-18", "0x0", "true", "false", "system",
    "function ", "-path ", "param(", "new-object ", "get-", "set-", "write-", "return ", "-name ",
    "[string]", "-argumentlist", "invoke-", "arn:aws:iam::", "amazonaws.com", " -e ", " -c ",
    " -a ",
    "windows", "administrator", "user", "md5=", "sha1=", "sha256=", "imphash=",
  ]

  private static let joined: [UInt8] = Array(samples.joined(separator: "\u{0}").utf8)

  private static let grams: Set<UInt32> = {
    var grams: Set<UInt32> = []
    guard joined.count >= 4 else { return grams }
    for start in 0...joined.count - 4 { grams.insert(gram(joined, at: start)) }
    return grams
  }()

  /// Four bytes from `start`, the first lowest.
  static func gram(_ bytes: [UInt8], at start: Int) -> UInt32 {
    UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
      | UInt32(bytes[start + 3]) << 24
  }

  static func isCommon(gram: UInt32) -> Bool { grams.contains(gram) }

  /// Whether the text is part of a sample.
  static func contains(_ text: [UInt8]) -> Bool {
    guard !text.isEmpty, text.count <= 40 else { return text.isEmpty }
    guard text.count < 4 || grams.contains(gram(text, at: 0)) else { return false }
    var start = 0
    while start + text.count <= joined.count {
      if joined[start] == text[0], joined[start..<start + text.count].elementsEqual(text) {
        return true
      }
      start += 1
    }
    return false
  }
}
