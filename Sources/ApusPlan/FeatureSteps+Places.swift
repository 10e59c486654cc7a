extension FeatureOperation {
  /// The places a step reads.
  public var reads: [Place] {
    switch self {
    case .convolution(let s):
      [s.source.place, s.weights] + s.finish.reads
    case .winograd(let s):
      [s.source.place, s.weights] + s.finish.reads
    case .winogradWeights(let s): [s.source]
    case .import(let s): [s.source]
    case .export(let s): [s.source.place]
    case .gather(let s): [s.source.place] + [s.table].compactMap { $0 }
    case .shuffle(let s): [s.source.place]
    case .pool(let s): [s.source.place]
    case .pair(let s): [s.left.place, s.right.place]
    case .interpolate(let s): [s.source.place]
    case .unary(let s): [s.source.place]
    }
  }

  /// The places a step writes.
  public var writes: [Place] {
    switch self {
    case .convolution(let s): [s.destination.place]
    case .winograd(let s): [s.destination.place]
    case .winogradWeights(let s): [s.destination]
    case .import(let s): [s.destination.place]
    case .export(let s): [s.destination]
    case .gather(let s): [s.destination.place]
    case .shuffle(let s): [s.destination.place]
    case .pool(let s): [s.destination.place]
    case .pair(let s): [s.destination.place]
    case .interpolate(let s): [s.destination.place]
    case .unary(let s): [s.destination.place]
    }
  }

  /// Bytes of the elements that are read and written, each operand once.
  public var byteCount: Int {
    switch self {
    case .convolution(let s):
      s.source.byteCount + s.destination.byteCount + s.weights.count * 4
        + s.finish.byteCount
    case .winograd(let s):
      s.source.byteCount + s.destination.byteCount + s.weights.count * 4
        + s.finish.byteCount
    case .winogradWeights(let s): (s.source.count + s.destination.count) * 4
    case .import(let s): s.source.count * 4 + s.destination.byteCount
    case .export(let s): s.source.byteCount + s.destination.count * 4
    case .gather(let s): s.source.byteCount + s.destination.byteCount
    case .shuffle(let s): s.source.byteCount + s.destination.byteCount
    case .pool(let s): s.source.byteCount + s.destination.byteCount
    case .pair(let s): s.left.byteCount + s.right.byteCount + s.destination.byteCount
    case .interpolate(let s): s.source.byteCount + s.destination.byteCount
    case .unary(let s): s.source.byteCount + s.destination.byteCount
    }
  }

  /// The step with every place put elsewhere.
  public func relocated(_ move: (Place) -> Place) -> FeatureOperation {
    func moved(_ map: FeatureMap) -> FeatureMap {
      var map = map
      map.place = move(map.place)
      return map
    }
    switch self {
    case .convolution(var s):
      (s.weights, s.finish) = (move(s.weights), s.finish.relocated(move))
      (s.source, s.destination) = (moved(s.source), moved(s.destination))
      return .convolution(s)
    case .winograd(var s):
      (s.weights, s.finish) = (move(s.weights), s.finish.relocated(move))
      (s.source, s.destination) = (moved(s.source), moved(s.destination))
      return .winograd(s)
    case .winogradWeights(var s):
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .winogradWeights(s)
    case .import(var s):
      (s.source, s.destination) = (move(s.source), moved(s.destination))
      return .import(s)
    case .export(var s):
      (s.source, s.destination) = (moved(s.source), move(s.destination))
      return .export(s)
    case .gather(var s):
      s.table = s.table.map(move)
      (s.source, s.destination) = (moved(s.source), moved(s.destination))
      return .gather(s)
    case .shuffle(var s):
      (s.source, s.destination) = (moved(s.source), moved(s.destination))
      return .shuffle(s)
    case .pool(var s):
      (s.source, s.destination) = (moved(s.source), moved(s.destination))
      return .pool(s)
    case .pair(var s):
      (s.left, s.right) = (moved(s.left), moved(s.right))
      s.destination = moved(s.destination)
      return .pair(s)
    case .interpolate(var s):
      (s.source, s.destination) = (moved(s.source), moved(s.destination))
      return .interpolate(s)
    case .unary(var s):
      (s.source, s.destination) = (moved(s.source), moved(s.destination))
      return .unary(s)
    }
  }
}
