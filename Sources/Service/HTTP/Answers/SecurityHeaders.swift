internal import HTTPTypes
internal import Hummingbird

/// Headers that keep a browser from doing more with an answer than it should. What a route sets itself
/// stays, so that the console can allow its own scripts.
enum SecurityHeaders {
  private static let defaults: [HTTPField] = [
    HTTPField(name: .xContentTypeOptions, value: "nosniff"),
    HTTPField(name: .frameOptions, value: "DENY"),
    HTTPField(name: .referrerPolicy, value: "no-referrer"),
    HTTPField(name: .contentSecurityPolicy, value: "default-src 'none'; frame-ancestors 'none'"),
    HTTPField(name: .crossOriginResourcePolicy, value: "same-origin"),
    HTTPField(name: .cacheControl, value: "no-store"),
  ]

  static func add(to response: inout Response) {
    for field in defaults where !response.headers.contains(field.name) {
      response.headers.append(field)
    }
  }
}
