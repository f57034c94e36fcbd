#if canImport(Glibc)
  internal import Glibc
#endif

/// Texts as C wants them, for as long as this lives.
@safe final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ texts: [String]) {
    unsafe pointers = texts.map { unsafe strdup($0) }
  }

  var count: Int { unsafe pointers.count }

  deinit {
    unsafe pointers.forEach { unsafe free($0) }
  }

  func withPointers<R>(
    _ body: (UnsafePointer<UnsafePointer<CChar>>) throws -> R
  ) rethrows -> R {
    let known = unsafe pointers.compactMap { unsafe $0.map { unsafe UnsafePointer($0) } }
    return unsafe try known.withUnsafeBufferPointer { unsafe try body($0.baseAddress!) }
  }
}
