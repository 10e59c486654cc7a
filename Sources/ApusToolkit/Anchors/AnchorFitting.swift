import ApusDatasets
import Foundation

/// Anchors searched for a data set, beside those that a model has.
public struct AnchorFitting: Sendable, Encodable {
  /// The model whose anchors were to be improved; nil where anchors were searched for levels alone.
  public let model: String?
  /// The fit of the model's anchors; nil without a model.
  public let before: AnchorCheck?
  /// The fit of the anchors found.
  public let after: AnchorCheck
  /// The anchors found, in every way they are written.
  public let found: AnchorReport
  /// Whether the anchors found are the result: without a model always, else where they reach more objects.
  public let isReplaced: Bool
  /// The objects that were searched with: those with a side of 2 pixels or more.
  public let usedCount: Int
  /// Whether the evolution started from k-means; else, with too few different objects, at random.
  public let startIsClustered: Bool
  /// The generations of the evolution.
  public let generations: Int
  /// What all random numbers follow from.
  public let seed: UInt64
  /// What YOLOv5 prints, and what else is to be known.
  public let messages: [String]
  /// The file that the model was written to with the result; nil where none was.
  public internal(set) var written: ModelExport?

  /// The result: the anchors found, or the model's own where these are better.
  public let result: ModelAnchors

  private enum CodingKeys: String, CodingKey {
    case model, before, after, found, isReplaced, usedCount, startIsClustered, generations, seed
    case messages, written
  }

  /// Searches anchors to replace those of a model; as many on every level.
  ///
  /// - Parameter progress: called after every generation with the fitness reached.
  /// - Throws: `ApusError` where the model has no anchors, or the objects allow no search.
  public init(
    _ model: Model, data: AnchorData, options: AnchorOptions = AnchorOptions(),
    progress: (Double) -> Void = { _ in }
  ) throws(ApusError) {
    let current = try ModelAnchors(model)
    try self.init(
      current, model: model.path, strides: current.strides, count: current.all.count, data: data,
      options: options, progress: progress)
  }

  /// Searches anchors for levels of the given strides.
  ///
  /// - Parameter count: the anchors of all levels together; a multiple of the number of levels.
  /// - Throws: `ApusError` where strides and count do not go together, or the objects allow no search.
  public init(
    strides: [Int], count: Int, data: AnchorData, options: AnchorOptions = AnchorOptions(),
    progress: (Double) -> Void = { _ in }
  ) throws(ApusError) {
    try self.init(
      nil, model: nil, strides: strides, count: count, data: data, options: options,
      progress: progress)
  }

  private init(
    _ current: ModelAnchors?, model: String?, strides: [Int], count: Int, data: AnchorData,
    options: AnchorOptions, progress: (Double) -> Void
  ) throws(ApusError) {
    try options.check()
    try Self.check(strides: strides, count: count)
    var messages: [String] = []
    var before: AnchorCheck?
    if let current {
      let check = try AnchorCheck(current, data: data, options: options)
      messages += check.messages.prefix(1)
      before = check
    }
    let objects = data.sizes(imageSize: options.imageSize)
    let search = AnchorSearch(
      count: count, imageSize: Double(options.imageSize), ratioLimit: options.ratioLimit,
      generations: options.generations)
    let found: AnchorSearch.Result
    do {
      found = try search.anchors(for: objects, seed: options.seed, progress: progress)
    } catch {
      throw .failure("'\(data.path)': \(error)")
    }
    messages += [
      AnchorMessages.tinyObjects(found.tinyCount, of: objects.count, rule: options.rule)
    ].compactMap(\.self)
    messages.append(AnchorMessages.clustering(anchors: count, points: found.usedCount))
    if !found.startIsClustered {
      messages.append(
        "k-means found fewer than \(count) clusters: the evolution starts from random sizes")
    }
    messages += AnchorMessages.result(
      found.start, objects: objects, search: search, rule: options.rule)
    messages += AnchorMessages.result(
      found.anchors, objects: objects, search: search, rule: options.rule)

    let perLevel = count / strides.count
    let levels = strides.enumerated().map { place, stride in
      AnchorLevel(
        stride: Double(stride),
        anchors: found.anchors[(place * perLevel)..<((place + 1) * perLevel)].map {
          // What a card keeps: binary32.
          BoxSize(width: Double(Float($0.width)), height: Double(Float($0.height)))
        })
    }
    let new = ModelAnchors(levels, source: .given)
    let after = try AnchorCheck(new, data: data, options: options)
    let isReplaced =
      before.map { $0.fit.bestPossibleRecall < after.fit.bestPossibleRecall } ?? true
    if current != nil {
      messages.append(AnchorMessages.outcome(isReplaced: isReplaced, rule: options.rule))
    }
    if options.rule == .below, AnchorOrder.endsInGrid.isReversed(levels) {
      messages.append(
        "YOLOv5 v6.0 itself would now reverse these levels, since it compares sizes in cells; that is not done here"
      )
    }
    result = isReplaced ? new : current ?? new
    self.model = model
    self.before = before
    self.after = after
    self.isReplaced = isReplaced
    self.found = AnchorReport(new, file: "anchors found")
    usedCount = found.usedCount
    startIsClustered = found.startIsClustered
    generations = options.generations
    seed = options.seed
    self.messages = messages
  }

  private static func check(strides: [Int], count: Int) throws(ApusError) {
    guard (1...16).contains(strides.count), strides == strides.sorted(),
      Set(strides).count == strides.count, strides.allSatisfy({ (1...4096).contains($0) })
    else {
      throw .usage(
        "the strides are \(strides.map(String.init).joined(separator: ",")), but must be 1 to 16 different numbers"
          + " from 1 to 4096, finest first, such as 8,16,32")
    }
    guard (1...1024).contains(count), count % strides.count == 0 else {
      throw .usage(
        "\(count) anchors cannot be shared out evenly to \(strides.count) levels; choose a multiple of"
          + " \(strides.count), such as \(3 * strides.count)")
    }
  }

  /// Writes the model with the result in its card.
  ///
  /// - Parameter model: the model that was searched for.
  /// - Throws: `ApusError` where the model cannot hold the anchors, or the file cannot be written.
  public mutating func write(_ model: Model, to path: String) throws(ApusError) {
    written = try model.replacingAnchors(by: result).writeWithAnchors(to: path)
  }
}
