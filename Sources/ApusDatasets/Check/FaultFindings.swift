/// What could not be read, as findings.
struct FaultFindings {
  private(set) var all: [Finding] = []

  init(_ reading: DatasetReading) {
    all = reading.faults.filter { $0.subject != .follows }.map(Self.finding)
  }

  private static func finding(_ fault: DatasetError) -> Finding {
    let kind = kind(of: fault)
    var found = "\(fault.found) instead of \(fault.expected)"
    switch fault.subject {
    case .orphan: found = "a file of labels without a picture"
    case .listEntry: found = "\(fault.found), which has no readable file of annotations"
    case .pictureFile where kind == .missingPicture: found = "no file, but an entry for it"
    default: break
    }
    return Finding(kind, file: fault.file, place: fault.place, found: found, remedy: nil)
  }

  private static func kind(of fault: DatasetError) -> FindingKind {
    switch fault.subject {
    case .nonFiniteBox: return .nonFiniteBox
    case .negativeBox: return .negativeBox
    case .pictureSize: return .sizeMismatch
    case .orphan: return .missingPicture
    case .listEntry: return .missingLabel
    case .identifier: return .duplicateID
    case .split: return .missingSplit
    case .pictureFile:
      guard let status = FileStatus(fault.file) else { return .missingPicture }
      return fault.place.isEmpty && (!status.isPlain || fault.found == "none")
        ? .unreadablePicture : .corruptPicture
    case .follows, nil: break
    }
    switch fault.code {
    case .unreadable, .notUTF8: return .unreadableLabel
    case .unknownClass: return .unknownClass
    case .unknownPicture: return .unknownPicture
    case .tooLarge, .tooDeep, .malformed, .badNumber, .duplicate, .unsupported, .unwritable:
      return .malformedLabel
    }
  }
}
