import ApusGraph
import ApusOperators
import ApusTensor

/// A network of the structure of YOLOv5 v6.0 with random weights: backbone, PAN neck, three heads.
///
/// Structure: ultralytics/yolov5 `models/yolov5n.yaml`; width 16 and one bottleneck per stage are size n.
struct DetectorNetwork {
  var graph: Graph
  private var numbers = Numbers(seed: 2024)

  /// Builds the network for a square input.
  init(size: Int, width: Int = 16, classes: Int = 80) throws {
    graph = Graph(name: "detector")
    let image = graph.addInput("images", Fact(.float32, [1, 3, size, size]))
    let c = (1...4).map { width << $0 }
    var x = try block(image, 3, width, kernel: 6, stride: 2)
    x = try block(x, width, c[0], kernel: 3, stride: 2)
    x = try stage(x, c[0], c[0], count: 1, adds: true)
    x = try block(x, c[0], c[1], kernel: 3, stride: 2)
    let small = try stage(x, c[1], c[1], count: 2, adds: true)
    x = try block(small, c[1], c[2], kernel: 3, stride: 2)
    let medium = try stage(x, c[2], c[2], count: 3, adds: true)
    x = try block(medium, c[2], c[3], kernel: 3, stride: 2)
    x = try stage(x, c[3], c[3], count: 1, adds: true)
    x = try pyramid(x, c[3])

    let top = try block(x, c[3], c[2], kernel: 1)
    x = try graph.append(Concat(axis: 1), [try upsampled(top), medium], name: "concat")
    x = try stage(x, 2 * c[2], c[2], count: 1, adds: false)
    let middle = try block(x, c[2], c[1], kernel: 1)
    x = try graph.append(Concat(axis: 1), [try upsampled(middle), small], name: "concat")
    let p3 = try stage(x, 2 * c[1], c[1], count: 1, adds: false)
    x = try block(p3, c[1], c[1], kernel: 3, stride: 2)
    x = try graph.append(Concat(axis: 1), [x, middle], name: "concat")
    let p4 = try stage(x, 2 * c[1], c[2], count: 1, adds: false)
    x = try block(p4, c[2], c[2], kernel: 3, stride: 2)
    x = try graph.append(Concat(axis: 1), [x, top], name: "concat")
    let p5 = try stage(x, 2 * c[2], c[3], count: 1, adds: false)
    var heads: [ValueID] = []
    for (value, channels, stride) in [(p3, c[1], 8), (p4, c[2], 16), (p5, c[3], 32)] {
      heads.append(try head(value, channels, classes: classes, cells: size / stride))
    }
    graph.setOutputs(heads)
  }

  /// An input picture.
  mutating func image(size: Int) -> Tensor { numbers.tensor([1, 3, size, size]) }

  /// A convolution and SiLU.
  private mutating func block(
    _ x: ValueID, _ from: Int, _ to: Int, kernel: Int, stride: Int = 1
  ) throws -> ValueID {
    let pad = kernel == 6 ? 2 : kernel / 2
    let conv = try convolution(x, from, to, kernel: kernel, stride: stride, pad: pad)
    return try graph.append(Silu(), [conv], name: "silu")
  }

  private mutating func convolution(
    _ x: ValueID, _ from: Int, _ to: Int, kernel: Int, stride: Int = 1, pad: Int = 0
  ) throws -> ValueID {
    // Weights that keep the magnitude of activations about 1.
    let scale = (6 / Float(from * kernel * kernel)).squareRoot()
    let weights = graph.weights([to, from, kernel, kernel], &numbers, scale: scale)
    let bias = graph.weights([to], &numbers, scale: 0.1)
    let window = Window(
      strides: [stride, stride], pads: [Int](repeating: pad, count: 4))
    return try graph.append(
      Conv(Convolution(window: window)), [x, weights, bias], name: "conv")
  }

  /// C3: two branches, one through bottlenecks, joined.
  private mutating func stage(
    _ x: ValueID, _ from: Int, _ to: Int, count: Int, adds: Bool
  ) throws -> ValueID {
    let half = to / 2
    var left = try block(x, from, half, kernel: 1)
    for _ in 0..<count {
      let narrow = try block(left, half, half, kernel: 1)
      let wide = try block(narrow, half, half, kernel: 3)
      left = adds ? try graph.append(Add(), [left, wide], name: "add") : wide
    }
    let right = try block(x, from, half, kernel: 1)
    let joined = try graph.append(Concat(axis: 1), [left, right], name: "concat")
    return try block(joined, to, to, kernel: 1)
  }

  /// SPPF: three poolings in a row, joined.
  private mutating func pyramid(_ x: ValueID, _ channels: Int) throws -> ValueID {
    var parts = [try block(x, channels, channels / 2, kernel: 1)]
    for _ in 0..<3 {
      let window = Window(pads: [2, 2, 2, 2])
      parts.append(
        try graph.append(
          MaxPool(Pooling(kernel: [5, 5], window: window)), [parts[parts.count - 1]], name: "pool"))
    }
    let joined = try graph.append(Concat(axis: 1), parts, name: "concat")
    return try block(joined, 2 * channels, channels, kernel: 1)
  }

  private mutating func upsampled(_ x: ValueID) throws -> ValueID {
    let scales = graph.addConstant(Tensor([1, 1, 2, 2] as [Float]), name: "scales")
    return try graph.append(
      Resize(coordinates: .asymmetric, rounding: .floor), [x, nil, scales], name: "resize")
  }

  /// A head with its outputs as `[1, 3, cells, cells, 5 + classes]`, after the sigmoid.
  private mutating func head(
    _ x: ValueID, _ channels: Int, classes: Int, cells: Int
  ) throws -> ValueID {
    let numbers = 5 + classes
    let conv = try convolution(x, channels, 3 * numbers, kernel: 1)
    let shape = graph.list([1, 3, numbers, cells, cells])
    let split = try graph.append(Reshape(), [conv, shape], name: "reshape")
    let last = try graph.append(Transpose([0, 1, 3, 4, 2]), [split], name: "transpose")
    return try graph.append(Sigmoid(), [last], name: "sigmoid")
  }
}
