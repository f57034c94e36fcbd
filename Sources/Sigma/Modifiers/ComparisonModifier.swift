/// `gt`, `gte`, `lt`, `lte`: the field is a number in this relation to the value.
struct ComparisonModifier: Modifier {
  let comparison: ComparisonOperator

  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    var result = value
    switch value.content {
    case .datePart(let part, .eq, let number):
      result.content = .datePart(part, comparison, number)
    default:
      result.content = .number(comparison, try Number(of: value, comparison.rawValue))
    }
    return [result]
  }
}

/// `minute`, `hour`, `day`, `week`, `month`, `year`: the field is a date, and this part of it equals
/// the value, or is in the relation that `gt`, `gte`, `lt` or `lte` beside it says.
struct DatePartModifier: Modifier {
  let part: DatePart

  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    var result = value
    switch value.content {
    case .number(let comparison, let number):
      result.content = .datePart(part, comparison, number)
    default:
      result.content = .datePart(part, .eq, try Number(of: value, part.rawValue))
    }
    return [result]
  }
}

extension Number {
  fileprivate init(of value: ModifierValue, _ modifier: String) throws(SigmaError) {
    guard value.applied.isEmpty, case .text(_, let original) = value.content,
      let number = Number(original)
    else { throw SigmaError(.modifierMisuse, "\(modifier) takes a plain number") }
    self = number
  }
}
