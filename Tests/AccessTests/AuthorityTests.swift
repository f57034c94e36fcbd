import Access
import Core
import Testing

/// Nobody gives out more than he has, and nobody locks his organization out.
@Suite struct AuthorityTests {
  private static func slug(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch let problem as Problem {
      return problem.slug
    } catch {
      return "\(error)"
    }
  }

  @Test func anAdministratorMakesNoOperator() async throws {
    let house = try await House()
    let administration = house.access.administration
    let admin = person(.admin, of: house.acme.id)
    for role in Role.allCases {
      let slug = await Self.slug {
        _ = try await administration.createUser(
          email: "\(role.rawValue)@example.org", password: House.password, role: role, by: admin)
      }
      #expect(slug == (role == .operator ? "beyond_own_scopes" : nil))
    }
  }

  @Test func aKeyGivesOutItsOwnScopesOnly() async throws {
    let house = try await House()
    let administration = house.access.administration
    let admin = key([.admin, .eventsRead], of: house.acme.id)
    #expect(
      await Self.slug {
        _ = try await administration.createKey(
          name: "reader", scopes: .eventsRead, days: nil, tier: nil, by: admin)
      } == nil)
    #expect(
      await Self.slug {
        _ = try await administration.createKey(
          name: "writer", scopes: [.eventsRead, .eventsWrite], days: nil, tier: nil, by: admin)
      } == "beyond_own_scopes")
    let writer = try await house.key(.eventsWrite)
    #expect(
      await Self.slug {
        _ = try await administration.rotateKey(writer.key.id, overlapSeconds: 0, by: admin)
      } == "beyond_own_scopes")
  }

  @Test func nobodyTakesOverWhoMayDoMore() async throws {
    let house = try await House()
    let administration = house.access.administration
    let chief = try await house.user("chief@example.org", role: .operator)
    let admin = person(.admin, of: house.acme.id)
    let change = AccessAdministration.UserChange(role: .viewer)
    #expect(
      await Self.slug { _ = try await administration.changeUser(chief.id, change, by: admin) }
        == "beyond_own_scopes")
    #expect(
      await Self.slug {
        try await administration.setPassword(
          of: chief.id, to: Secret("another password"), by: admin)
      } == "beyond_own_scopes")
  }

  @Test func theLastAdministratorStays() async throws {
    let house = try await House()
    let administration = house.access.administration
    let one = try await house.user("one@example.org", role: .admin)
    let two = try await house.user("two@example.org", role: .admin)
    let admin = person(.admin, of: house.acme.id, user: one.id)
    let close = AccessAdministration.UserChange(isDisabled: true)
    // Both at once: one of them stays.
    let slugs = await withTaskGroup(of: String?.self) { group in
      for user in [one, two] {
        group.addTask {
          await Self.slug { _ = try await administration.changeUser(user.id, close, by: admin) }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(slugs.count { $0 == nil } == 1)
    #expect(slugs.contains("last_admin"))
    let left = try await administration.users(of: house.acme.id).filter { $0.disabledAt == nil }
    let demote = AccessAdministration.UserChange(role: .lead)
    #expect(left.count == 1)
    #expect(
      await Self.slug { _ = try await administration.changeUser(left[0].id, demote, by: admin) }
        == "last_admin")
  }

  @Test func anotherTenantsPeopleAndKeysAreNotThere() async throws {
    let house = try await House()
    let administration = house.access.administration
    let user = try await house.user()
    let sensor = try await house.key()
    let stranger = person(.operator, of: house.other.id)
    let open = AccessAdministration.UserChange(isDisabled: false)
    #expect(try await administration.user(user.id, of: house.other.id) == nil)
    #expect(try await administration.key(sensor.key.id, of: house.other.id) == nil)
    for slug in [
      await Self.slug { _ = try await administration.changeUser(user.id, open, by: stranger) },
      await Self.slug {
        try await administration.setPassword(of: user.id, to: House.password, by: stranger)
      },
      await Self.slug {
        _ = try await administration.changeKey(
          sensor.key.id, in: house.other.id, name: "mine", tier: nil)
      },
      await Self.slug {
        _ = try await administration.rotateKey(sensor.key.id, overlapSeconds: 0, by: stranger)
      },
      await Self.slug {
        try await administration.revokeKey(sensor.key.id, in: house.other.id)
      },
    ] {
      #expect(slug == "not_found")
    }
  }

  @Test func pagesHoldEveryoneOnce() async throws {
    let house = try await House()
    for number in 1...7 { _ = try await house.user("user\(number)@example.org") }
    var seen: [UserID] = []
    var last: UserID?
    repeat {
      let page = try await house.access.administration.users(
        of: house.acme.id, after: last, limit: 3)
      seen += page.map(\.id)
      last = page.last?.id
    } while last != nil
    #expect(seen.count == 7)
    #expect(Set(seen).count == 7)
  }
}
