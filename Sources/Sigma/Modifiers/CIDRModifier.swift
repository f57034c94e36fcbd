internal import Core

/// `cidr`: the value is an IPv4 or IPv6 network.
struct CIDRModifier: Modifier {
  func apply(to value: ModifierValue) throws(SigmaError) -> [ModifierValue] {
    guard value.applied.isEmpty else { throw misuse("cidr must be the only modifier of the value") }
    guard case .text(_, let original) = value.content, let block = CIDRBlock(original) else {
      throw SigmaError(.value, "cidr: the value is no network such as 10.0.0.0/8 or 2001:db8::/32")
    }
    var result = value
    result.content = .predicate(.cidr(block))
    return [result]
  }
}
