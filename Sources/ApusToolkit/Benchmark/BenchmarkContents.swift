import ApusPlan
import ApusRandom
import ApusRuntime
import ApusTensor

/// What is written into the inputs of a network before each of its runs.
///
/// Numbers are made in the network's memory, so that the process holds no second copy of them.
struct BenchmarkContents {
  private enum Content {
    /// Floats from 0 to 1, as pixels are.
    case numbers
    /// 8-bit samples of one picture, which every picture of the batch gets.
    case pixels([UInt8], PixelTables)
    /// Zeros of a type that is not `float32`, or numbers of an input that is no picture.
    case tensor(Tensor)
  }

  private let contents: [Content]

  /// What the inputs of a session are given.
  init(_ ports: [BenchmarkInputs.Port], for session: Session) throws(RuntimeError) {
    var random = SplitMix64(seed: 1)
    var contents: [Content] = []
    for (index, port) in ports.enumerated() {
      let input = session.plan.inputs[index]
      if input.takesPixels {
        let values = (0..<768).map { Float($0 % 256) / 255 }
        let tables = try session.pixelTables(index, values: values, frame: [0, 0, 0])
        let pixels = (0..<3 * port.shape[2] * port.shape[3]).map { _ in
          UInt8(truncatingIfNeeded: random.next() >> 56)
        }
        contents.append(.pixels(pixels, tables))
      } else if case .place = input.holder, port.dtype == .float32 {
        contents.append(.numbers)
      } else if port.dtype == .float32 {
        let values = (0..<port.shape.count).map { _ in Self.number(&random) }
        contents.append(.tensor(Tensor(values, shape: port.shape)))
      } else {
        contents.append(.tensor(Tensor(zeros: port.shape, dtype: port.dtype)))
      }
    }
    self.contents = contents
  }

  /// Writes everything but pixels, which a run begins with.
  ///
  /// A plan may reuse the memory of its inputs, and what it leaves there must not go in again.
  func prepare(_ session: Session) throws {
    for (index, content) in contents.enumerated() {
      switch content {
      case .numbers:
        var random = SplitMix64(seed: 1)
        try session.withInput(index) { numbers in
          for place in numbers.indices { numbers[place] = Self.number(&random) }
        }
      case .tensor(let tensor): try session.setInput(index, to: tensor)
      case .pixels: break
      }
    }
  }

  /// Writes the pixels of the inputs that take them.
  func writePixels(_ session: Session) throws {
    for (index, content) in contents.enumerated() {
      guard case .pixels(let pixels, let tables) = content,
        let shape = session.plan.inputs[index].shape
      else { continue }
      for image in 0..<shape[0] {
        try session.setInput(
          index, image: image, pixels: pixels.span, size: (shape[2], shape[3]), at: (0, 0),
          isReversed: false, through: tables)
      }
    }
  }

  private static func number(_ random: inout SplitMix64) -> Float {
    Float(random.next() >> 40) * 0x1p-24
  }
}

extension Plan {
  /// Fails unless some input takes pixels.
  ///
  /// - Throws: `ApusError` naming the file of the model.
  func checkTakesPixels(path: String) throws(ApusError) {
    guard inputs.contains(where: \.takesPixels) else {
      let listed = inputs.map { "'\($0.name)' \($0.shape?.description ?? "?")" }
      throw .failure(
        "'\(path)': expected an input [N, 3, H, W] that one convolution reads, found"
          + " \(listed.joined(separator: ", ")); leave --pixels out")
    }
  }
}
