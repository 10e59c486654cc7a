import ApusDatasets
public import ApusMetrics
import Foundation

/// Several models or sets of results on one data set, side by side, and how sure their differences are.
public struct Comparison: Sendable {
  /// One model or set of results.
  public struct Entry: Sendable {
    /// `A`, `B`, … in the order given.
    public let label: String
    /// The name of its file, or its path where another entry has the same name.
    public let name: String
    /// What was measured.
    public let report: ValidationReport

    /// The measures.
    public var evaluation: Evaluation { report.evaluation }
  }

  /// What is compared; differences are to the first.
  public let entries: [Entry]
  /// What the entries reach on resampled pictures.
  public let samples: BootstrapSamples
  /// How many resamples were drawn.
  public let resamples: Int
  /// From what they were drawn.
  public let seed: UInt64

  /// The most entries: each has a letter.
  public static let limit = 26

  /// Compares reports on one data set.
  ///
  /// - Parameters:
  ///   - reports: 2 to 26, the first being what the others are compared with.
  ///   - resamples: how often pictures are drawn for the intervals.
  ///   - seed: the same seed gives the same intervals.
  ///   - progress: is told how many resamples are done.
  /// - Throws: `ApusError` where there are too few or too many, or they are of different data sets.
  public init(
    _ reports: [ValidationReport], resamples: Int = 1000, seed: UInt64 = 0,
    progress: (Int) -> Void = { _ in }
  ) throws(ApusError) {
    guard (2...Self.limit).contains(reports.count) else {
      throw .usage(
        "\(reports.count) models or results are to be compared; give 2 to \(Self.limit)")
    }
    let data = reports[0].evaluation.data
    let pictures = data.dataset.pictures.map(\.id)
    for report in reports
    where report.evaluation.data.dataset.pictures.map(\.id) != pictures
      || report.evaluation.data.truths != data.truths
    {
      throw .usage(
        "'\(report.evaluation.results.name)' was judged by '\(report.evaluation.data.path)', not by"
          + " '\(data.path)'; compare on one data set")
    }
    let paths = reports.map(\.evaluation.results.name)
    let files = paths.map { ($0 as NSString).lastPathComponent }
    entries = reports.enumerated().map { index, report in
      let isUnique = files.count { $0 == files[index] } == 1
      return Entry(
        label: Self.label(index), name: isUnique ? files[index] : paths[index], report: report)
    }
    do throws(COCOError) {
      samples = try PairedBootstrap(
        groundTruth: data.truths, results: reports.map(\.evaluation.results.detections),
        images: pictures, categories: data.dataset.classes.map(\.id)
      ).resampled(count: resamples, seed: seed, progress: progress)
    } catch {
      throw .failure("\(error)")
    }
    self.resamples = resamples
    self.seed = seed
  }

  private static func label(_ index: Int) -> String {
    String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index)))
  }

  /// By how much an entry is better than the first; nil where there is nothing to measure.
  ///
  /// - Parameter category: the id of a class; nil for the mean over the classes.
  public func difference(
    of entry: Int, _ measure: BootstrapSamples.Measure, category: Int? = nil
  ) -> BootstrapSamples.Interval? {
    samples.difference(of: entry, from: 0, measure, category: category)
  }
}

extension Comparison {
  /// A class in which an entry and the first differ.
  public struct ClassDifference: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its id in the data set.
    public let id: Int
    /// How many objects it has, crowds left out.
    public let objects: Int
    /// The AP of the first entry.
    public let base: Double
    /// The AP of this entry.
    public let ap: Double
    /// This entry's AP less the first's.
    public let difference: BootstrapSamples.Interval
  }

  /// The classes that have objects, the largest gain of an entry over the first at the beginning.
  public func classDifferences(of entry: Int) -> [ClassDifference] {
    let evaluation = entries[0].evaluation
    let names = Dictionary(
      evaluation.data.dataset.classes.map { ($0.id, $0.name) },
      uniquingKeysWith: { first, _ in first })
    let all = evaluation.coco.classes.compactMap { result -> ClassDifference? in
      let id = result.categoryID
      guard let base = samples.value(of: 0, .ap, category: id),
        let ap = samples.value(of: entry, .ap, category: id),
        let difference = difference(of: entry, .ap, category: id)
      else { return nil }
      return ClassDifference(
        name: names[id] ?? "\(id)", id: id, objects: result.objectCount(in: .all), base: base,
        ap: ap, difference: difference)
    }
    return all.enumerated().sorted {
      let (first, second) = ($0.element.difference.estimate, $1.element.difference.estimate)
      return first == second ? $0.offset < $1.offset : first > second
    }.map(\.element)
  }
}
