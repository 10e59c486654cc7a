import ApusPlan
import ApusRuntime
import ApusTensor
import Foundation

/// Inputs of a plan, and what a session of one thread makes of them.
struct StressCases: Sendable {
  private let plan: Plan
  private let inputs: [[Tensor]]
  private let outputs: [[Tensor]]

  init(_ plan: Plan) throws {
    self.plan = plan
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next() -> Float {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Float(state >> 40) / Float(1 << 24)
    }
    inputs = (0..<8).map { _ in
      plan.inputs.map { binding in
        let shape = binding.shape ?? []
        return Tensor((0..<shape.count).map { _ in next() }, shape: shape)
      }
    }
    let session = try Session(plan)
    outputs = try inputs.map { try session.run(inputs: $0) }
  }

  /// Runs a session of its own on this thread.
  func check(runs: Int, seed: Int, threads: Int) throws {
    let session = try Session(plan, threads: threads)
    for run in 0..<runs {
      let index = (run + seed) % inputs.count
      guard try session.run(inputs: inputs[index]) == outputs[index] else {
        throw Failure("session \(seed): run \(run) gave another result")
      }
    }
  }

  /// Runs a session of its own for this task.
  func checkAsync(runs: Int, seed: Int, threads: Int) async throws {
    let session = try AsyncSession(plan, threads: threads)
    for run in 0..<runs {
      let index = (run + seed) % inputs.count
      guard try await session.run(inputs: inputs[index]) == outputs[index] else {
        throw Failure("session \(seed): run \(run) gave another result")
      }
    }
  }
}

/// A thread of the system.
final class Worker: @unchecked Sendable {
  // Invariant of @unchecked Sendable: the thread writes `error` before `join` returns and reads it.
  private let body: @Sendable () throws -> Void
  private var error: (any Error)?
  private var handle: pthread_t?

  init(_ body: @escaping @Sendable () throws -> Void) throws {
    self.body = body
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let argument = Unmanaged.passRetained(self)
    let status = pthread_create(
      &thread, nil,
      { argument in
        let opaque: UnsafeMutableRawPointer? = argument
        if let opaque {
          let worker = Unmanaged<Worker>.fromOpaque(opaque).takeRetainedValue()
          do { try worker.body() } catch { worker.error = error }
        }
        return nil
      }, argument.toOpaque())
    guard status == 0 else {
      argument.release()
      throw Failure("no thread could be started")
    }
    handle = thread
  }

  func join() -> (any Error)? {
    if let handle { pthread_join(handle, nil) }
    return error
  }
}

/// Bytes of memory that the process takes up now; 0 where the system does not tell.
func residentBytes() -> Int {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
    return 0
  }
  let fields = text.split(separator: " ")
  return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
}
