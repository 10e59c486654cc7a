import ApusKernels
import ApusPlan
import ApusTensor

/// The two memories of a loaded plan.
struct Memories {
  let arena: FloatMemory
  let constants: FloatMemory

  init(_ plan: Plan) throws(RuntimeError) {
    guard plan.constants.dtype == .uint8, plan.constants.count % 4 == 0 else {
      throw RuntimeError(
        .plan, "constants are \(plan.constants.dtype) \(plan.constants.shape), not whole words")
    }
    guard let room = FloatMemory(zeros: plan.arenaCount) else {
      throw RuntimeError(
        .plan, "the machine has no memory for an arena of \(plan.arenaCount) words of 4 bytes")
    }
    arena = room
    let tensor = plan.constants
    constants = tensor.withBytes { FloatMemory(reading: $0, of: tensor) }
  }

  /// The floats of a place.
  func callAsFunction(_ place: Place) throws(RuntimeError) -> FloatRegion {
    let memory = place.memory == .arena ? arena : constants
    guard place.offset >= 0, place.count >= 0, place.count <= memory.count,
      place.offset <= memory.count - place.count
    else {
      throw RuntimeError(.plan, "\(place) lies outside a memory of \(memory.count) floats")
    }
    return memory.region(offset: place.offset, count: place.count)
  }
}

/// A step of a loaded plan: what the worker pool runs.
struct LoadedStep: Sendable {
  /// The number of tasks, which may run at the same time.
  let tasks: Int
  /// Floats of scratch memory that a worker needs.
  var scratch = 0
  /// Runs one task with the scratch memory of its worker.
  let body: @Sendable (_ task: Int, _ scratch: FloatRegion) -> Void
}

/// What steps are loaded with.
struct Loader {
  let memories: Memories
  let kernels: KernelSet
  let threads: Int

  /// Elements that are worth a task of their own.
  static let elementsPerTask = 1 << 14

  /// Cuts `count` elements into tasks: how many, and how long each but the last.
  func cut(_ count: Int, unit: Int = 1) -> (tasks: Int, length: Int) {
    guard count > 0 else { return (0, 1) }
    let wanted = threads == 1 ? 1 : max(1, min(4 * threads, count * unit / Self.elementsPerTask))
    let length = (count + wanted - 1) / wanted
    return ((count + length - 1) / length, length)
  }

  /// Fails unless a place holds as many elements as a step reads or writes there.
  func require(_ region: FloatRegion, _ count: Int, _ what: String) throws(RuntimeError) {
    guard region.count == count else {
      throw RuntimeError(.plan, "\(what) has \(region.count) elements, but the step needs \(count)")
    }
  }

  /// Makes a step runnable; nil for steps that are computed outside the plan.
  func load(_ operation: Operation) throws(RuntimeError) -> LoadedStep? {
    switch operation {
    case .convolution(let step): try load(step)
    case .depthwise(let step): try load(step)
    case .pool(let step): try load(step)
    case .unary(let step): try load(step)
    case .binary(let step): try load(step)
    case .copy(let step): try load(step)
    case .gather(let step): try load(step)
    case .interpolate(let step): try load(step)
    case .softmax(let step): try load(step)
    case .mean(let step): try load(step)
    case .pack(let step): try load(step)
    case .feature(let step): try load(step)
    case .host: nil
    }
  }
}
