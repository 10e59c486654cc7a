import ApusGraph
import ApusOperators
import ApusTensor

// Heads of distances, YOLOv10 and NanoDet: each distance is the expectation of a distribution over
// 0 … bins − 1, or what the card says instead, in cells. Sources: `v10Detect.inference` and `DFL` of YOLOv10; `get_bboxes` and
// `distance2bbox` of NanoDet, which also clips boxes to the input.

extension InGraphDecode {
  /// What the heads of a model with distances may hold.
  static let distanceContents: Set<ModelCard.Head.Content> = [
    .distanceGrid, .classGrid, .distanceClassGrid, .classDistanceGrid,
  ]

  /// The raw numbers of one level.
  private struct Level {
    let name: String
    let stride: Int
    /// Where in its cell a point lies.
    let offset: Float
    /// What the steps of a distribution stand for, in cells.
    let steps: [Float]
    /// `[N, 4 · bins, H, W]`.
    let distances: ValueID
    /// `[N, classes, H, W]`.
    let classes: ValueID
    let hasProbabilities: Bool
  }

  /// All levels as `[N, 4 + classes, boxes]`.
  static func distances(in nodes: inout InGraphNodes) throws(FamilyError) -> ValueID {
    var distances: [ValueID] = []
    var points: [ValueID] = []
    var classes: [ValueID] = []
    for level in try levels(in: &nodes) {
      distances.append(try Self.distances(of: level, in: &nodes))
      points.append(
        try Self.points(
          of: level.distances, offset: level.offset, stride: level.stride, axis: 0, level.name,
          in: &nodes))
      classes.append(try scores(of: level, in: &nodes))
    }
    let sides = try nodes.append(Concat(axis: 2), distances, "distances")
    let origins = try nodes.append(Concat(axis: 1), points, "points")
    let scores = try nodes.append(Concat(axis: 2), classes, "scores")
    let parts = try nodes.split(sides, axis: 1, into: ["leftTop": 2, "rightBottom": 2])
    var corners = [
      try nodes.append(Sub(), [origins, parts[0]], "first"),
      try nodes.append(Add(), [origins, parts[1]], "second"),
    ]
    if nodes.graph.card.suppression == .nanodet {
      corners = try clipped(corners, in: &nodes)
    }
    let sum = try nodes.append(Add(), corners, "sum")
    let centre = try nodes.append(Mul(), [sum, nodes.number(0.5, "half")], "centre")
    let size = try nodes.append(Sub(), [corners[1], corners[0]], "size")
    return try nodes.append(Concat(axis: 1), [centre, size, scores], "boxes")
  }

  /// The levels that the card describes, finest first: one output for each, or a pair of one stride.
  private static func levels(in nodes: inout InGraphNodes) throws(FamilyError) -> [Level] {
    let card = nodes.graph.card
    var levels: [Level] = []
    var waiting: [ModelCard.Head] = []
    for head in card.heads {
      switch head.content {
      case .distanceGrid, .classGrid:
        let place = waiting.firstIndex {
          $0.content != head.content && $0.stride == head.stride
        }
        guard let place else {
          waiting.append(head)
          continue
        }
        let pair = [head, waiting.remove(at: place)]
        levels.append(try paired(pair, level: levels.count, in: &nodes))
      default:
        levels.append(try joined(head, level: levels.count, in: &nodes))
      }
    }
    if let head = waiting.first {
      throw FamilyError(
        .heads, at: head.output,
        "is the \(head.content.rawValue) of stride \(head.stride.map(String.init) ?? "?"), but the "
          + "model card describes none to go with it")
    }
    return levels.sorted { $0.stride < $1.stride }
  }

  private static func paired(
    _ pair: [ModelCard.Head], level: Int, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> Level {
    let (first, second) = pair[0].content == .distanceGrid ? (pair[0], pair[1]) : (pair[1], pair[0])
    let (distances, shape) = try nodes.output(of: first, rank: 4)
    let (classes, classShape) = try nodes.output(of: second, rank: 4)
    let names = nodes.graph.card.classNames.count
    guard let channels = shape[1].fixed, let count = classShape[1].fixed, count > 0,
      names == 0 || names == count
    else { throw misfit(second, classShape, "\(names) classes") }
    return Level(
      name: first.output, stride: try stride(of: first, level: level, nodes.graph.card),
      offset: first.cellOffset ?? 0.5, steps: try steps(of: first, channels: channels),
      distances: distances, classes: classes,
      hasProbabilities: second.hasProbabilities ?? false)
  }

  private static func joined(
    _ head: ModelCard.Head, level: Int, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> Level {
    let (value, shape) = try nodes.output(of: head, rank: 4)
    let names = nodes.graph.card.classNames.count
    let count = names > 0 ? names : (shape[1].fixed ?? 0) - 4 * (head.bins ?? 0)
    guard let channels = shape[1].fixed, count > 0, channels > count else {
      throw misfit(head, shape, "\(names) classes")
    }
    let isDistanceFirst = head.content == .distanceClassGrid
    let pieces: KeyValuePairs =
      isDistanceFirst
      ? ["\(head.output).distances": channels - count, "\(head.output).classes": count]
      : ["\(head.output).classes": count, "\(head.output).distances": channels - count]
    let parts = try nodes.split(value, axis: 1, into: pieces)
    return Level(
      name: head.output, stride: try stride(of: head, level: level, nodes.graph.card),
      offset: head.cellOffset ?? 0.5, steps: try steps(of: head, channels: channels - count),
      distances: parts[isDistanceFirst ? 0 : 1], classes: parts[isDistanceFirst ? 1 : 0],
      hasProbabilities: head.hasProbabilities ?? false)
  }

  /// What the steps of a distribution stand for, in cells; `channels` hold four distributions.
  private static func steps(
    of head: ModelCard.Head, channels: Int
  ) throws(FamilyError) -> [Float] {
    let bins = head.bins ?? channels / 4
    let steps = head.binValues ?? AnchorFreeDecode.steps(bins)
    guard bins > 1, channels == 4 * bins, steps.count == bins else {
      throw FamilyError(
        .heads, at: head.output,
        "has \(channels) channels of distances, expected four distributions of "
          + (head.bins.map { "\($0) bins" } ?? "at least two bins"))
    }
    return steps
  }

  private static func misfit(
    _ head: ModelCard.Head, _ shape: [Dimension], _ expected: String
  ) -> FamilyError {
    FamilyError(.heads, at: head.output, "has the shape \(shape), which does not fit \(expected)")
  }

  /// Distances in pixels, `[N, 4, cells]`: left, top, right, bottom.
  private static func distances(
    of level: Level, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    let grid = try nodes.reshape(
      level.distances, to: [0, 4, level.steps.count, -1], "\(level.name).bins")
    let rows = try nodes.append(Transpose([0, 1, 3, 2]), [grid], "\(level.name).rows")
    let softmax = try nodes.append(Softmax(axis: -1), [rows], "\(level.name).softmax")
    // Steps in cells, as other exports have them: a cut tells from them what the network's were.
    let steps = nodes.constant(Tensor(level.steps), "\(level.name).steps")
    let cells = try nodes.append(MatMul(), [softmax, steps], "\(level.name).distances")
    let stride = nodes.constant(Tensor(scalar: Float(level.stride)), "\(level.name).stride")
    return try nodes.append(Mul(), [cells, stride], "\(level.name).pixels")
  }

  /// Class probabilities, `[N, classes, cells]`.
  private static func scores(
    of level: Level, in nodes: inout InGraphNodes
  ) throws(FamilyError) -> ValueID {
    let count = nodes.graph[level.classes].fact.shape?[1].fixed ?? 0
    let raw = try nodes.reshape(level.classes, to: [0, count, -1], "\(level.name).classRows")
    if level.hasProbabilities { return raw }
    return try nodes.append(Sigmoid(), [raw], "\(level.name).scores")
  }

  /// Corners `[N, 2, boxes]` brought into the input's width and height.
  private static func clipped(
    _ corners: [ValueID], in nodes: inout InGraphNodes
  ) throws(FamilyError) -> [ValueID] {
    let input = nodes.graph.inputs.first
    guard let input, let shape = nodes.graph[input].fact.shape, shape.count == 4 else {
      throw FamilyError(
        .heads, "the boxes are to be clipped to the input, but its shape is not [N, C, H, W]")
    }
    let limits: ValueID
    if let height = shape[2].fixed, let width = shape[3].fixed {
      limits = nodes.constant(Tensor([Float(width), Float(height)], shape: [2, 1]), "limits")
    } else {
      let sizes = try nodes.append(ShapeOf(), [input], "input.shape")
      let sides = try nodes.append(Gather(), [sizes, nodes.list([3, 2], "axes")], "sides")
      let floats = try nodes.append(Cast(to: .float32), [sides], "sides.floats")
      limits = try nodes.reshape(floats, to: [2, 1], "limits")
    }
    let zero = nodes.number(0, "zero")
    var results: [ValueID] = []
    for (corner, name) in zip(corners, ["first", "second"]) {
      let above = try nodes.append(Max(), [corner, zero], "\(name).above")
      results.append(try nodes.append(Min(), [above, limits], "\(name).clipped"))
    }
    return results
  }
}
