internal import CApusKernels

/// An instruction set that kernels are written for.
public enum ISA: String, CaseIterable, Sendable {
  /// Portable C: the slow, obvious twin of every kernel.
  case scalar
  /// AVX2 and FMA on x86-64.
  case avx2
  /// AVX2, FMA and AVX-VNNI.
  case avxvnni
  /// AVX-512 F, VL, DQ and BW on x86-64.
  case avx512
  /// AVX-512 with VNNI.
  case avx512vnni
  /// AVX-512 with VNNI and VBMI.
  case avx512vbmi
  /// AVX-512 with VNNI, VBMI and BF16.
  case avx512bf16
  /// All of these, and AMX tiles of int8 and bfloat16.
  case amx
  /// NEON on arm64.
  case neon
  /// NEON with dot products.
  case dotprod
  /// NEON with dot products and products of int8 matrices.
  case i8mm

  /// The environment variable that lowers the choice of instruction set.
  public static let environmentVariable = "APUS_ISA"

  /// The instruction sets whose kernels run where this one does, slowest first.
  public var included: [ISA] {
    switch self {
    case .scalar: [.scalar]
    case .avx2: [.scalar, .avx2]
    case .avxvnni: [.scalar, .avx2, .avxvnni]
    case .avx512: [.scalar, .avx2, .avx512]
    case .avx512vnni: ISA.avx512.included + [.avx512vnni]
    case .avx512vbmi: ISA.avx512vnni.included + [.avx512vbmi]
    case .avx512bf16: ISA.avx512vbmi.included + [.avx512bf16]
    case .amx: ISA.avx512bf16.included + [.amx]
    case .neon: [.scalar, .neon]
    case .dotprod: [.scalar, .neon, .dotprod]
    case .i8mm: [.scalar, .neon, .dotprod, .i8mm]
    }
  }

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

  /// The instruction sets that a plan may be made for to run here: those that the one `APUS_ISA` names includes, or
  /// all that this machine runs.
  ///
  /// - Throws: `ISAError` as `selected(environment:)` does.
  public static func allowed(environment: [String: String]) throws(ISAError) -> [ISA] {
    let isNamed = !(environment[environmentVariable] ?? "").isEmpty
    return isNamed ? try selected(environment: environment).included : available
  }

  var cValue: apus_isa {
    switch self {
    case .scalar: APUS_ISA_SCALAR
    case .avx2: APUS_ISA_AVX2
    case .avxvnni: APUS_ISA_AVXVNNI
    case .avx512: APUS_ISA_AVX512
    case .avx512vnni: APUS_ISA_AVX512VNNI
    case .avx512vbmi: APUS_ISA_AVX512VBMI
    case .avx512bf16: APUS_ISA_AVX512BF16
    case .amx: APUS_ISA_AMX
    case .neon: APUS_ISA_NEON
    case .dotprod: APUS_ISA_DOTPROD
    case .i8mm: APUS_ISA_I8MM
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
