/// Keeps secrets out of log lines: by the name of the field, since the value says nothing.
enum SecretRedaction {
  static let replacement = "[redacted]"

  private static let secretWords: Set<String> = [
    "password", "passwd", "passphrase", "pwd", "secret", "secrets", "token", "tokens",
    "authorization", "auth", "credential", "credentials", "cookie", "key", "keys", "apikey",
    "privatekey", "signature", "bearer", "jwt",
  ]

  /// Words behind a secret one that make it harmless: `key_id` names a key and does not hold it.
  private static let harmlessEndings: Set<String> = [
    "id", "ids", "name", "names", "count", "type", "length", "size", "age", "scope", "scopes",
    "prefix", "state", "status", "expires", "expiry", "method",
  ]

  /// Whether a field of that name is shown as `[redacted]`. Names are read in words: `api_key`,
  /// `apiKey`, `X-API-Key` and `secretValue` are secret, `key_id` and `monkey` are not.
  static func isSecret(_ name: String) -> Bool {
    let words = words(of: name)
    guard words.contains(where: secretWords.contains) else { return false }
    return !(words.last.map(harmlessEndings.contains) ?? false)
  }

  private static func words(of name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var previousIsLower = false
    for character in name {
      let isWord = character.isLetter || character.isNumber
      if !isWord || (character.isUppercase && previousIsLower) {
        if !word.isEmpty { words.append(word.lowercased()) }
        word = ""
      }
      if isWord { word.append(character) }
      previousIsLower = character.isLowercase || character.isNumber
    }
    if !word.isEmpty { words.append(word.lowercased()) }
    return words
  }
}
