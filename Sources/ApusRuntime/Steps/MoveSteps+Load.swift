import ApusKernels
import ApusPlan

extension Loader {
  func load(_ step: CopyStep) throws(RuntimeError) -> LoadedStep {
    let destination = try memories(step.destination)
    var pieces: [(box: Move.Box, source: FloatRegion)] = []
    for box in step.boxes {
      let source = try memories(box.source)
      guard box.shape.count <= Move.maximumRank else {
        throw RuntimeError(.plan, "a copy has \(box.shape.count) axes")
      }
      for part in cut(box) { pieces.append((part, source)) }
    }
    let copies = pieces
    if let background = step.background {
      // The background goes first, so the boxes follow in the same task.
      return LoadedStep(tasks: 1) { _, _ in
        destination.fill(background)
        for copy in copies { Move.copy(copy.box, copy.source, into: destination) }
      }
    }
    return LoadedStep(tasks: copies.count) { task, _ in
      Move.copy(copies[task].box, copies[task].source, into: destination)
    }
  }

  /// Cuts a box along its first axis of more than one element.
  private func cut(_ box: CopyStep.Box) -> [Move.Box] {
    let total = box.shape.reduce(1, *)
    guard total > 0 else { return [] }
    let axis = box.shape.firstIndex { $0 > 1 } ?? 0
    let size = box.shape.isEmpty ? 1 : box.shape[axis]
    let (tasks, length) = cut(size, unit: total / size)
    return (0..<tasks).map { task in
      var shape = box.shape
      var (from, to) = (box.sourceOffset, box.destinationOffset)
      if !shape.isEmpty {
        shape[axis] = min(length, size - task * length)
        from += task * length * box.sourceStrides[axis]
        to += task * length * box.destinationStrides[axis]
      }
      return Move.Box(
        shape: shape, sourceStrides: box.sourceStrides, sourceOffset: from,
        destinationStrides: box.destinationStrides, destinationOffset: to)
    }
  }

  func load(_ step: GatherStep) throws(RuntimeError) -> LoadedStep {
    let source = try memories(step.source)
    let destination = try memories(step.destination)
    let (input, output) = (step.width * step.height, step.rows.count * step.columns.count)
    guard input > 0, output > 0, destination.count % output == 0 else {
      throw RuntimeError(.plan, "\(destination.count) results are no whole planes of \(output)")
    }
    let planes = destination.count / output
    try require(source, planes * input, "source")
    return LoadedStep(tasks: planes) { task, _ in
      Move.gather(
        source.part(offset: task * input, count: input), width: step.width, rows: step.rows,
        columns: step.columns, into: destination.part(offset: task * output, count: output))
    }
  }
}
