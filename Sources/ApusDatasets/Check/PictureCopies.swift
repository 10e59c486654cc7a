import Foundation

/// Pictures that are copies of one another, and what that means for the splits.
struct PictureCopies: Sendable {
  private(set) var findings: [Finding] = []
  /// Pictures of one split that repeat an earlier one, by position, and that one.
  private(set) var repeats: [(copy: Int, original: Int)] = []
  /// Pictures to train with that are also there to judge with, by position, and one of those.
  private(set) var leaks: [(training: Int, heldOut: Int)] = []

  /// Bits of ``Likeness`` in which similar pictures may differ: under 16, so that of 16 groups of
  /// bits one is equal.
  private static let mostBits = 6
  /// The most pictures of one group of bits that are compared with each new one.
  private static let mostCandidates = 64

  init(_ dataset: Dataset, _ outcomes: [String: PictureInspection.Outcome]) {
    let pictures = dataset.pictures
    var groups: [String: [Int]] = [:]
    var order: [String] = []
    var usedPaths: Set<String> = []
    for (index, picture) in pictures.enumerated() {
      guard let facts = outcomes.facts(of: picture), let path = picture.path,
        usedPaths.insert(path).inserted
      else { continue }
      let key = facts.pixels ?? facts.digest
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(index)
    }
    for key in order {
      let members = groups[key] ?? []
      for index in members where Roles(pictures[index].splits).isLeak {
        leaks.append((index, index))
        findings.append(
          Finding(
            .leak, file: pictures[index].path ?? pictures[index].file,
            found: "one picture in \(Self.list(pictures[index].splits))"))
      }
      guard members.count > 1 else { continue }
      addCopies(members, pictures, outcomes)
    }
    addSimilar(order.compactMap { groups[$0]?.first }, pictures, outcomes)
  }

  private mutating func addCopies(
    _ members: [Int], _ pictures: [Dataset.Picture],
    _ outcomes: [String: PictureInspection.Outcome]
  ) {
    for (position, index) in members.enumerated() {
      let roles = Roles(pictures[index].splits)
      let others = members.filter { $0 != index }
      let judged = others.first { other in
        roles.isTraining && Roles(pictures[other].splits).isHeldOut(from: pictures[index].splits)
      }
      let path = pictures[index].path ?? pictures[index].file
      func sameness(_ other: Int) -> String {
        let (a, b) = (outcomes.facts(of: pictures[index]), outcomes.facts(of: pictures[other]))
        let what = a?.digest == b?.digest ? "the bytes" : "the pixels"
        return "\(what) of \(pictures[other].path ?? pictures[other].file)"
      }
      if let judged {
        leaks.append((index, judged))
        findings.append(
          Finding(
            .leak, file: path,
            found: "in \(Self.list(pictures[index].splits)) with \(sameness(judged)) in "
              + Self.list(pictures[judged].splits)))
        continue
      }
      // Of copies that are no leak, the first stays.
      let earlier = members[..<position].first { other in
        let (a, b) = (pictures[index].splits, pictures[other].splits)
        return !Roles(b).isHeldOut(from: a) && !Roles(a).isHeldOut(from: b)
      }
      if let earlier {
        repeats.append((index, earlier))
        findings.append(
          Finding(
            .duplicatePicture, file: path,
            found: sameness(earlier) + Self.place(pictures[index], pictures[earlier])))
      }
    }
  }

  private mutating func addSimilar(
    _ members: [Int], _ pictures: [Dataset.Picture],
    _ outcomes: [String: PictureInspection.Outcome]
  ) {
    var buckets: [UInt32: [Int]] = [:]
    for index in members {
      guard let likeness = outcomes.facts(of: pictures[index])?.likeness else { continue }
      var compared: Set<Int> = []
      for (part, word) in likeness.words.enumerated() {
        for quarter in 0..<4 {
          let bits = UInt32(truncatingIfNeeded: word >> UInt64(16 * quarter)) & 0xffff
          let key = UInt32(part * 4 + quarter) << 16 | bits
          for other in buckets[key] ?? [] where compared.insert(other).inserted {
            guard let twin = outcomes.facts(of: pictures[other])?.likeness,
              likeness.distance(to: twin) <= Self.mostBits
            else { continue }
            addSimilar(pictures[index], pictures[other])
          }
          if buckets[key, default: []].count < Self.mostCandidates {
            buckets[key, default: []].append(index)
          }
        }
      }
    }
  }

  private mutating func addSimilar(_ picture: Dataset.Picture, _ other: Dataset.Picture) {
    let isLeak =
      Roles(picture.splits).isHeldOut(from: other.splits)
      || Roles(other.splits).isHeldOut(from: picture.splits)
    let text = "looks like \(other.path ?? other.file)" + Self.place(picture, other)
    findings.append(
      Finding(
        .similarPicture, file: picture.path ?? picture.file,
        found: isLeak ? text + ", one to train and one to judge with" : text))
  }

  private static func place(_ picture: Dataset.Picture, _ other: Dataset.Picture) -> String {
    picture.splits == other.splits || other.splits.isEmpty ? "" : " in \(list(other.splits))"
  }

  private static func list(_ splits: [String]) -> String {
    splits.isEmpty ? "no split" : splits.joined(separator: " and ")
  }
}

/// What the splits of a picture are for.
struct Roles {
  private let splits: [String]

  init(_ splits: [String]) { self.splits = splits }

  /// Whether it is trained with.
  var isTraining: Bool { splits.contains { $0.hasPrefix("train") } }

  /// Whether the picture itself is there both to train and to judge with.
  var isLeak: Bool { isHeldOut(from: splits) }

  /// Whether it is there to judge what was trained with a picture of other splits.
  ///
  /// VOC's `trainval` is `train` and `val` together: of the two, only `test` judges it.
  func isHeldOut(from training: [String]) -> Bool {
    let isInTrain = training.contains { $0.hasPrefix("train") && !$0.hasPrefix("trainval") }
    let isInBoth = training.contains { $0.hasPrefix("trainval") }
    let isInTest = splits.contains { $0.hasPrefix("test") }
    let isInVal = splits.contains { $0.hasPrefix("val") }
    return (isInTrain && (isInVal || isInTest)) || (isInBoth && isInTest)
  }
}
