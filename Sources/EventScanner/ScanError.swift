/// Why bytes are not an event record, and where.
public struct ScanError: Error, Hashable, Sendable {
  /// A closed list; the raw value is what a receipt or the quarantine shows.
  public enum Code: String, CaseIterable, Sendable {
    // The text is not JSON (RFC 8259): in a JSON body nothing behind it can be trusted either.
    case emptyBody = "empty_body"
    case unexpectedEnd = "unexpected_end"
    case unexpectedCharacter = "unexpected_character"
    case invalidNumber = "invalid_number"
    case invalidLiteral = "invalid_literal"
    case invalidEscape = "invalid_escape"
    case controlCharacter = "control_character"
    case trailingBytes = "trailing_bytes"
    // The text is JSON, but not one that an event store can keep whole: an error of one record.
    case invalidUTF8 = "invalid_utf8"
    case loneSurrogate = "lone_surrogate"
    case notAnObject = "not_an_object"
    case tooDeep = "too_deep"
    case tooManyLeaves = "too_many_leaves"
    case recordTooLong = "record_too_long"
  }

  public let code: Code
  /// Where, in bytes from the start of the span that was scanned.
  public let offset: Int

  public init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }

  /// Whether the extent of the record is known in spite of the error, so that the records behind it
  /// in the same JSON body can still be read.
  public var concernsOneRecord: Bool {
    switch code {
    case .invalidUTF8, .loneSurrogate, .notAnObject, .tooDeep, .tooManyLeaves, .recordTooLong: true
    default: false
    }
  }

  /// What is wrong and how to mend it, without any of the data.
  public var message: String {
    switch code {
    case .emptyBody: "the body is empty: send an object, an array or lines of objects"
    case .unexpectedEnd: "the JSON text ends before its value is complete"
    case .unexpectedCharacter: "a character that JSON does not allow here"
    case .invalidNumber: "a number that is not written as RFC 8259 section 6 asks"
    case .invalidLiteral: "a bare word other than true, false and null"
    case .invalidEscape: "an escape other than those of RFC 8259 section 7"
    case .controlCharacter: "a control character inside a string: escape it"
    case .trailingBytes: "something other than white space behind the JSON value"
    case .invalidUTF8: "a string that is not UTF-8"
    case .loneSurrogate: "half a surrogate pair in a \\u escape: send both halves"
    case .notAnObject: "an event must be a JSON object"
    case .tooDeep: "objects and arrays are nested too deeply"
    case .tooManyLeaves: "the event has too many fields"
    case .recordTooLong: "the event is too long"
    }
  }
}

extension ScanError: CustomStringConvertible {
  public var description: String { "\(message) (\(code.rawValue) at byte \(offset))" }
}
