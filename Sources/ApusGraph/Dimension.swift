/// The size of one axis: a number, or an integer expression in named sizes such as `batch` or `height`.
///
/// Expressions are polynomials with integer coefficients over symbols and floor quotients, kept in a
/// normal form, so that two sizes that are equal by algebra compare equal.
public struct Dimension: Hashable, Sendable {
  /// Products of atoms with their coefficients.
  ///
  /// The empty product is the constant term. No coefficient is 0.
  private var terms: [Product: Int]

  private struct Product: Hashable, Sendable {
    var atoms: [Atom]
  }

  private indirect enum Atom: Hashable, Sendable {
    case symbol(String)
    case quotient(Dimension, Int)

    var text: String {
      switch self {
      case .symbol(let name): name
      case .quotient(let dividend, let divisor): "floor((\(dividend))/\(divisor))"
      }
    }
  }

  /// A known size.
  public static func fixed(_ size: Int) -> Dimension {
    // The smallest integer has no negative; a file may hold it.
    Dimension(terms: size == 0 ? [:] : [Product(atoms: []): max(size, .min + 1)])
  }

  /// A size known by name only; sizes of the same name are equal.
  public static func symbol(_ name: String) -> Dimension {
    Dimension(terms: [Product(atoms: [.symbol(name)]): 1])
  }

  /// The size, where it is a number.
  public var fixed: Int? {
    if terms.isEmpty { return 0 }
    return terms.count == 1 ? terms[Product(atoms: [])] : nil
  }

  /// The name, where the size is a single symbol.
  public var symbol: String? {
    guard terms.count == 1, let (product, factor) = terms.first, factor == 1,
      product.atoms.count == 1, case .symbol(let name) = product.atoms[0]
    else { return nil }
    return name
  }

  /// The names the size depends on.
  public var symbols: Set<String> {
    var names: Set<String> = []
    for atom in terms.keys.flatMap(\.atoms) {
      switch atom {
      case .symbol(let name): names.insert(name)
      case .quotient(let dividend, _): names.formUnion(dividend.symbols)
      }
    }
    return names
  }

  /// The size with symbols replaced by the given sizes.
  public func substituting(_ sizes: [String: Int]) -> Dimension {
    if sizes.isEmpty || fixed != nil { return self }
    var result = Dimension.fixed(0)
    for (product, factor) in terms {
      var value = Dimension.fixed(factor)
      for atom in product.atoms {
        switch atom {
        case .symbol(let name):
          value = value * (sizes[name].map(Dimension.fixed) ?? .symbol(name))
        case .quotient(let dividend, let divisor):
          value = value * dividend.substituting(sizes).dividedRoundingDown(by: divisor)
        }
      }
      result = result + value
    }
    return result
  }
}

extension Dimension {
  /// The sum.
  public static func + (left: Dimension, right: Dimension) -> Dimension {
    var terms = left.terms
    for (product, factor) in right.terms {
      let sum = terms[product, default: 0].addingClamped(factor)
      terms[product] = sum == 0 ? nil : sum
    }
    return Dimension(terms: terms)
  }

  /// The difference.
  public static func - (left: Dimension, right: Dimension) -> Dimension {
    left + right * .fixed(-1)
  }

  /// The product.
  public static func * (left: Dimension, right: Dimension) -> Dimension {
    if left.terms.count * right.terms.count > maximumTerms { return opaque(left, "*", right) }
    var terms: [Product: Int] = [:]
    for (a, factorA) in left.terms {
      for (b, factorB) in right.terms {
        if a.atoms.count + b.atoms.count > maximumAtoms { return opaque(left, "*", right) }
        let atoms = (a.atoms + b.atoms).sorted { $0.text < $1.text }
        let product = Product(atoms: atoms)
        let sum = terms[product, default: 0].addingClamped(factorA.multipliedClamped(by: factorB))
        terms[product] = sum == 0 ? nil : sum
      }
    }
    return Dimension(terms: terms)
  }

  /// The sum with a number.
  public static func + (left: Dimension, right: Int) -> Dimension { left + .fixed(right) }

  /// The difference to a number.
  public static func - (left: Dimension, right: Int) -> Dimension { left - .fixed(right) }

  /// The product with a number.
  public static func * (left: Dimension, right: Int) -> Dimension { left * .fixed(right) }

  /// The quotient rounded towards minus infinity; `divisor` is at least 1.
  public func dividedRoundingDown(by divisor: Int) -> Dimension {
    precondition(divisor >= 1, "a size is divided by \(divisor)")
    if divisor == 1 { return self }
    // floor((d * p + r) / d) = p + floor(r / d): terms that the divisor divides leave the quotient.
    var whole = Dimension(terms: [:])
    var rest = Dimension(terms: [:])
    for (product, factor) in terms {
      let quotient = factor.dividedRoundingDown(by: divisor)
      let remainder = factor.remainderRoundingDown(by: divisor)
      if remainder == 0 || product.atoms.isEmpty {
        if quotient != 0 { whole.terms[product] = quotient }
        if remainder != 0 { rest.terms[product] = remainder }
      } else {
        rest.terms[product] = factor
      }
    }
    if let number = rest.fixed { return whole + number.dividedRoundingDown(by: divisor) }
    if rest.description.utf8.count > Self.maximumText {
      return whole + Self.opaque(rest, "/", .fixed(divisor))
    }
    return whole + Dimension(terms: [Product(atoms: [.quotient(rest, divisor)]): 1])
  }

  /// The quotient rounded towards plus infinity; `divisor` is at least 1.
  public func dividedRoundingUp(by divisor: Int) -> Dimension {
    (self + (divisor - 1)).dividedRoundingDown(by: divisor)
  }

  /// The quotient, where the divisor is one product that divides every term exactly; otherwise nil.
  public func dividedExactly(by divisor: Dimension) -> Dimension? {
    guard divisor.terms.count == 1, let (product, factor) = divisor.terms.first else { return nil }
    var result: [Product: Int] = [:]
    for (dividend, coefficient) in terms {
      let (rest, overflow) = coefficient.remainderReportingOverflow(dividingBy: factor)
      guard rest == 0, !overflow else { return nil }
      var atoms = dividend.atoms
      for atom in product.atoms {
        guard let index = atoms.firstIndex(of: atom) else { return nil }
        atoms.remove(at: index)
      }
      result[Product(atoms: atoms)] = coefficient / factor
    }
    return Dimension(terms: result)
  }

  /// Whether the two sizes cannot be equal, whatever the symbols stand for.
  public func contradicts(_ other: Dimension) -> Bool {
    if let difference = (self - other).fixed { return difference != 0 }
    return false
  }

  /// The product of the sizes: 1 for none.
  public static func product(_ sizes: some Sequence<Dimension>) -> Dimension {
    sizes.reduce(.fixed(1), *)
  }
}

extension Dimension {
  // No network needs expressions of these sizes; a file made to exhaust memory or time has them.
  private static let maximumTerms = 256
  private static let maximumAtoms = 16
  private static let maximumText = 4096

  /// The result of an operation too large for its algebra to be kept: a name that depends on the operation and
  /// its operands alone.
  private static func opaque(_ left: Dimension, _ sign: String, _ right: Dimension) -> Dimension {
    // FNV-1a, 64 bits (Fowler, Noll and Vo).
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "(\(left))\(sign)(\(right))".utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return .symbol("size#" + String(hash, radix: 16))
  }
}

extension Dimension: ExpressibleByIntegerLiteral {
  /// A known size.
  public init(integerLiteral value: Int) { self = .fixed(value) }
}

extension Dimension: CustomStringConvertible {
  /// The expression as a person would write it: `4`, `batch`, `2*height + 1`.
  public var description: String {
    if terms.isEmpty { return "0" }
    let parts = terms.map { product, factor -> (constant: Bool, text: String) in
      let atoms = product.atoms.map(\.text)
      if atoms.isEmpty { return (true, "\(factor)") }
      let text = ((factor == 1 ? [] : ["\(factor)"]) + atoms).joined(separator: "*")
      return (false, text)
    }
    return parts.sorted { $0.constant == $1.constant ? $0.text < $1.text : $1.constant }
      .map(\.text).joined(separator: " + ")
  }
}

extension Int {
  fileprivate func dividedRoundingDown(by divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }

  /// The distance to the multiple of the divisor below; 0 to `divisor` - 1.
  fileprivate func remainderRoundingDown(by divisor: Int) -> Int {
    let remainder = self % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }

  /// Sizes from an untrusted file may overflow; they stay at the extreme and fail the later size checks.
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min + 1) : sum
  }

  fileprivate func multipliedClamped(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self > 0) == (other > 0) ? .max : .min + 1) : product
  }
}
