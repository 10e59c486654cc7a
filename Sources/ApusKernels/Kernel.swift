/// What every typed view of a C kernel tells about itself.
public protocol Kernel: Sendable, CustomStringConvertible {
  /// The instruction set it needs.
  var isa: ISA { get }

  /// The C name, which is the contract: family, types, instruction set, tile.
  var name: String { get }

  /// Every kernel of the family in this binary, runnable here or not.
  static var all: [Self] { get }
}

extension Kernel {
  /// The C name.
  public var description: String { name }

  /// The kernels of the family that this machine runs.
  public static var runnable: [Self] {
    let available = ISA.available
    return all.filter { available.contains($0.isa) }
  }

  /// The fastest kernel of the family that an instruction set includes.
  static func pick(_ isa: ISA) -> Self {
    guard let kernel = pick(isa, among: all) else {
      fatalError("a family of kernels has at least its scalar twin")
    }
    return kernel
  }

  /// The first of the kernels of the fastest instruction set that another one includes.
  static func pick(_ isa: ISA, among kernels: [Self]) -> Self? {
    for candidate in isa.included.reversed() {
      if let kernel = kernels.first(where: { $0.isa == candidate }) { return kernel }
    }
    return nil
  }
}

/// Collects the entries of a C table, which ends with null.
func entries<Entry>(_ entry: (Int64) -> UnsafePointer<Entry>?) -> [UnsafePointer<Entry>] {
  var found: [UnsafePointer<Entry>] = unsafe []
  while let next = unsafe entry(Int64(found.count)) { unsafe found.append(next) }
  return unsafe found
}
