import Glibc

/// The system's words for an error number, in lower case.
func errorText(_ number: Int32 = errno) -> String {
  unsafe strerror(number).map { unsafe String(cString: $0).lowercased() } ?? "error \(number)"
}
