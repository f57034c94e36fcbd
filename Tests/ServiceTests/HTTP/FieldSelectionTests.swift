import Core
import Testing

@testable import Service

@Suite struct FieldSelectionTests {
  private func selection(_ query: String) throws(Problem) -> FieldSelection {
    try FieldSelection(QueryReader(query, allowing: ["fields"]), of: ["id", "title", "tags"])
  }

  @Test func withoutItAllIsShown() throws {
    let all = try selection("")
    #expect(all == .all)
    #expect(all.contains("id") && all.contains("tags"))
  }

  @Test func onlyWhatIsNamedIsShown() throws {
    let some = try selection("fields=title,id,title")
    #expect(some.contains("id") && some.contains("title") && !some.contains("tags"))
    #expect(some.canonical == "id,title")
    #expect(try selection("fields=id,title") == some)
  }

  @Test(arguments: ["fields=name", "fields=", "fields=id,", "fields=id,,tags", "fields=ID"])
  func whatIsNotThereIsRefused(query: String) {
    let problem = #expect(throws: Problem.self) { _ = try selection(query) }
    #expect(problem?.slug == "invalid_parameter")
    #expect(problem?.errors.first?.pointer == "fields")
  }
}
