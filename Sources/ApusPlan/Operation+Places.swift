extension Operation {
  /// The places a step reads.
  public var reads: [Place] {
    switch self {
    case .convolution(let s):
      [s.source, s.weights, s.bias] + (s.residual.map { [$0] } ?? [])
    case .depthwise(let s): [s.source, s.weights, s.bias]
    case .pool(let s): [s.source]
    case .unary(let s): [s.source]
    case .binary(let s): [s.left, s.right]
    case .copy(let s): s.boxes.map(\.source)
    case .gather(let s): [s.source]
    case .interpolate(let s): [s.source]
    case .softmax(let s): [s.source]
    case .mean(let s): [s.source]
    case .pack(let s): [s.source]
    case .feature(let s): s.reads
    case .host(let s): s.inputs.compactMap(\.place)
    }
  }

  /// The places a step writes.
  public var writes: [Place] {
    switch self {
    case .convolution(let s): [s.destination]
    case .depthwise(let s): [s.destination]
    case .pool(let s): [s.destination]
    case .unary(let s): [s.destination]
    case .binary(let s): [s.destination]
    case .copy(let s): [s.destination]
    case .gather(let s): [s.destination]
    case .interpolate(let s): [s.destination]
    case .softmax(let s): [s.destination]
    case .mean(let s): [s.destination]
    case .pack(let s): [s.destination]
    case .feature(let s): s.writes
    case .host(let s): s.outputs.compactMap(\.place)
    }
  }

  /// The step with every place put elsewhere.
  public func relocated(_ move: (Place) -> Place) -> Operation {
    switch self {
    case .convolution(var s):
      s.weights = move(s.weights)
      s.bias = move(s.bias)
      s.residual = s.residual.map(move)
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .convolution(s)
    case .depthwise(var s):
      s.weights = move(s.weights)
      s.bias = move(s.bias)
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .depthwise(s)
    case .pool(var s):
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .pool(s)
    case .unary(var s):
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .unary(s)
    case .binary(var s):
      (s.left, s.right, s.destination) = (move(s.left), move(s.right), move(s.destination))
      return .binary(s)
    case .copy(var s):
      for index in s.boxes.indices { s.boxes[index].source = move(s.boxes[index].source) }
      s.destination = move(s.destination)
      return .copy(s)
    case .gather(var s):
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .gather(s)
    case .interpolate(var s):
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .interpolate(s)
    case .softmax(var s):
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .softmax(s)
    case .mean(var s):
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .mean(s)
    case .pack(var s):
      (s.source, s.destination) = (move(s.source), move(s.destination))
      return .pack(s)
    case .feature(let s): return .feature(s.relocated(move))
    case .host(var s):
      s.inputs = s.inputs.map { $0.relocated(move) }
      s.outputs = s.outputs.map { $0.relocated(move) }
      return .host(s)
    }
  }
}

extension HostStep.Operand {
  /// The place, where the operand is held in one.
  public var place: Place? {
    if case .place(let place, _) = self { place } else { nil }
  }

  fileprivate func relocated(_ move: (Place) -> Place) -> HostStep.Operand {
    if case .place(let place, let shape) = self { .place(move(place), shape) } else { self }
  }
}
