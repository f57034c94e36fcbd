import Core

@testable import Access

/// Principals as authentication makes them.
func person(_ role: Role, of organization: OrganizationID, user: UserID = UserID(1)) -> Principal {
  Principal(
    organization: organization, subject: .user(user), scopes: role.scopes, role: role,
    session: .random())
}

func operatorOf(_ organization: OrganizationID) -> Principal {
  person(.operator, of: organization)
}

func key(_ scopes: ScopeSet, of organization: OrganizationID) -> Principal {
  Principal(organization: organization, subject: .key(.random()), scopes: scopes)
}
