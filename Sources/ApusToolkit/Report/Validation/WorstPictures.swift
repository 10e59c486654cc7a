import ApusBoxes

/// The pictures in which a detector goes most wrong, at one confidence.
///
/// The error of a picture is the number of missed objects plus the sum of the scores of false detections:
/// a false detection weighs what the detector was sure of it.
package struct WorstPictures: Sendable {
  /// A picture with what is wrong in it.
  package struct Entry: Sendable, Hashable {
    /// Its position in the data set.
    package let index: Int
    /// The objects that were not found, as positions in the picture's objects.
    package let missed: [Int]
    /// The false detections, as positions in the picture's detections, best first.
    package let wrong: [Int]
    /// How many detections have a score above the confidence.
    package let kept: Int
    /// Missed objects plus scores of false detections.
    package let error: Double
  }

  /// The score that a detection must exceed to be looked at.
  package let confidence: Double
  /// The pictures with an error, the worst first; of equal ones the first of the data set.
  package let entries: [Entry]
  /// How many pictures have an error.
  package let wrongCount: Int

  /// Ranks pictures.
  ///
  /// - Parameters:
  ///   - judgements: what became of the detections, by picture.
  ///   - count: how many entries are kept.
  package init(
    _ pictures: [Evaluation.JudgedPicture], judgements: [PictureJudgement], confidence: Double,
    count: Int
  ) {
    self.confidence = confidence
    var entries: [Entry] = []
    for (picture, judgement) in zip(pictures, judgements) {
      let kept = picture.detections.prefix { Double($0.score) > confidence }.count
      let missed = picture.truths.indices.filter { place in
        guard !picture.truths[place].isCrowd else { return false }
        return judgement.finders[place].map { $0 >= kept } ?? true
      }
      let wrong = (0..<kept).filter { judgement.outcomes[$0] == .wrong }
      let error = wrong.reduce(Double(missed.count)) {
        $0 + Double(picture.detections[$1].score)
      }
      guard !missed.isEmpty || !wrong.isEmpty else { continue }
      entries.append(
        Entry(index: picture.index, missed: missed, wrong: wrong, kept: kept, error: error))
    }
    wrongCount = entries.count
    entries.sort { ($1.error, $0.index) < ($0.error, $1.index) }
    self.entries = Array(entries.prefix(max(count, 0)))
  }
}
