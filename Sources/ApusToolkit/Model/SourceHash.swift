import CCrypto

/// The SHA-256 of a file, which names the weights a model came from.
enum SourceHash {
  /// 64 hexadecimal digits, by OpenSSL's libcrypto.
  static func sha256(_ bytes: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    let status = bytes.withUnsafeBytes {
      EVP_Digest($0.baseAddress, $0.count, &digest, &length, EVP_sha256(), nil)
    }
    guard status == 1 else { return "" }
    return digest.prefix(Int(length)).map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }
}
