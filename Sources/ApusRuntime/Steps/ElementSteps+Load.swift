import ApusKernels
import ApusPlan

extension Loader {
  func load(_ step: UnaryStep) throws(RuntimeError) -> LoadedStep {
    let (kernel, activation) = (kernels.unary, Activation(step.function))
    let source = try memories(step.source)
    let destination = try memories(step.destination)
    try require(source, destination.count, "source")
    let (tasks, length) = cut(destination.count)
    return LoadedStep(tasks: tasks) { task, _ in
      let offset = task * length
      let count = min(length, destination.count - offset)
      kernel(
        activation, source.part(offset: offset, count: count),
        into: destination.part(offset: offset, count: count))
    }
  }

  func load(_ step: BinaryStep) throws(RuntimeError) -> LoadedStep {
    let rows = step.rows.reduce(1, *)
    let left = try memories(step.left)
    let right = try memories(step.right)
    let destination = try memories(step.destination)
    try require(destination, rows * step.run, "destination")
    for (side, strides, repeats) in [
      (left, step.leftStrides, step.repeatsLeft), (right, step.rightStrides, step.repeatsRight),
    ] {
      guard strides.count == step.rows.count, strides.allSatisfy({ $0 >= 0 }) else {
        throw RuntimeError(.plan, "strides \(strides) do not fit rows \(step.rows)")
      }
      let last = zip(step.rows, strides).reduce(0) { $0 + max(0, $1.0 - 1) * $1.1 }
      guard rows * step.run == 0 || last + (repeats ? 1 : step.run) <= side.count else {
        throw RuntimeError(.plan, "a side of \(side.count) elements is read past its end")
      }
    }
    return rows == 1
      ? wholeRun(step, left, right, destination) : rowByRow(step, rows, left, right, destination)
  }

  private func wholeRun(
    _ step: BinaryStep, _ left: FloatRegion, _ right: FloatRegion, _ destination: FloatRegion
  ) -> LoadedStep {
    let (kernel, operation) = (kernels.binary, ApusKernels.BinaryOperation(step.function))
    let (tasks, length) = cut(step.run)
    return LoadedStep(tasks: tasks) { task, _ in
      let offset = task * length
      let count = min(length, step.run - offset)
      kernel(
        operation, left.part(step.repeatsLeft ? 0 : offset, step.repeatsLeft ? 1 : count),
        right.part(step.repeatsRight ? 0 : offset, step.repeatsRight ? 1 : count),
        into: destination.part(offset, count))
    }
  }

  private func rowByRow(
    _ step: BinaryStep, _ rows: Int, _ left: FloatRegion, _ right: FloatRegion,
    _ destination: FloatRegion
  ) -> LoadedStep {
    let (kernel, operation) = (kernels.binary, ApusKernels.BinaryOperation(step.function))
    let (tasks, length) = cut(rows, unit: step.run)
    let run = step.run
    return LoadedStep(tasks: tasks) { task, _ in
      for row in task * length..<min(rows, (task + 1) * length) {
        var (rest, leftOffset, rightOffset) = (row, 0, 0)
        for axis in stride(from: step.rows.count - 1, through: 0, by: -1) {
          let index = rest % step.rows[axis]
          rest /= step.rows[axis]
          leftOffset += index * step.leftStrides[axis]
          rightOffset += index * step.rightStrides[axis]
        }
        kernel(
          operation, left.part(leftOffset, step.repeatsLeft ? 1 : run),
          right.part(rightOffset, step.repeatsRight ? 1 : run),
          into: destination.part(row * run, run))
      }
    }
  }

  func load(_ step: SoftmaxStep) throws(RuntimeError) -> LoadedStep {
    let kernel = kernels.row
    let source = try memories(step.source)
    let destination = try memories(step.destination)
    let block = step.length * step.inner
    try require(source, destination.count, "source")
    guard block > 0, destination.count % block == 0 else {
      throw RuntimeError(.plan, "\(destination.count) elements are no whole blocks of \(block)")
    }
    let (tasks, length) = cut(destination.count / block, unit: block)
    return LoadedStep(tasks: tasks) { task, _ in
      for index in task * length..<min(destination.count / block, (task + 1) * length) {
        kernel.softmax(
          length: step.length, inner: step.inner, source.part(index * block, block),
          into: destination.part(index * block, block))
      }
    }
  }

  func load(_ step: MeanStep) throws(RuntimeError) -> LoadedStep {
    let kernel = kernels.row
    let source = try memories(step.source)
    let destination = try memories(step.destination)
    try require(source, destination.count * step.length, "source")
    let (tasks, length) = cut(destination.count, unit: step.length)
    return LoadedStep(tasks: tasks) { task, _ in
      for row in task * length..<min(destination.count, (task + 1) * length) {
        let sum = kernel.sum(source.part(row * step.length, step.length))
        destination[row] = sum / Float(step.length)
      }
    }
  }
}

extension FloatRegion {
  fileprivate func part(_ offset: Int, _ count: Int) -> FloatRegion {
    part(offset: offset, count: count)
  }
}
