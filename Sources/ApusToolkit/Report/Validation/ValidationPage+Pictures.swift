import ApusBoxes
import ApusDatasets

extension ValidationPage {
  /// The worst pictures, each with its objects beside what was found.
  var mosaic: HTML {
    let total = evaluation.pictures.count
    let rule: HTML = """
      <p class="dim">The error of a picture is the number of missed objects plus the scores of false detections, \
      counting detections above \(Self.number(worst.confidence)), where F1 is best; right is a detection with an IoU \
      of 0.5 or more with an object of its class that no better one has found.</p>
      """
    guard worst.wrongCount > 0 else {
      return "<p>No picture has a missed object or a false detection.</p>\(rule)"
    }
    let figures = zip(worst.entries, pairs).map { entry, pair in figure(entry, pair) }
    let key: HTML =
      figures.isEmpty
      ? ""
      : """
      <p>Left what is in the picture, <b>missed objects dashed</b>; right what was found, <b>false detections \
      dashed</b>. A class has one colour.</p>
      """
    return """
      <p>\(worst.wrongCount) of \(total) pictures have an error; here are the \(figures.count) worst.</p>
      \(key)\(rule)<div class="worst">\(HTML.joined(figures))</div>
      """
  }

  private func figure(
    _ entry: WorstPictures.Entry, _ pair: Result<PicturePair, PictureProblem>
  ) -> HTML {
    let file = HTML.clipped(evaluation.data.dataset.pictures[entry.index].file, to: 200)
    let views: HTML
    switch pair {
    case .success(let pair):
      views = """
        <div class="pair">\(view(pair.truths, pair, "what is in \(file)"))\
        \(view(pair.detections, pair, "what was found in \(file)"))</div>
        """
    case .failure(let problem):
      views = "<p class=\"problem\">Cannot be shown: \(HTML.clipped(problem.reason, to: 500))</p>"
    }
    return """
      <figure>\(views)<figcaption><b><code>\(file)</code></b> \
      <span class="dim">error \(Number.decimal(entry.error, digits: 2))</span>\
      \(captions(entry))</figcaption></figure>

      """
  }

  private func view(_ address: String, _ pair: PicturePair, _ words: String) -> HTML {
    "<img src=\"\(address)\" width=\"\(pair.width)\" height=\"\(pair.height)\" alt=\"\(words)\"/>"
  }

  /// What is wrong in a picture.
  private func captions(_ entry: WorstPictures.Entry) -> HTML {
    let picture = evaluation.pictures[entry.index]
    let objects = picture.truths.count { !$0.isCrowd }
    var lines = HTML()
    if !entry.missed.isEmpty {
      let classes = entry.missed.map { picture.truths[$0].classID }
      lines += """
        <p>\(entry.missed.count) of \(objects) missed: \(Self.counted(classes, names))</p>
        """
    }
    if !entry.wrong.isEmpty {
      let classes = entry.wrong.map { picture.detections[$0].classID }
      let best = Number.decimal(
        Double(entry.wrong.first.map { picture.detections[$0].score } ?? 0), digits: 2)
      lines += """
        <p>\(entry.wrong.count) of \(entry.kept) detections false: \(Self.counted(classes, names)), \
        up to a score of \(best)</p>
        """
    }
    return lines
  }

  /// `5 person, 2 chair`: the most frequent first.
  private static func counted(_ classes: [Int], _ names: ClassNames) -> String {
    let counts = Dictionary(grouping: classes) { $0 }.mapValues(\.count)
    let order = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let shown = order.prefix(6).map { "\($0.value) \(HTML.clipped(names[$0.key], to: 40))" }
    let rest = order.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more classes" : "")
  }
}
