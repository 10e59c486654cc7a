import ApusGraph
import ApusOperators
import ApusTensor

/// An activation function written out in several operators becomes one.
protocol ActivationRecognition: Pass {
  /// The ways the function is written out; `x` is its argument.
  var forms: [Form] { get }
}

/// One way to write out an activation function.
struct Form: Sendable {
  /// The operators; `x` is the argument.
  let pattern: Pattern
  /// What the pattern's constants must be.
  var constants: [String: Double] = [:]
  /// A further condition.
  var condition: (@Sendable (Match) -> Bool)?
  /// The one operator.
  let op: any Operator
}

extension ActivationRecognition {
  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    var reason = Miss("no form matches", isNear: false)
    for form in forms {
      do throws(Miss) {
        return try patch(form, at: node, in: index)
      } catch {
        if error.isNear || !reason.isNear { reason = error }
      }
    }
    throw reason
  }

  private func patch(_ form: Form, at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    let match = try form.pattern.match(node, in: index)
    for (name, number) in form.constants where !index.isScalar(match[name], number) {
      throw Miss("'\(index.graph[match[name]].name)' is not \(number)")
    }
    if let condition = form.condition, !condition(match) {
      throw Miss("an attribute has another value")
    }
    for inner in match.inner where !index.hasSingleReader(inner.outputs[0]) {
      throw Miss("'\(inner.name)' is read elsewhere too")
    }
    let x = match["x"]
    guard index.fact(x).dtype?.isFloatingPoint == true else {
      throw Miss("its argument is not known to be floating point")
    }
    var patch = Patch(Self.name)
    patch.replace(node, with: form.op, [x])
    return patch
  }
}

/// x * sigmoid(x) becomes Silu.
struct SiluRecognition: ActivationRecognition {
  static let name = "recognize-silu"
  let forms = [
    Form(pattern: .op(Mul.self, .any("x"), .op(Sigmoid.self, .any("x"))), op: Silu()),
    Form(
      pattern: .op(Swish.self, .any("x"), name: "swish"),
      condition: { ($0.node("swish").op as? Swish)?.alpha == 1 }, op: Silu()),
  ]
}

/// x * clip(x + 3, 0, 6) / 6 in its forms becomes HardSwish.
struct HardSwishRecognition: ActivationRecognition {
  static let name = "recognize-hard-swish"
  let forms = Self.makeForms()

  private static func makeForms() -> [Form] {
    let x = Pattern.any("x")
    let clip = Pattern.op(
      Clip.self, .op(Add.self, x, .constant("three")), .constant("zero"), .constant("six"))
    let bounds: [String: Double] = ["three": 3, "zero": 0, "six": 6]
    let divided = bounds.merging(["k": 6]) { $1 }
    let multiplied = bounds.merging(["k": 1.0 / 6]) { $1 }
    let gate = Form(
      pattern: .op(Mul.self, x, .op(HardSigmoid.self, x, name: "gate")),
      condition: { match in
        guard let gate = match.node("gate").op as? HardSigmoid else { return false }
        return gate.alpha == Float(1.0 / 6) && gate.beta == 0.5
      }, op: HardSwish())
    return [
      gate,
      Form(
        pattern: .op(Div.self, .op(Mul.self, x, clip), .constant("k")), constants: divided,
        op: HardSwish()),
      Form(
        pattern: .op(Mul.self, x, .op(Div.self, clip, .constant("k"))), constants: divided,
        op: HardSwish()),
      Form(
        pattern: .op(Mul.self, .op(Mul.self, x, clip), .constant("k")), constants: multiplied,
        op: HardSwish()),
      Form(
        pattern: .op(Mul.self, x, .op(Mul.self, clip, .constant("k"))), constants: multiplied,
        op: HardSwish()),
      Form(
        pattern: .op(Mul.self, .op(Div.self, x, .constant("k")), clip), constants: divided,
        op: HardSwish()),
    ]
  }
}

/// x * tanh(softplus(x)) becomes Mish.
struct MishRecognition: ActivationRecognition {
  static let name = "recognize-mish"
  let forms: [Form] = [
    Form(
      pattern: .op(Mul.self, .any("x"), .op(Tanh.self, .op(Softplus.self, .any("x")))), op: Mish()),
    Form(
      pattern: .op(
        Mul.self, .any("x"),
        .op(
          Tanh.self, .op(Log.self, .op(Add.self, .op(Exp.self, .any("x")), .constant("one"))))),
      constants: ["one": 1], op: Mish()),
  ]
}

/// 0.5 * x * (1 + erf(x / sqrt(2))) in its forms becomes Gelu.
struct GeluRecognition: ActivationRecognition {
  static let name = "recognize-gelu"
  let forms = Self.makeForms()

  private static func makeForms() -> [Form] {
    let x = Pattern.any("x")
    let arguments: [(Pattern, Double)] = [
      (.op(Div.self, x, .constant("root")), 2.0.squareRoot()),
      (.op(Mul.self, x, .constant("root")), 0.5.squareRoot()),
    ]
    return arguments.flatMap { argument, root in
      let sum = Pattern.op(Add.self, .op(Erf.self, argument), .constant("one"))
      let half = Pattern.constant("half")
      let patterns: [Pattern] = [
        .op(Mul.self, .op(Mul.self, x, sum), half),
        .op(Mul.self, x, .op(Mul.self, sum, half)),
        .op(Mul.self, .op(Mul.self, x, half), sum),
      ]
      return patterns.map {
        Form(pattern: $0, constants: ["root": root, "one": 1, "half": 0.5], op: Gelu())
      }
    }
  }
}
