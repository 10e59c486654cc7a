import ApusCheckpoints
import ApusTensor
import Foundation
import Testing

@Suite("Safetensors")
struct SafetensorsTests {
  private func file(_ header: String, data: Int = 0) -> [UInt8] {
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    bytes += header.utf8
    return bytes + [UInt8](repeating: 1, count: data)
  }

  private func code(_ bytes: [UInt8]) -> CheckpointError.Code? {
    do throws(CheckpointError) {
      _ = try SafetensorsFile(bytes: bytes, file: "x.safetensors")
      return nil
    } catch {
      return error.code
    }
  }

  @Test func writesWhatThePyPILibraryWrites() throws {
    let golden = try Golden.bytes("views.safetensors")
    let read = try SafetensorsFile(bytes: golden, file: "golden")
    #expect(read.metadata == ["format": "pt"])
    let again = try SafetensorsFile(read.tensors.reversed(), metadata: read.metadata)
    #expect(again.encoded() == golden)
  }

  @Test func writesBesideAndRenames() throws {
    let scratch = try ScratchFolder()
    let tensors = [
      NamedTensor(name: "quote\"\\\u{1}\u{1F985}", tensor: Tensor([1.5] as [Float])),
      NamedTensor(name: "empty", tensor: Tensor(zeros: [0, 4])),
      NamedTensor(name: "flag", tensor: Tensor([true, false])),
    ]
    let file = try SafetensorsFile(tensors, metadata: ["b": "2", "a": "\n"])
    try file.write(path: scratch.path("out.safetensors"))
    let read = try SafetensorsFile(path: scratch.path("out.safetensors"))
    #expect(read.metadata == file.metadata)
    for tensor in tensors { #expect(read[tensor.name] == tensor.tensor) }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.url.path) == ["out.safetensors"])
  }

  @Test func unwritablePlaceIsNamed() throws {
    let file = try SafetensorsFile([])
    let error = #expect(throws: CheckpointError.self) {
      try file.write(path: "/nonexistent-folder/out.safetensors")
    }
    #expect(error?.code == .unwritable)
  }

  @Test func namesAreUnique() {
    let tensor = NamedTensor(name: "a", tensor: Tensor([1] as [Float]))
    #expect(throws: CheckpointError.self) { try SafetensorsFile([tensor, tensor]) }
    let reserved = NamedTensor(name: "__metadata__", tensor: tensor.tensor)
    #expect(throws: CheckpointError.self) { try SafetensorsFile([reserved]) }
  }

  /// A header that breaks one rule.
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let header: String
    var data = 0
    var code = CheckpointError.Code.badHeader

    init(
      _ name: String, _ header: String, data: Int = 0,
      code: CheckpointError.Code = .badHeader
    ) {
      testDescription = name
      self.header = header
      self.data = data
      self.code = code
    }
  }

  @Test(arguments: [
    Case("hole at the start", entry("U8", "[2]", "[1,3]"), data: 3),
    Case("bytes left over", entry("U8", "[2]", "[0,2]"), data: 3),
    Case("bytes missing", entry("U8", "[2]", "[0,2]"), data: 1),
    Case("reversed offsets", entry("U8", "[2]", "[2,0]"), data: 2),
    Case("negative size", entry("U8", "[-2]", "[0,2]"), data: 2),
    Case("fraction as size", entry("U8", "[2.0]", "[0,2]"), data: 2),
    Case("exponent as size", entry("U8", "[2e0]", "[0,2]"), data: 2),
    Case("wrong byte count", entry("F32", "[2]", "[0,2]"), data: 2, code: .badTensor),
    Case(
      "overflowing sizes", entry("F32", "[4611686018427387904,4]", "[0,0]"), code: .badTensor),
    Case(
      "overflowing sizes beside 0", entry("F32", "[4611686018427387904,4,0]", "[0,0]"),
      code: .badTensor),
    Case("8-bit floating point", entry("F8_E4M3", "[2]", "[0,2]"), data: 2, code: .unsupported),
    Case("unknown member", #"{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1],"x":1}}"#, data: 1),
    Case("no type", #"{"a":{"shape":[],"data_offsets":[0,1]}}"#, data: 1),
    Case("same name twice", #"{"__metadata__":{},"__metadata__":{}}"#),
    Case("number in metadata", #"{"__metadata__":{"a":1}}"#),
    Case("trailing comma", #"{"__metadata__":{},}"#),
    Case("single quotes", #"{'a':1}"#),
    Case("text behind", #"{}x"#),
    Case("space in front", #" {}"#),
    Case("half a surrogate", #"{"__metadata__":{"a":"\ud800"}}"#),
    Case("deep nest", "{\"a\":" + String(repeating: "[", count: 100_000)),
    Case("array", "[]"),
    Case("nothing", ""),
    Case(
      "overlap",
      #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
        + #""b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, data: 3),
  ])
  func refuses(_ example: Case) {
    #expect(code(file(example.header, data: example.data)) == example.code)
  }

  private static func entry(_ dtype: String, _ shape: String, _ offsets: String) -> String {
    #"{"a":{"dtype":"\#(dtype)","shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  @Test func lengthsAreCheckedFirst() {
    #expect(code([]) == .badHeader)
    #expect(code([UInt8](repeating: 0xFF, count: 16)) == .tooLarge)
    #expect(code([9, 0, 0, 0, 0, 0, 0, 0, 0x7B]) == .badHeader)
  }

  @Test func truncatedAnywhereIsRefused() throws {
    let golden = try Golden.bytes("views.safetensors")
    for length in 0..<golden.count { #expect(code(Array(golden[..<length])) != nil, "\(length)") }
  }
}
