internal import CApusKernels

/// An instruction set that kernels are written for.
public enum ISA: String, CaseIterable, Sendable {
  /// Portable C: the slow, obvious twin of every kernel.
  case scalar
  /// AVX2 and FMA on x86-64.
  case avx2
  /// AVX-512 F, VL, DQ and BW on x86-64.
  case avx512
  /// NEON on arm64.
  case neon

  /// The environment variable that lowers the choice of instruction set.
  public static let environmentVariable = "APUS_ISA"

  /// The instruction sets that this processor and this operating system run, slowest first.
  public static var available: [ISA] {
    let mask = apus_cpu_isas()
    return allCases.filter { mask & (1 << $0.cValue.rawValue) != 0 }
  }

  /// The fastest instruction set that this machine runs.
  public static var best: ISA { available.last ?? .scalar }

  /// The instruction set to use: the one that `APUS_ISA` names, or the best one.
  ///
  /// - Parameter environment: variables by name; only `APUS_ISA` is read.
  /// - Throws: `ISAError` if the variable names no instruction set, or one this machine lacks.
  public static func selected(environment: [String: String]) throws(ISAError) -> ISA {
    guard let name = environment[environmentVariable], !name.isEmpty else { return best }
    guard let isa = ISA(rawValue: name), available.contains(isa) else {
      throw ISAError(found: name, valid: available)
    }
    return isa
  }

  var cValue: apus_isa {
    switch self {
    case .scalar: APUS_ISA_SCALAR
    case .avx2: APUS_ISA_AVX2
    case .avx512: APUS_ISA_AVX512
    case .neon: APUS_ISA_NEON
    }
  }

  init(cValue: apus_isa) {
    self = ISA.allCases.first { $0.cValue == cValue } ?? .scalar
  }
}

/// `APUS_ISA` asked for an instruction set that does not exist or that this machine lacks.
public struct ISAError: Error, Equatable, CustomStringConvertible {
  /// What the variable held.
  public let found: String

  /// What this machine accepts.
  public let valid: [ISA]

  /// One sentence for the user.
  public var description: String {
    let names = valid.map(\.rawValue).joined(separator: ", ")
    return "\(ISA.environmentVariable)=\(found) is not available here; use one of: \(names)"
  }
}
