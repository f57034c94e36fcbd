internal import HTTPTypes

extension HTTPFields {
  /// The value of the first field of a name, where the subscript would join the values of all.
  func first(_ name: HTTPField.Name) -> String? {
    first { $0.name == name }?.value
  }

  /// Adds a field that is not there yet, without the subscript's search for one to replace.
  mutating func put(_ name: HTTPField.Name, _ value: String) {
    append(HTTPField(name: name, value: value))
  }
}
