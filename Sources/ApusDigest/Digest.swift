import CCrypto
import Foundation

/// SHA-256, by which files and their contents are named.
public enum Digest {
  /// The digest of bytes: 64 hexadecimal digits, by OpenSSL's libcrypto.
  public static func sha256(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { buffer in
      var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
      var length: UInt32 = 0
      // With memory for it, a digest of bytes cannot fail.
      EVP_Digest(buffer.baseAddress, buffer.count, &digest, &length, EVP_sha256(), nil)
      return hexadecimal(digest.prefix(Int(length)))
    }
  }

  /// The digest of a file, read in pieces; nil where it cannot be read.
  public static func sha256(ofFile path: String) -> String? {
    guard let file = FileHandle(forReadingAtPath: path), let context = EVP_MD_CTX_new() else {
      return nil
    }
    defer {
      EVP_MD_CTX_free(context)
      try? file.close()
    }
    EVP_DigestInit_ex(context, EVP_sha256(), nil)
    while true {
      let piece: Data
      do { piece = try file.read(upToCount: 1 << 20) ?? Data() } catch { return nil }
      if piece.isEmpty { break }
      _ = piece.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }
    var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    EVP_DigestFinal_ex(context, &digest, &length)
    return hexadecimal(digest.prefix(Int(length)))
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return byte < 16 ? "0" + text : text
    }.joined()
  }
}
