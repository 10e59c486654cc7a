import ApusTensor

// How a network is told from the names and sizes of its tensors, where a file has no record of its modules.

extension WeightState {
  /// Whether the state has a tensor at a path or below it.
  package func has(_ path: String) -> Bool {
    names.contains { $0 == path || $0.hasPrefix("\(path).") }
  }

  /// The number of modules in a list: of different names directly below a path.
  package func count(below path: String) -> Int {
    let start = "\(path)."
    return Set(
      names.lazy.filter { $0.hasPrefix(start) }.compactMap { name in
        name.dropFirst(start.count).split(separator: ".").first
      }
    ).count
  }

  /// The sizes of a tensor that a network is told by.
  ///
  /// - Parameter rank: the number of sizes it must have.
  /// - Throws: `FamilyError` where there is no such tensor, or a size that no network has.
  package func sizes(_ name: String, rank: Int) throws(FamilyError) -> [Int] {
    guard let sizes = shape(name) else {
      throw FamilyError(.weights, at: name, "missing: the network's sizes are read from it")
    }
    guard sizes.count == rank, sizes.allSatisfy((1...RecordedModule.largest).contains) else {
      throw FamilyError(
        .weights, at: name, "is \(sizes), expected \(rank) sizes of 1 to \(RecordedModule.largest)")
    }
    return sizes
  }

  /// The convolution whose weight lies at a path, padded by half its kernel.
  ///
  /// - Parameter isDepthwise: whether every channel is convolved for itself.
  package func convolution(
    _ path: String, stride: Int = 1, isDepthwise: Bool = false
  ) throws(FamilyError) -> Convolution {
    let sizes = try sizes("\(path).weight", rank: 4)
    guard sizes[2] == sizes[3], !isDepthwise || sizes[1] == 1 else {
      throw FamilyError(
        .weights, at: "\(path).weight",
        "is \(sizes), expected \(isDepthwise ? "a depthwise" : "a") convolution with a square kernel"
      )
    }
    return Convolution(
      isDepthwise ? sizes[0] : sizes[1], sizes[0], kernel: sizes[2], stride: stride,
      groups: isDepthwise ? sizes[0] : 1, hasBias: shape("\(path).bias") != nil)
  }
}
