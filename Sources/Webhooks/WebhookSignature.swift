internal import Crypto

/// Proves to a receiver that a delivery is from us, and when it was sent: HMAC-SHA256 over the time in
/// seconds since 1970, a point, and the body.
public enum WebhookSignature {
  public static let header = "Harrier-Signature"

  /// `t=<seconds>,v1=<hex>`.
  public static func value(seconds: Int64, body: [UInt8], secret: [UInt8]) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Array("\(seconds).".utf8) + body, using: SymmetricKey(data: secret))
    let digits = Array("0123456789abcdef".utf8)
    let hex = code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return "t=\(seconds),v1=\(String(decoding: hex, as: UTF8.self))"
  }
}
