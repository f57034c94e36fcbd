internal import Core

extension Principal {
  /// Nobody gives out, changes or takes over what may do more than he may himself.
  ///
  /// - Throws: the ``Problem`` 403 `beyond_own_scopes`, which names what he lacks.
  func requireAuthority(over scopes: ScopeSet) throws(Problem) {
    let missing = scopes.subtracting(self.scopes)
    guard missing.isEmpty else { throw .beyondOwnScopes(missing) }
  }
}
