internal import Core

/// What a new password must be: long, by NIST SP 800-63B §3.1.1.2, which advises against rules on its
/// characters.
enum PasswordPolicy {
  /// In characters.
  static let minimumLength = 12
  /// In bytes of UTF-8, so that nobody can make us hash a book.
  static let maximumBytes = 1024

  /// - Parameter field: what the caller calls the password.
  static func check(
    _ password: Secret<String>, email: Email, minimumLength: Int = Self.minimumLength,
    field: String = "password"
  ) throws(Problem) {
    let text = password.reveal()
    guard text.count >= minimumLength else {
      throw .invalid(
        field, "too_short", "\(field) must have \(minimumLength) characters or more")
    }
    guard text.utf8.count <= maximumBytes else {
      throw .invalid(field, "too_long", "\(field) must have \(maximumBytes) bytes or fewer")
    }
    guard !text.utf8.contains(0) else {
      throw .invalid(field, "invalid", "\(field) must not hold a NUL")
    }
    guard text.lowercased() != email.rawValue else {
      throw .invalid(field, "is_email", "\(field) must differ from the email")
    }
  }
}
