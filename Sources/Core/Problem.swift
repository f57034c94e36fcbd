/// What went wrong with a caller's request, in a form that each front end can show: the HTTP service
/// as RFC 9457 problem details, the commands as one line.
public struct Problem: Error, Sendable {
  /// A stable name, the last part of the problem's `type`.
  public var slug: String
  public var title: String
  /// The HTTP status that carries it.
  public var status: Int
  /// What is wrong with this very request and how to mend it.
  public var detail: String
  public var errors: [FieldError]
  /// When it makes sense to try again, where that is known.
  public var retryAfterSeconds: Int?

  public init(
    slug: String, title: String, status: Int, detail: String, errors: [FieldError] = [],
    retryAfterSeconds: Int? = nil
  ) {
    self.slug = slug
    self.title = title
    self.status = status
    self.detail = detail
    self.errors = errors
    self.retryAfterSeconds = retryAfterSeconds
  }
}

/// One field at fault.
public struct FieldError: Error, Sendable, Equatable {
  /// A JSON Pointer (RFC 6901) into the body, or a parameter's name.
  public var pointer: String
  public var code: String
  public var detail: String

  public init(pointer: String, code: String, detail: String) {
    self.pointer = pointer
    self.code = code
    self.detail = detail
  }
}
