import ApusPlan
import ApusTensor
import Foundation

/// What a plan file holds, for people and for machines.
public struct PlanSummary: Sendable, Encodable, CustomStringConvertible {
  /// A value that goes in or comes out.
  public struct Port: Sendable, Encodable {
    /// The name.
    public let name: String
    /// The element type.
    public let type: String
    /// The sizes of the axes.
    public let shape: [Int]
  }

  /// A step.
  public struct Step: Sendable, Encodable {
    /// The name of the node, or of the last of those that were fused.
    public let name: String
    /// What was fused, first to last: `Conv + Silu`.
    public let operators: String
    /// Multiply-accumulates.
    public let multiplyAccumulates: Int
    /// Bytes read and written, each operand once.
    public let bytes: Int
  }

  /// The file.
  public let file: String
  /// The instruction set that the plan was compiled for, as `APUS_ISA` names it.
  public let isa: String
  /// Inputs, in order.
  public let inputs: [Port]
  /// Outputs, in order.
  public let outputs: [Port]
  /// Steps, in order.
  public let steps: [Step]
  /// Bytes of memory that a session takes for what it computes.
  public let arenaBytes: Int
  /// Bytes of weights and other constants, which stay in the file.
  public let constantBytes: Int
  /// Bytes of the portable model that other processors' plans are compiled from; 0 where the file has none.
  public let portableBytes: Int
  /// Multiply-accumulates of one run.
  public let multiplyAccumulates: Int
  private let listing: String

  private enum CodingKeys: CodingKey {
    case file, isa, inputs, outputs, steps, arenaBytes, constantBytes, portableBytes,
      multiplyAccumulates
  }

  /// Reads a plan file.
  ///
  /// - Throws: `ApusError` naming the file and what is wrong with it.
  public init(path: String) throws(ApusError) {
    let (plan, section) = try PlanModel.open(path)
    func ports(_ bindings: [Plan.Binding]) -> [Port] {
      bindings.map {
        Port(
          name: $0.name, type: $0.dtype?.description ?? "unknown",
          shape: $0.shape?.dimensions ?? [])
      }
    }
    file = path
    isa = plan.isa
    inputs = ports(plan.inputs)
    outputs = ports(plan.outputs)
    steps = plan.steps.map {
      Step(
        name: $0.name, operators: $0.operators, multiplyAccumulates: $0.multiplyAccumulates,
        bytes: $0.bytes)
    }
    arenaBytes = plan.arenaCount * 4
    constantBytes = plan.constants.byteCount
    portableBytes = section.map { $0.name == PortableModel.sectionName ? $0.count : 0 } ?? 0
    multiplyAccumulates = plan.multiplyAccumulates
    listing = plan.listing
  }

  /// The listing of the plan, a header and a line for each step, and what lies beside it.
  public var description: String {
    listing + "portable model: " + (portableBytes == 0 ? "none" : "\(portableBytes) bytes")
  }
}
