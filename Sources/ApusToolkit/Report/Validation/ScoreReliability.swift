import ApusBoxes

/// How often detections of a score are correct: whether scores can be read as probabilities.
package struct ScoreReliability: Sendable, Hashable {
  /// A tenth of the scores.
  package struct Bin: Sendable, Hashable {
    /// The scores of the bin: above the lower end, up to the upper; 0 belongs to the first.
    package let range: ClosedRange<Double>
    /// The detections in it; those in crowds are not counted.
    package fileprivate(set) var count = 0
    /// Those that found an object.
    package fileprivate(set) var correct = 0
    fileprivate var scores = 0.0

    /// The share that found an object; nil of an empty bin.
    package var precision: Double? { count == 0 ? nil : Double(correct) / Double(count) }
    /// The mean score; nil of an empty bin.
    package var meanScore: Double? { count == 0 ? nil : scores / Double(count) }
  }

  /// Ten bins, of rising scores.
  package let bins: [Bin]

  /// The mean gap between score and precision over all detections; nil without detections.
  ///
  /// The expected calibration error of Guo and others (On Calibration of Modern Neural Networks, 2017).
  package var expectedError: Double? {
    let total = bins.reduce(0) { $0 + $1.count }
    guard total > 0 else { return nil }
    return bins.reduce(0.0) { sum, bin in
      guard let precision = bin.precision, let score = bin.meanScore else { return sum }
      return sum + abs(precision - score) * Double(bin.count) / Double(total)
    }
  }

  /// Counts the detections of all pictures.
  package init(_ pictures: [Evaluation.JudgedPicture], judgements: [PictureJudgement]) {
    var bins = (0..<10).map { Bin(range: Double($0) / 10...Double($0 + 1) / 10) }
    for (picture, judgement) in zip(pictures, judgements) {
      for (detection, outcome) in zip(picture.detections, judgement.outcomes)
      where outcome != .inCrowd {
        let score = Double(detection.score)
        // In single precision, in which a score of 0.8 is eight tenths and no more.
        let place = min(max(Int((detection.score * 10).rounded(.up)) - 1, 0), 9)
        bins[place].count += 1
        bins[place].scores += score
        if case .correct = outcome { bins[place].correct += 1 }
      }
    }
    self.bins = bins
  }
}
