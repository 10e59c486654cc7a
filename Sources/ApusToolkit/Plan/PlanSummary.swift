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
  /// Multiply-accumulates of one run.
  public let multiplyAccumulates: Int
  private let listing: String

  private enum CodingKeys: CodingKey {
    case file, isa, inputs, outputs, steps, arenaBytes, constantBytes, multiplyAccumulates
  }

  /// Reads a plan file.
  ///
  /// - Throws: `ApusError` naming the file and what is wrong with it.
  public init(path: String) throws(ApusError) {
    self.init(try PlanModel.read(path), file: path)
  }

  init(_ plan: Plan, file: String) {
    func ports(_ bindings: [Plan.Binding]) -> [Port] {
      bindings.map {
        Port(
          name: $0.name, type: $0.dtype?.description ?? "unknown",
          shape: $0.shape?.dimensions ?? [])
      }
    }
    self.file = file
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
    multiplyAccumulates = plan.multiplyAccumulates
    listing = plan.listing
  }

  /// The listing of the plan: a header, then a line for each step.
  public var description: String { listing.trimmingCharacters(in: .newlines) }
}
