internal import Core

/// What a new password must be: long, by NIST SP 800-63B §3.1.1.2, which advises against rules on its
/// characters.
enum PasswordPolicy {
  /// In characters.
  static let minimumLength = 12
  /// In bytes of UTF-8, so that nobody can make us hash a book.
  static let maximumBytes = 1024

  static func check(_ password: Secret<String>, email: Email) throws(Problem) {
    let text = password.reveal()
    guard text.count >= minimumLength else {
      throw .invalid(
        "password", "too_short", "password must have \(minimumLength) characters or more")
    }
    guard text.utf8.count <= maximumBytes else {
      throw .invalid("password", "too_long", "password must have \(maximumBytes) bytes or fewer")
    }
    guard !text.utf8.contains(0) else {
      throw .invalid("password", "invalid", "password must not hold a NUL")
    }
    guard text.lowercased() != email.rawValue else {
      throw .invalid("password", "is_email", "password must differ from the email")
    }
  }
}
