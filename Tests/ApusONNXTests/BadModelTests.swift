import ApusGraph
import ApusONNX
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// Every damaged or hostile model is refused by one error that says where and what.
@Suite struct BadModelTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let code: ONNXError.Code
    /// What the error must mention.
    let said: [String]
  }

  static let structure: [Case] = [
    Case(
      testDescription: "a circle",
      bytes: Message.model {
        $0.node("Add", ["a", "d"], ["b"])
        $0.node("Relu", ["b"], ["c"])
        $0.node("Sigmoid", ["c"], ["d"])
        $0.input("a")
        $0.output("d")
      }, code: .structure, said: ["circle", "Add_b", "Relu_c", "Sigmoid_d"]),
    Case(
      testDescription: "a value nothing makes",
      bytes: Message.model {
        $0.node("Relu", ["x"], ["b"])
        $0.output("b")
      }, code: .structure, said: ["Relu_b", "'x'"]),
    Case(
      testDescription: "a value made twice",
      bytes: Message.model {
        $0.node("Relu", ["a"], ["b"])
        $0.node("Sigmoid", ["a"], ["b"])
        $0.input("a")
        $0.output("b")
      }, code: .structure, said: ["'b'", "Relu_b", "Sigmoid_b"]),
    Case(
      testDescription: "an output nothing makes",
      bytes: Message.model {
        $0.input("a")
        $0.output("b")
      }, code: .structure, said: ["output 'b'"]),
    Case(
      testDescription: "no outputs", bytes: Message.model { $0.input("a") }, code: .structure,
      said: ["no outputs"]),
    Case(
      testDescription: "a function that calls itself",
      bytes: Message.model(extra: {
        $0.message(25) {
          $0.text(1, "Loop")
          $0.text(4, "x")
          $0.text(5, "y")
          $0.message(7) {
            $0.text(1, "x")
            $0.text(2, "y")
            $0.text(4, "Loop")
            $0.text(7, "local")
          }
          $0.text(10, "local")
        }
      }) {
        $0.node("Loop", ["a"], ["b"], domain: "local")
        $0.input("a")
        $0.output("b")
      }, code: .unsupported, said: ["functions"]),
  ]

  static let contents: [Case] = [
    Case(
      testDescription: "shapes that do not fit",
      bytes: Message.model {
        $0.node("Add", ["a", "c"], ["b"])
        $0.input("a", [2])
        $0.input("c", [3])
        $0.output("b")
      }, code: .node, said: ["Add_b", "[2]", "[3]"]),
    Case(
      testDescription: "an attribute of the wrong type",
      bytes: Message.model {
        $0.node("LeakyRelu", ["a"], ["b"]) {
          $0.message(5) {
            $0.text(1, "alpha")
            $0.varint(3, 1)
            $0.varint(20, 2)
          }
        }
        $0.input("a")
        $0.output("b")
      }, code: .node, said: ["LeakyRelu_b", "'alpha'", "float"]),
    Case(
      testDescription: "an input of texts",
      bytes: Message.model {
        $0.node("Relu", ["a"], ["b"])
        $0.input("a", type: 8)
        $0.output("b")
      }, code: .unsupported, said: ["input 'a'", "string"]),
    Case(
      testDescription: "too few bytes",
      bytes: Message.model {
        $0.initializer("w", [3], type: 1) { $0.bytes(9, [0, 0, 0, 0]) }
        $0.output("w")
      }, code: .tensor, said: ["'w'", "12", "4"]),
    Case(
      testDescription: "too few typed elements",
      bytes: Message.model {
        $0.initializer("w", [3], type: 7) { $0.varint(7, 1) }
        $0.output("w")
      }, code: .tensor, said: ["'w'", "int64_data"]),
    Case(
      testDescription: "a huge declared size",
      bytes: Message.model {
        $0.initializer("w", [1 << 40, 1 << 40], type: 1) { $0.bytes(9, [0]) }
        $0.output("w")
      }, code: .limit, said: ["'w'"]),
    Case(
      testDescription: "a large declared size",
      bytes: Message.model {
        $0.initializer("w", [1 << 40], type: 1) { $0.bytes(9, [0]) }
        $0.output("w")
      }, code: .limit, said: ["'w'"]),
    Case(
      testDescription: "a negative size",
      bytes: Message.model {
        $0.initializer("w", [-4], type: 1) { $0.bytes(9, [0]) }
        $0.output("w")
      }, code: .tensor, said: ["'w'", "-4"]),
    Case(
      testDescription: "a sparse initialiser",
      bytes: Message.model {
        $0.message(15) { $0.varint(3, 4) }
        $0.output("w")
      }, code: .unsupported, said: ["sparse"]),
    Case(
      testDescription: "external data without a folder",
      bytes: Message.model {
        $0.initializer("w", [2], type: 1) { $0.external([("location", "w.bin")]) }
        $0.output("w")
      }, code: .file, said: ["'w'", "w.bin"]),
    Case(
      testDescription: "no operator set", bytes: Message.model(opset: nil) { $0.output("w") },
      code: .format, said: ["operator set"]),
    Case(
      testDescription: "an ancient operator set",
      bytes: Message.model(opset: 6) { $0.output("w") }, code: .unsupported, said: ["6"]),
    Case(
      testDescription: "a future operator set",
      bytes: Message.model(opset: 1 << 40) { $0.output("w") }, code: .unsupported, said: ["set"]),
    Case(testDescription: "nothing", bytes: [], code: .format, said: ["empty"]),
    Case(
      testDescription: "a text", bytes: Array("PK no model at all".utf8), code: .format, said: []),
    Case(
      testDescription: "no graph", bytes: Message { $0.varint(1, 8) }.bytes, code: .format,
      said: ["graph"]),
  ]

  @Test(arguments: structure + contents)
  func isRefused(_ bad: Case) throws {
    let error = try #require(throws: ONNXError.self) {
      try ONNXReader.read(bad.bytes, name: "bad.onnx")
    }
    #expect(error.code == bad.code, "\(error)")
    #expect("\(error)".hasPrefix("bad.onnx: "), "\(error)")
    for text in bad.said { #expect("\(error)".contains(text), "\(error)") }
  }

  @Test func hugeSizesOverflowNothing() throws {
    func read(_ last: String) throws -> Graph {
      try ONNXReader.read(
        Message.model {
          $0.node("Relu", ["a"], ["b"])
          $0.node("Shape", ["b"], ["c"])
          if last == "d" { $0.node("ConstantOfShape", ["c"], ["d"]) }
          $0.input("a", [1 << 40, 1 << 40, 1 << 40])
          $0.output(last)
        })
    }
    #expect(try read("c").nodes.count == 2)
    let error = try #require(throws: ONNXError.self) { try read("d") }
    #expect(error.code == .node && "\(error)".contains("ConstantOfShape_d"), "\(error)")
  }

  @Test func deepNestingIsRefused() throws {
    var type = Message { $0.message(1) { $0.varint(1, 1) } }.bytes
    for _ in 0..<50_000 {
      let inner = type
      type = Message { $0.message(4) { $0.bytes(1, inner) } }.bytes
      if type.count > 200_000 { break }
    }
    let bytes = Message.model {
      $0.message(11) {
        $0.text(1, "a")
        $0.bytes(2, type)
      }
    }
    let error = try #require(throws: ONNXError.self) { try ONNXReader.read(bytes) }
    #expect(error.code == .limit, "\(error)")
  }

  @Test func aLongChainIsReadWithoutRecursion() throws {
    let bytes = Message.model { graph in
      for index in (0..<20_000).reversed() {
        graph.node("Relu", ["v\(index)"], ["v\(index + 1)"])
      }
      graph.input("v0")
      graph.output("v20000")
    }
    #expect(try ONNXReader.read(bytes).nodes.count == 20_000)
  }

  @Test func aTruncatedFileSaysAtWhichByte() throws {
    let whole = Message.model {
      $0.node("Relu", ["a"], ["b"])
      $0.initializer("w", [2], type: 1) { $0.bytes(9, [0, 0, 128, 63, 0, 0, 0, 64]) }
      $0.input("a")
      $0.output("b")
    }
    let error = try #require(throws: ONNXError.self) {
      try ONNXReader.read(Array(whole.dropLast()))
    }
    #expect(error.code == .format && "\(error)".contains("byte "), "\(error)")
    for length in 0..<whole.count {
      #expect(throws: ONNXError.self, "length \(length)") {
        try ONNXReader.read(Array(whole.prefix(length)))
      }
    }
  }

  @Test func aFolderAndAMissingFileAreNamed() throws {
    let folder = FileManager.default.temporaryDirectory
    let missing = folder.appendingPathComponent("no-such-model.onnx")
    for url in [folder, missing] {
      let error = try #require(throws: ONNXError.self) { try ONNXReader.read(contentsOf: url) }
      #expect(error.code == .file && "\(error)".hasPrefix(url.lastPathComponent))
    }
  }

  @Test func aFileBeyondTheLimitIsRefused() throws {
    var limits = ONNXLimits()
    limits.fileBytes = 10
    let error = try #require(throws: ONNXError.self) {
      try ONNXReader.read(Message.model { $0.output("a") }, limits: limits)
    }
    #expect(error.code == .limit && "\(error)".contains("external data"))
  }
}
