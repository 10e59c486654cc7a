package import ApusGraph

/// A trained number for each channel, added or multiplied: YOLOv7's `ImplicitA` and `ImplicitM`.
package struct ImplicitKnowledge: RecordedBlock {
  package static let classNames = ["ImplicitA", "ImplicitM"]

  /// What is done with the numbers.
  package enum Operation: Sendable {
    case addition, multiplication
  }

  package var operation: Operation
  package var channels: Int

  /// Numbers for so many channels.
  package init(_ operation: Operation, channels: Int) {
    self.operation = operation
    self.channels = channels
  }

  package init(_ module: RecordedModule) throws(FamilyError) {
    switch module.className {
    case "ImplicitA": operation = .addition
    case "ImplicitM": operation = .multiplication
    default: throw module.bad("is neither an 'ImplicitA' nor an 'ImplicitM'")
    }
    channels = try module.integer("channel")
  }

  /// A new network starts close to what changes nothing.
  private var initial: Initialisation {
    .normal(mean: operation == .addition ? 0 : 1, deviation: 0.02)
  }

  package func build(
    in network: inout NetworkBuilder, from inputs: [ValueID], path: String
  ) throws(FamilyError) -> ValueID {
    let numbers = try network.weight(
      "\(path).implicit", shape: [1, channels, 1, 1], initial: initial)
    return switch operation {
    case .addition: try network.add(inputs[0], numbers, name: path)
    case .multiplication: try network.multiply(inputs[0], numbers, name: path)
    }
  }
}
