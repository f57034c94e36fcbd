import Core
import Postgres
import Tenancy
import TestServers
import Testing

@Suite struct TenantPoolTests {
  @Test func aSessionOfTenantsIsUnderRowLevelSecurity() async throws {
    let house = try await TenantHouse()
    try await house.tenants.check(ownLogin: false)
  }

  @Test func aSessionThatSeesEverythingIsRefused() async throws {
    let house = try await TenantHouse()
    let error = await #expect(throws: TenancyError.self) {
      try await TenantPool(pool: house.pool).check(ownLogin: false)
    }
    #expect(error?.message.contains("events") == true)
  }

  @Test func aLoginOfItsOwnMustNotBeAbleToLeave() async throws {
    let house = try await TenantHouse()
    // The tests' login is the server's superuser: its sessions may `reset role`.
    await #expect(throws: TenancyError.self) { try await house.tenants.check(ownLogin: true) }
  }

  @Test func anUnprotectedDatabaseIsRefused() async throws {
    let house = try await TenantHouse()
    try await house.run("drop schema public cascade; create schema public")
    await #expect(throws: TenancyError.self) { try await house.tenants.check(ownLogin: false) }
  }

  @Test func theNextBorrowerSeesItsOwnOrganizationOnly() async throws {
    let house = try await TenantHouse()
    let count = PostgresStatement("test.count", "select count(*) from quarantine")
    for (organization, expected) in [(1, 2), (2, 1), (3, 0), (1, 2)] as [(Int32, Int64)] {
      let seen = try await house.tenants.withConnection(OrganizationID(organization)) {
        try $0.query(count) { try $0.int8(0) }
      }
      #expect(seen == [expected])
    }
  }
}
