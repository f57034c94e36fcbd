import Access
import Testing

@Suite struct SecretTests {
  @Test func nothingThatPrintsShowsTheValue() {
    let secret = Secret("correct horse")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
      #expect(text.contains("[redacted]"))
      #expect(!text.contains("horse"))
    }
    #expect(secret.reveal() == "correct horse")
  }

  @Test func aValueAroundItDoesNotShowItEither() {
    struct Login { let password = Secret("correct horse") }
    var dumped = ""
    dump(Login(), to: &dumped)
    #expect(!dumped.contains("horse"))
    #expect(!"\(Login())".contains("horse"))
  }
}
