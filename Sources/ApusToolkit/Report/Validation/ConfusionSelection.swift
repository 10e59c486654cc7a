package import ApusMetrics

/// The part of a confusion matrix that a reader can take in.
package struct ConfusionSelection: Sendable {
  /// Objects of one class that were reported as another.
  package struct Mixup: Sendable, Hashable {
    /// The class of the objects.
    package let truth: Int
    /// The class that was reported.
    package let predicted: Int
    /// How many objects.
    package let count: Int
  }

  /// The classes shown, ascending.
  package let classes: [Int]
  /// All pairs of classes that were mixed up, the most frequent first.
  package let mixups: [Mixup]
  /// How many objects there are, by class.
  package let objects: [Int]
  /// How many false detections on nothing.
  package let falseCount: Int

  /// Chooses classes.
  ///
  /// Where there are more than `limit`, those are taken that take part in most mix-ups, of equal ones those
  /// with most missed objects and false detections.
  package init(_ matrix: ConfusionMatrix, limit: Int = 20) {
    let count = matrix.classCount
    var mixups: [Mixup] = []
    var objects = [Int](repeating: 0, count: count)
    var mixed = objects
    var lost = objects
    for truth in 0..<count {
      for predicted in 0...count {
        let number = matrix[predicted: predicted, truth: truth]
        objects[truth] += number
        guard number > 0, predicted != truth else { continue }
        if predicted == matrix.background {
          lost[truth] += number
        } else {
          mixed[truth] += number
          mixed[predicted] += number
          mixups.append(Mixup(truth: truth, predicted: predicted, count: number))
        }
      }
    }
    let wrong = (0..<count).map { matrix[predicted: $0, truth: matrix.background] }
    falseCount = wrong.reduce(0, +)
    let order = (0..<count).sorted {
      (mixed[$1], lost[$1] + wrong[$1], $0) < (mixed[$0], lost[$0] + wrong[$0], $1)
    }
    classes = order.prefix(limit).sorted()
    self.objects = objects
    self.mixups = mixups.sorted {
      ($1.count, $0.truth, $0.predicted) < ($0.count, $1.truth, $1.predicted)
    }
  }
}
