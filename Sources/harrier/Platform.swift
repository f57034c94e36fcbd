#if canImport(Glibc)
  import Glibc
#endif

/// What the commands ask of the operating system.
enum Platform {
  static func exit(_ code: Int32) -> Never {
    Glibc.exit(code)
  }
}
