package import ApusBoxes

/// Which detections of a picture found which of its objects.
///
/// The best detection chooses first. It takes the free object of its class that it overlaps most, of an
/// intersection over union of 0.5 or more; else, where half of it lies in a crowd of its class, it counts
/// neither way. So COCO judges at its lowest threshold. Leaving out the detections below a score changes
/// nothing for those above.
package struct PictureJudgement: Sendable {
  /// What became of a detection.
  package enum Outcome: Sendable, Hashable {
    /// It found the object at a position.
    case correct(truth: Int)
    /// It found none.
    case wrong
    /// It lies in a crowd.
    case inCrowd
  }

  /// By detection.
  package let outcomes: [Outcome]
  /// By object, the detection that found it; nil for none, and for crowds.
  package let finders: [Int?]

  /// Judges detections in falling order of score.
  package init(_ detections: [Detection], against truths: [GroundTruth]) {
    var finders = [Int?](repeating: nil, count: truths.count)
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(detections.count)
    let places = Dictionary(grouping: truths.indices) { truths[$0].classID }
    for (index, detection) in detections.enumerated() {
      var best: (truth: Int, overlap: Float)?
      var isInCrowd = false
      for place in places[detection.classID] ?? [] {
        let truth = truths[place]
        if truth.isCrowd {
          isInCrowd = isInCrowd || Overlap.cover(of: detection.box, by: truth.box) >= 0.5
        } else if finders[place] == nil {
          let overlap = Overlap.plain(truth.box, detection.box)
          if overlap >= 0.5, overlap >= best?.overlap ?? 0 { best = (place, overlap) }
        }
      }
      if let best {
        finders[best.truth] = index
        outcomes.append(.correct(truth: best.truth))
      } else {
        outcomes.append(isInCrowd ? .inCrowd : .wrong)
      }
    }
    self.outcomes = outcomes
    self.finders = finders
  }
}
