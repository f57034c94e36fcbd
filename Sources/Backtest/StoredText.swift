/// Texts as the database holds them.
enum StoredText {
  /// U+FFFD for each U+0000, which PostgreSQL can't hold.
  static func withoutNULs(_ text: String) -> String {
    guard text.utf8.contains(0) else { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
  }
}
