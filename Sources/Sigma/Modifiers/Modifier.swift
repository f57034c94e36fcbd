/// What a value modifier does to one value (specification 2.1, appendix "Modifiers"). Each modifier
/// is a small type; `ModifierRegistry` knows their names.
protocol Modifier: Sendable {
  /// The values that take `value`'s place; several are alternatives.
  /// - Throws: `SigmaError` of code `.modifierMisuse` or `.value` where it does not apply.
  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue]
}

extension Modifier {
  func misuse(_ reason: String) -> SigmaError { SigmaError(.modifierMisuse, reason) }
}

enum ModifierRegistry {
  static let modifiers: [String: any Modifier] = [
    "contains": AnchorModifier(name: "contains", before: true, after: true),
    "startswith": AnchorModifier(name: "startswith", before: false, after: true),
    "endswith": AnchorModifier(name: "endswith", before: true, after: false),
    "cased": CasedModifier(),
    "exists": ExistsModifier(),
    "windash": WindashModifier(),
    "re": RegexModifier(),
    "i": RegexFlagModifier(flag: .ignoresCase),
    "m": RegexFlagModifier(flag: .isMultiline),
    "s": RegexFlagModifier(flag: .dotMatchesNewline),
    // As converters call them.
    "ignorecase": RegexFlagModifier(flag: .ignoresCase),
    "multiline": RegexFlagModifier(flag: .isMultiline),
    "dotall": RegexFlagModifier(flag: .dotMatchesNewline),
    "wide": UTF16Modifier(order: .littleEndian),
    "utf16le": UTF16Modifier(order: .littleEndian),
    "utf16be": UTF16Modifier(order: .bigEndian),
    "utf16": UTF16Modifier(order: .byteOrderMark),
    "base64": Base64Modifier(),
    "base64offset": Base64OffsetModifier(),
    "cidr": CIDRModifier(),
    "fieldref": FieldReferenceModifier(),
    "gt": ComparisonModifier(comparison: .gt),
    "gte": ComparisonModifier(comparison: .gte),
    "lt": ComparisonModifier(comparison: .lt),
    "lte": ComparisonModifier(comparison: .lte),
    "minute": DatePartModifier(part: .minute),
    "hour": DatePartModifier(part: .hour),
    "day": DatePartModifier(part: .day),
    "week": DatePartModifier(part: .week),
    "month": DatePartModifier(part: .month),
    "year": DatePartModifier(part: .year),
    "expand": ExpandModifier(),
  ]
}
