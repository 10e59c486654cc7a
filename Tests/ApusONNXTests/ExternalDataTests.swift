import ApusGraph
import ApusONNX
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// Elements in other files: read only inside the model's folder, and written beside it.
@Suite struct ExternalDataTests {
  /// A folder that is gone after the test.
  private static func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("apus-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("model/sub"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private static let elements = Data([0, 0, 128, 63, 0, 0, 0, 64])

  private static func model(_ fields: [(String, String)]) -> [UInt8] {
    Message.model {
      $0.initializer("w", [2], type: 1) { $0.external(fields) }
      $0.output("w")
    }
  }

  @Test func readsAFileBesideTheModel() throws {
    try Self.withFolder { folder in
      let model = folder.appendingPathComponent("model/m.onnx")
      try (Data([9, 9, 9, 9]) + Self.elements).write(
        to: folder.appendingPathComponent("model/sub/w.bin"))
      let fields = [("location", "sub/w.bin"), ("offset", "4"), ("length", "8")]
      try Data(Self.model(fields)).write(to: model)
      #expect(try ONNXReader.read(contentsOf: model).value(named: "w")?.constant?.floats == [1, 2])
    }
  }

  @Test(arguments: [
    "../secret.bin", "/etc/hostname", "sub/../../secret.bin", "link.bin", "linked/secret.bin", "",
    "gone.bin", "sub", "short.bin",
  ])
  func refusesWhatLeadsOutOfTheFolderOrIsNotThere(_ location: String) throws {
    try Self.withFolder { folder in
      let inside = folder.appendingPathComponent("model")
      let secret = folder.appendingPathComponent("secret.bin")
      try Self.elements.write(to: secret)
      try Data([1, 2]).write(to: inside.appendingPathComponent("short.bin"))
      let manager = FileManager.default
      try manager.createSymbolicLink(
        at: inside.appendingPathComponent("link.bin"), withDestinationURL: secret)
      try manager.createSymbolicLink(
        at: inside.appendingPathComponent("linked"), withDestinationURL: folder)
      let model = inside.appendingPathComponent("m.onnx")
      try Data(Self.model([("location", location)])).write(to: model)
      let error = try #require(throws: ONNXError.self) { try ONNXReader.read(contentsOf: model) }
      #expect(error.code == .file || location == "short.bin", "\(error)")
      #expect("\(error)".contains("tensor 'w'") && "\(error)".contains("'\(location)'"), "\(error)")
    }
  }

  @Test(arguments: [
    ("offset", "-1"), ("length", "9"), ("offset", "9223372036854775807"), ("offset", "x"),
  ])
  func refusesSizesThatDoNotFit(_ key: String, _ value: String) throws {
    try Self.withFolder { folder in
      let inside = folder.appendingPathComponent("model")
      try Self.elements.write(to: inside.appendingPathComponent("w.bin"))
      let model = inside.appendingPathComponent("m.onnx")
      try Data(Self.model([("location", "w.bin"), (key, value)])).write(to: model)
      let error = try #require(throws: ONNXError.self) { try ONNXReader.read(contentsOf: model) }
      #expect(error.code == .tensor, "\(error)")
    }
  }

  @Test func writesAndReadsItsOwn() throws {
    try Self.withFolder { folder in
      var graph = Graph(name: "large", opset: 17)
      let large = Tensor((0..<2000).map(Float.init), shape: [2, 1000])
      let small = Tensor([1, 2] as [Float])
      graph.setOutputs([
        graph.addConstant(large, name: "large"), graph.addConstant(small, name: "small"),
        graph.addConstant(large, name: "again"),
      ])
      let url = folder.appendingPathComponent("out.onnx")
      try ONNXWriter.write(graph, options: ONNXWriteOptions(externalData: .always), to: url)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(names == ["model", "out.onnx", "out.onnx.data"])
      #expect(GraphDifference.first(graph, try ONNXReader.read(contentsOf: url)) == nil)
    }
  }

  @Test func leavesNothingBehindWhereItCannotWrite() throws {
    try Self.withFolder { folder in
      var graph = Graph(name: "large", opset: 17)
      graph.setOutputs([graph.addConstant(Tensor(zeros: [1000]), name: "large")])
      let url = folder.appendingPathComponent("missing/out.onnx")
      for external in [ONNXWriteOptions.ExternalData.always, .whenNeeded] {
        let error = try #require(throws: ONNXError.self) {
          try ONNXWriter.write(graph, options: ONNXWriteOptions(externalData: external), to: url)
        }
        #expect(error.code == .file && "\(error)".hasPrefix("out.onnx"))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["model"])
    }
  }
}
