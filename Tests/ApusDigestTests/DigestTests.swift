import ApusDigest
import Foundation
import Testing

struct DigestTests {
  /// FIPS 180-4's examples.
  @Test func examplesOfTheStandard() {
    #expect(
      Digest.sha256([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      Digest.sha256(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test func fileEqualsItsBytes() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try Data(bytes).write(to: url)
    #expect(Digest.sha256(ofFile: url.path) == Digest.sha256(bytes))
    #expect(Digest.sha256(ofFile: url.path + ".missing") == nil)
  }
}
