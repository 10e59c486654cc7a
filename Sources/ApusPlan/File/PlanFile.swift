import ApusTensor

/// Plans as files: a preamble, the description of the plan, its constants as the kernels read them, and where the
/// writer wants it a section of other bytes.
///
/// Numbers are little-endian.
///
/// | bytes | what |
/// |---|---|
/// | 0 | `APUSPLAN` |
/// | 8 | version, 4 bytes, then 4 bytes of 0 |
/// | 16 | bytes of the file |
/// | 24 | bytes of the description, which begins at byte 96 |
/// | 32 | the first byte of the constants, at the start of a page |
/// | 40 | bytes of the constants, which end the file where no section does |
/// | 48 | XXH64 of the constants |
/// | 56 | name of the section, ASCII filled up with 0 to 16 bytes; all 0 without a section |
/// | 72 | bytes of the section, which begins at the next start of a page and ends the file |
/// | 80 | XXH64 of the section, which is compared when the section is used |
/// | 88 | XXH64 of the bytes 0 to 87, followed by the description |
///
/// The description is made of the values of `Plan` in the order in which `PlanCodable` writes them. Any change
/// of it needs another version: files are made for one processor and are compiled again rather than converted.
public enum PlanFile {
  /// What is written, and all that is read.
  public static let version: UInt32 = 2
  /// The ending of the name.
  public static let pathExtension = "apus"

  static let magic = Array("APUSPLAN".utf8)
  static let preambleCount = 96
  static let sectionNameCount = 16
  /// Constants and the section begin at pages of their own, so that no page holds two of the parts.
  static let alignment = 4096

  /// Whether bytes begin as a plan file does.
  public static func begins(_ bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: magic) }

  /// The bytes of the file of a plan.
  ///
  /// - Parameter section: bytes for whoever knows their name, which the plan does without; at least one.
  /// - Throws: `PlanFileError` where the plan has steps that only the process knows that compiled it.
  public static func bytes(
    of plan: Plan, section: (name: String, bytes: [UInt8])? = nil
  ) throws(PlanFileError) -> [UInt8] {
    let host = plan.hostSteps
    guard host.isEmpty else {
      let operators = Set(host.map(\.operators)).sorted().joined(separator: ", ")
      throw PlanFileError(
        .hostSteps,
        "\(host.count) steps have no kernel and cannot be kept in a plan file: \(operators);"
          + " simplify or cut the model so that these are left out, or run it without a file")
    }
    guard plan.constants.dtype == .uint8 else {
      throw PlanFileError(.plan, "constants are \(plan.constants.dtype), not uint8")
    }
    var encoder = PlanEncoder()
    encoder.encode(plan)
    let description = encoder.bytes
    let end = preambleCount + description.count
    let start = aligned(end)
    let constantsEnd = start + plan.constants.byteCount
    let sectionStart = section == nil ? constantsEnd : aligned(constantsEnd)
    let sectionBytes = section?.bytes ?? []
    precondition(section == nil || !sectionBytes.isEmpty, "a section has a byte at least")
    var preamble = PlanEncoder()
    preamble.append(contentsOf: magic)
    preamble.append(version)
    preamble.append(UInt32(0))
    for value in [
      sectionStart + sectionBytes.count, description.count, start, plan.constants.byteCount,
    ] { preamble.encode(value) }
    preamble.append(plan.constants.withBytes { XXH64.hash($0) })
    preamble.append(contentsOf: sectionName(section?.name))
    preamble.encode(sectionBytes.count)
    preamble.append(section == nil ? 0 : sectionBytes.withUnsafeBytes { XXH64.hash($0) })
    preamble.append((preamble.bytes + description).withUnsafeBytes { XXH64.hash($0) })
    var bytes = preamble.bytes
    bytes.reserveCapacity(sectionStart + sectionBytes.count)
    bytes += description
    bytes += [UInt8](repeating: 0, count: start - end)
    plan.constants.withBytes { bytes += $0 }
    bytes += [UInt8](repeating: 0, count: sectionStart - constantsEnd)
    return bytes + sectionBytes
  }

  /// The start of the next page.
  static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }

  private static func sectionName(_ name: String?) -> [UInt8] {
    let name = Array((name ?? "").utf8)
    precondition(
      name.count <= sectionNameCount && name.allSatisfy { (0x21...0x7E).contains($0) },
      "the name of a section is up to \(sectionNameCount) characters of ASCII")
    return name + [UInt8](repeating: 0, count: sectionNameCount - name.count)
  }

  /// Reads a plan, whose constants stay in the file.
  ///
  /// Everything is checked, so that a plan that is returned can be run whoever made the file.
  ///
  /// - Throws: `PlanFileError` naming the file, what is wrong with it and what to do.
  public static func read(_ path: String) throws(PlanFileError) -> Plan { try open(path).plan }

  /// Reads a plan as `read` does, and says where the section of the file is, without reading that.
  public static func open(
    _ path: String
  ) throws(PlanFileError) -> (plan: Plan, section: PlanSection?) {
    let file: MappedFile
    do throws(MappedFileError) {
      file = try MappedFile(path: path)
    } catch {
      throw PlanFileError(.unreadable, "\(error)")
    }
    do throws(PlanFileError) {
      let preamble = try PlanPreamble(file.bytes)
      if let section = preamble.section { file.leaveOut(section.range) }
      let constants = try Tensor(preamble, file)
      var decoder = PlanDecoder(preamble.description(in: file.bytes))
      do throws(PlanFormatError) {
        let plan = try Plan(from: &decoder).with(constants: constants)
        guard decoder.remaining == 0 else {
          throw decoder.error("\(decoder.remaining) bytes follow the plan")
        }
        try PlanVerifier(plan).verify()
        return (plan, preamble.section.map { PlanSection($0, in: file) })
      } catch {
        throw PlanFileError(.plan, "byte \(preambleCount + error.offset): \(error.what)")
      }
    } catch {
      throw error.of(path)
    }
  }
}

extension Tensor {
  /// The constants of a plan file.
  fileprivate init(_ preamble: PlanPreamble, _ file: MappedFile) throws(PlanFileError) {
    do throws(TensorError) {
      try self.init(
        dtype: .uint8, shape: [preamble.constants.count], file: file,
        offset: preamble.constants.lowerBound)
    } catch {
      throw PlanFileError(.plan, "\(error)")
    }
  }
}

/// Why a plan cannot be written or read.
public struct PlanFileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of thing is wrong.
  public enum Code: Hashable, Sendable {
    /// The file cannot be opened.
    case unreadable
    /// The file is something else.
    case format
    /// The file is of another version of the format.
    case version
    /// The file ends too early or too late.
    case truncated
    /// The file was changed after it was written.
    case checksum
    /// The plan contradicts itself.
    case plan
    /// The plan has steps that are computed outside it.
    case hostSteps
  }

  /// What kind of thing is wrong.
  public let code: Code
  /// One or two sentences for a person.
  public let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The error of a file, with what to do about it.
  func of(_ path: String) -> PlanFileError {
    PlanFileError(code, "'\(path)': \(message); compile the model again with apus compile")
  }

  /// The message.
  public var description: String { message }
}
