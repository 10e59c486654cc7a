import ApusCompiler
import ApusPlan
import ApusTestSupport
import Testing

/// The arena: buffers that live at the same time lie apart, and together they take little more than has to live.
@Suite struct MemoryPlannerTests {
  /// Buffers by their size in units of 16 floats and the steps between which they live.
  private struct Buffers {
    let lives: [(size: Int, steps: ClosedRange<Int>)]

    private var places: [Place] {
      var offset = 0
      return lives.map { life in
        defer { offset += 16 * life.size }
        return Place(.arena, offset: offset, count: 16 * life.size)
      }
    }

    /// The most units that live at one step.
    var bound: Int {
      let steps = lives.flatMap { [$0.steps.lowerBound, $0.steps.upperBound] }
      return steps.map { step in
        lives.filter { $0.steps.contains(step) }.reduce(0) { $0 + $1.size }
      }.max() ?? 0
    }

    /// The units of the arena, and where each buffer begins.
    func plan() -> (count: Int, offsets: [Int]) {
      let last = lives.map(\.steps.upperBound).max() ?? 0
      let steps = (0...last).map { step in
        let used = zip(lives, places).filter {
          $0.0.steps.lowerBound == step || $0.0.steps.upperBound == step
        }
        return ApusPlan.Operation.copy(
          CopyStep(
            boxes: used.map {
              CopyStep.Box(
                source: $1, sourceOffset: 0, sourceStrides: [1], destinationOffset: 0,
                destinationStrides: [1], shape: [1])
            }, destination: used.first?.1 ?? Place(.constants, offset: 0, count: 0)))
      }
      let planner = MemoryPlanner(
        buffers: places.map { VirtualBuffer(place: $0) }, steps: steps, inputs: [], outputs: [])
      return (planner.count / 16, places.map { planner.place($0).offset / 16 })
    }
  }

  /// By size alone these take 11 units.
  @Test func largeBuffersOfQuietTimesGiveWay() {
    let buffers = Buffers(lives: [(4, 1...1), (3, 2...3), (4, 0...3), (3, 3...3)])
    #expect(buffers.bound == 10)
    #expect(buffers.plan().count == 10)
  }

  @Test(arguments: 0..<UInt64(200))
  func buffersThatLiveTogetherLieApart(_ seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let buffers = Buffers(
      lives: (0..<Int.random(in: 1...30, using: &generator)).map { _ in
        let first = Int.random(in: 0...20, using: &generator)
        return (
          Int.random(in: 1...40, using: &generator),
          first...first + Int.random(in: 0...6, using: &generator)
        )
      })
    let (count, offsets) = buffers.plan()
    #expect(count >= buffers.bound && Double(count) <= 1.3 * Double(buffers.bound))
    for (a, life) in buffers.lives.enumerated() {
      #expect(offsets[a] >= 0 && offsets[a] + life.size <= count)
      for (b, other) in buffers.lives.enumerated()
      where a < b && life.steps.overlaps(other.steps) {
        #expect(
          offsets[a] + life.size <= offsets[b] || offsets[b] + other.size <= offsets[a],
          "\(a) and \(b)")
      }
    }
  }

  /// What is written before every run gives its memory up when it has been read; what is written once keeps it.
  @Test func fleetingInputsAreOverwritten() {
    let places = (0..<3).map { Place(.arena, offset: 16 * $0, count: 16) }
    let steps = (0..<2).map {
      ApusPlan.Operation.unary(
        UnaryStep(function: .relu, source: places[$0], destination: places[$0 + 1]))
    }
    let buffers = places.map { VirtualBuffer(place: $0) }
    let kept = MemoryPlanner(
      buffers: buffers, steps: steps, inputs: [places[0]], outputs: [places[2]])
    let fleeting = MemoryPlanner(
      buffers: buffers, steps: steps, inputs: [], fleeting: [places[0]], outputs: [places[2]])
    #expect(kept.count == 48 && fleeting.count == 32)
    #expect(fleeting.place(places[0]) == fleeting.place(places[2]))
  }
}
