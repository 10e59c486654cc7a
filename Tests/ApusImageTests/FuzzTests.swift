import ApusImage
import ApusTestSupport
import Foundation
import Testing

/// Mutated pictures of every format: each is decoded or refused, and nothing else happens.
///
/// `APUS_FUZZ` sets the mutations per format, `APUS_FUZZ_SEED` the seed.
struct FuzzTests {
  static let mutations = number("APUS_FUZZ") ?? 2000
  static let seed = UInt64(number("APUS_FUZZ_SEED") ?? 1)

  @Test(arguments: ImageFormat.allCases)
  func mutatedPicturesNeverCrash(format: ImageFormat) throws {
    print("fuzzing \(format): \(Self.mutations) mutations, seed \(Self.seed)")
    let outcome = try Self.fuzzImageHeaders(
      format, mutations: Self.mutations, seed: Self.seed)
    print("fuzzed \(format): \(outcome.decoded) decoded, \(outcome.refused) refused")
    #expect(outcome.decoded + outcome.refused == Self.mutations)
    #expect(outcome.refused > 0)
  }

  /// Mutates files of a format and decodes each; a low limit keeps hostile sizes cheap.
  static func fuzzImageHeaders(
    _ format: ImageFormat, mutations: Int, seed: UInt64
  ) throws -> (decoded: Int, refused: Int) {
    let decoder = ImageDecoder(limits: ImageLimits(maximumPixels: 100_000))
    let originals = try originals(format)
    var random = SeededGenerator(seed: seed)
    var outcome = (decoded: 0, refused: 0)
    for index in 0..<mutations {
      var bytes = originals[index % originals.count]
      for _ in 0...Int.random(in: 0..<4, using: &random) { mutate(&bytes, &random) }
      if format == .png, Bool.random(using: &random) { repairChecksums(&bytes) }
      do {
        let image = try decoder.decode(bytes, name: "mutation \(index)")
        outcome.decoded += 1
        #expect(image.pixels.count == image.width * image.height * 3)
      } catch {
        outcome.refused += 1
      }
    }
    return outcome
  }

  private static func originals(_ format: ImageFormat) throws -> [[UInt8]] {
    let tiff = SamplePictures.tiff(orientation: 6, bigEndian: true)
    let file = try SamplePictures.file(format)
    let color = try SamplePictures.gradient(width: 23, height: 17)
    let gray = try SamplePictures.gradient(width: 23, height: 17, format: .gray)
    let alpha = try SamplePictures.gradient(width: 23, height: 17, format: .rgba)
    switch format {
    case .jpeg:
      return [
        file, SamplePictures.jpeg(file, withExif: tiff), try gray.encoded(as: .jpeg()),
        try color.encoded(as: .jpeg(quality: 60, subsampling: .quarter)),
      ]
    case .png:
      return [
        file, SamplePictures.png(file, withChunk: "eXIf", tiff), try gray.encoded(as: .png),
        try alpha.encoded(as: .png),
      ]
    case .webp:
      let lossless = try color.encoded(as: .webp(quality: nil))
      return [
        file, lossless, SamplePictures.webp(lossless, width: 23, height: 17, withExif: tiff),
        try alpha.encoded(as: .webp()),
      ]
    case .bmp:
      let runs = [UInt8](repeating: 0, count: 8).flatMap { _ in [5, 1, 0, 3, 0, 1, 2, 0, 0, 0] }
      return [
        file,
        BMPTests.file(
          width: 8, height: 9, bits: 8, compression: 1, palette: BMPTests.colors,
          data: runs.map { UInt8($0) } + [0, 1]),
        BMPTests.file(
          width: 8, height: 9, bits: 4, compression: 2, palette: BMPTests.colors,
          data: runs.map { UInt8($0) } + [0, 1]),
        BMPTests.file(
          width: 5, height: 5, bits: 16, compression: 3, masks: [0xF800, 0x07E0, 0x001F],
          data: [UInt8](repeating: 77, count: 60)),
      ]
    }
  }

  /// One change: a byte, a bit, a run of bytes, a cut, an insertion, or a repetition.
  private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    guard !bytes.isEmpty else { return }
    // Headers stand at the front, so most changes go there.
    let end = Bool.random(using: &random) ? min(bytes.count, 64) : bytes.count
    let place = Int.random(in: 0..<end, using: &random)
    let length = Int.random(in: 0...min(8, bytes.count - place), using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF].randomElement(using: &random) ?? 0
    case 3:
      for index in place..<place + length { bytes[index] = .random(in: 0...255, using: &random) }
    case 4: bytes.removeSubrange(place..<place + length)
    case 5: bytes.insert(contentsOf: bytes[place..<place + length], at: place)
    case 6: bytes.removeLast(Int.random(in: 0...min(bytes.count, 40), using: &random))
    default:
      for index in place..<place + length { bytes[index] = 0xFF }
    }
  }

  /// Gives every whole chunk of a PNG the check sum of its bytes, so that changes reach further.
  private static func repairChecksums(_ bytes: inout [UInt8]) {
    var offset = 8
    while offset + 12 <= bytes.count {
      let length = bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - offset - 12 else { return }
      let body = offset + 4..<offset + 8 + length
      let sum = SamplePictures.bigEndian32(CRC32.of(bytes[body]))
      bytes.replaceSubrange(body.upperBound..<body.upperBound + 4, with: sum)
      offset = body.upperBound + 4
    }
  }

  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap(Int.init)
  }
}
