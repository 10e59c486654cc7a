import ApusCompiler
import ApusGraph
import ApusInterpreter
import ApusONNX
import ApusRuntime
import ApusTensor
import ApusTestSupport

/// A way of running a graph that the node tests are held against.
protocol Executor: Sendable {
  /// The name the list of exceptions knows it by.
  var name: String { get }

  /// The outputs of the graph, in order.
  func run(_ graph: Graph, _ inputs: [String: Tensor], case name: String) throws -> [Tensor]
}

/// All executors, the oracle first.
enum Executors {
  static let all: [any Executor] = [
    InterpreterExecutor(), WrittenExecutor(), CompiledExecutor(),
  ]
}

/// The oracle.
struct InterpreterExecutor: Executor {
  let name = "interpreter"

  func run(_ graph: Graph, _ inputs: [String: Tensor], case name: String) throws -> [Tensor] {
    try Interpreter(graph).run(inputs)
  }
}

/// The oracle on a graph that was written and read again, which must have stayed the same.
///
/// Written models are put where `APUS_ONNX_WRITTEN` says, for `onnx.checker` to look at.
struct WrittenExecutor: Executor {
  let name = "written"

  func run(_ graph: Graph, _ inputs: [String: Tensor], case name: String) throws -> [Tensor] {
    let bytes = try ONNXWriter.bytes(of: graph)
    try ConformanceFolders.save(bytes, case: name)
    let again = try ONNXReader.read(bytes)
    if let difference = GraphDifference.first(graph, again) {
      throw CaseFailure("changed when written and read again: \(difference)")
    }
    return try Interpreter(again).run(inputs)
  }
}

/// The compiled plan, for the sizes of the given inputs, on the best instruction set of the
/// machine.
struct CompiledExecutor: Executor {
  let name = "compiled"

  func run(_ graph: Graph, _ inputs: [String: Tensor], case name: String) throws -> [Tensor] {
    let compilation = try Compiler().compile(graph, inputShapes: inputs.mapValues(\.shape))
    let given = graph.inputs.compactMap { inputs[graph[$0].name] }
    return try compilation.session(threads: 2).run(inputs: given)
  }
}
