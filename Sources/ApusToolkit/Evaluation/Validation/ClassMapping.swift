import ApusDatasets

/// Which class of a data set each class of a model is.
///
/// Classes are the same where their names are, letter by letter, or else but for upper and lower case and spaces
/// around. A model without names, with as many classes as the data set, has the data set's in their order.
package struct ClassMapping {
  /// The id of the data set's class, by the position of the model's; nil where the data set has none.
  package let ids: [Int?]
  /// What a reader of the numbers must know.
  package let notes: [String]

  /// Pairs the classes.
  ///
  /// - Parameters:
  ///   - names: the model's own names; empty where it carries none.
  ///   - count: how many classes the model has; nil where it does not tell.
  /// - Throws: `ApusError` where the two have no class in common.
  package init(
    names: [String], count: Int?, modelPath: String, data: EvaluationData
  ) throws(ApusError) {
    let classes = data.dataset.classes
    guard !names.isEmpty else {
      guard (count ?? classes.count) == classes.count else {
        throw .failure(
          "'\(modelPath)': the model carries no class names, and its \(count ?? 0) classes are not the"
            + " \(classes.count) of '\(data.path)'; name them with --names")
      }
      ids = classes.map(\.id)
      notes = [
        "the model carries no class names; its classes were taken for the data set's \(classes.count), in"
          + " order"
      ]
      return
    }
    var exact: [String: Int] = [:]
    var folded: [String: Int] = [:]
    for (position, entry) in classes.enumerated() {
      exact[entry.name] = exact[entry.name] ?? position
      let name = Self.folded(entry.name)
      folded[name] = folded[name] ?? position
    }
    let positions = names.map { exact[$0] ?? folded[Self.folded($0)] }
    let known = Set(positions.compactMap(\.self))
    guard !known.isEmpty else {
      throw .failure(
        "the classes of '\(modelPath)' (\(Self.list(names))) and of '\(data.path)'"
          + " (\(Self.list(classes.map(\.name)))) have no name in common; name the model's as the data"
          + " set does with --names")
    }
    var notes: [String] = []
    let lost = zip(names, positions).filter { $0.1 == nil }.map(\.0)
    if !lost.isEmpty {
      notes.append(
        "\(lost.count) of the model's \(names.count) classes are not in the data set, and their detections"
          + " were left out: \(Self.list(lost))")
    }
    let unknown = classes.indices.filter { !known.contains($0) }.map { classes[$0].name }
    if !unknown.isEmpty {
      notes.append(
        "\(unknown.count) of the data set's \(classes.count) classes are unknown to the model, and all of"
          + " their objects count as missed: \(Self.list(unknown))")
    }
    ids = positions.map { $0.map { classes[$0].id } }
    self.notes = notes
  }

  private static func folded(_ name: String) -> String {
    var rest = Substring(name.lowercased())
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }

  /// At most eight names.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
