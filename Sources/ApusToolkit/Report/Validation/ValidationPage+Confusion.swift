import ApusBoxes
import ApusDatasets
import ApusMetrics

extension ValidationPage {
  /// The confusion matrix, or its telling part, and the largest mix-ups.
  var confusion: HTML {
    let matrix = evaluation.confusion
    let selection = ConfusionSelection(matrix)
    let shown = selection.classes
    let background = matrix.background
    let isWhole = shown.count == matrix.classCount
    // Classes that are not shown go together into one column and one row.
    let others: Set<Int> = isWhole ? [] : Set(0..<matrix.classCount).subtracting(shown)
    let groups: [[Int]] = shown.map { [$0] } + (isWhole ? [] : [others.sorted()]) + [[background]]
    func count(_ truths: [Int], _ predictions: [Int]) -> Int {
      truths.reduce(0) { sum, truth in
        predictions.reduce(sum) { $0 + matrix[predicted: $1, truth: truth] }
      }
    }
    let counts = groups.map { truths in groups.map { count(truths, $0) } }
    let shownNames = shown.map { names[$0] } + (isWhole ? [] : ["\(others.count) other classes"])
    let rows = shownNames + ["nothing there"]
    let columns = shownNames + ["not found"]
    let totals = counts.map { $0.reduce(0, +) }
    let table = HTMLMatrix(
      axes: (
        rows: "what is in the picture; the last one is where nothing is",
        columns: "what was reported; the last one is for objects not found"
      ), rows: rows, columns: columns, counts: counts, totals: totals,
      isGood: { $0 == $1 },
      words: { row, column in
        Self.words(
          counts[row][column], of: totals[row], truth: rows[row], reported: columns[column],
          isFalse: row == rows.count - 1, isMissed: column == columns.count - 1)
      })
    let part: HTML =
      isWhole
      ? ""
      : "<p>The \(shown.count) of \(matrix.classCount) classes that are mixed up most; the others are one row and one column.</p>\n"
    let confidence = Number.decimal(Double(matrix.confidence), digits: 2)
    let overlap = Number.decimal(Double(matrix.overlap), digits: 2)
    return """
      \(part)\(table.html)<p class="dim">Detections that score above \(confidence), matched by place alone from an IoU of \(overlap) on. \
      Shades are shares of a row; right is blue, wrong is orange. Objects of the same kind on the diagonal of “other \
      classes” may be mixed up among these.</p>
      <h3>Largest mix-ups</h3>
      \(mixups(selection))
      """
  }

  private static func words(
    _ count: Int, of total: Int, truth: String, reported: String, isFalse: Bool, isMissed: Bool
  ) -> String {
    let share = Number.percent(total > 0 ? Double(count) / Double(total) : 0)
    let truth = HTML.clipped(truth, to: 60)
    let reported = HTML.clipped(reported, to: 60)
    if isFalse {
      return "\(count) of \(total) detections of nothing (\(share)) were reported as \(reported)"
    }
    if isMissed { return "\(count) of \(total) \(truth) (\(share)) were not found" }
    return "\(count) of \(total) \(truth) (\(share)) were reported as \(reported)"
  }

  private func mixups(_ selection: ConfusionSelection) -> HTML {
    guard !selection.mixups.isEmpty else {
      return names.count == 1
        ? "<p>There is one class: nothing can be mixed up with another.</p>"
        : "<p>No object was taken for one of another class.</p>"
    }
    var table = HTMLTable(
      [
        .init(heading: "in the picture"), .init(heading: "reported as"),
        .init(heading: "times", isNumber: true),
        .init(heading: "of its objects", isNumber: true),
      ], isSortable: true)
    let limit = 15
    for mixup in selection.mixups.prefix(limit) {
      let share = Double(mixup.count) / Double(max(selection.objects[mixup.truth], 1))
      table.add([
        "\(HTML.clipped(names[mixup.truth], to: 60))",
        "\(HTML.clipped(names[mixup.predicted], to: 60))",
        "\(Number.grouped(mixup.count))", "\(Number.percent(share))",
      ])
    }
    let rest = selection.mixups.count - min(selection.mixups.count, limit)
    let more: HTML = rest > 0 ? "<p class=\"dim\">And \(rest) rarer ones.</p>" : ""
    return "\(table.html)\(more)"
  }
}
