import Testing

@testable import Service

@Suite struct CSVWriterTests {
  private static func row(_ cells: String?...) -> String {
    String(decoding: CSVWriter.row(cells), as: UTF8.self)
  }

  @Test func cellsAreQuotedWhereTheyMust() {
    #expect(Self.row("a", nil, "", "b c") == "a,,,b c\r\n")
    #expect(
      Self.row("a,b", "say \"x\"", "l1\nl2", "l1\rl2")
        == "\"a,b\",\"say \"\"x\"\"\",\"l1\nl2\",\"l1\rl2\"\r\n")
    #expect(Self.row("é🦅") == "é🦅\r\n")
  }

  @Test(arguments: ["=1+1", "+1", "-1", "@sum", "\tx"])
  func formulasAreText(cell: String) {
    #expect(Self.row(cell) == "'\(cell)\r\n")
  }

  @Test func aFormulaThatMustBeQuotedIsBoth() {
    #expect(Self.row("=a,b") == "\"'=a,b\"\r\n")
    #expect(Self.row("\rx") == "\"'\rx\"\r\n")
  }
}
