import ApusToolkit
import Testing

/// Which combinations a sweep runs, and why it leaves others out.
@Suite struct SweepPlanTests {
  typealias Size = SweepConfiguration.Size

  static func square(_ side: Int) -> Size { Size(height: side, width: side) }

  static let checkpoint = SweepModel(path: "net.pt", sha256: "a", size: square(640))

  static let file = SweepModel(
    path: "net.onnx", sha256: "b", size: square(416), hasFixedSize: true, fixedBatch: 1,
    heads: .decoded)

  /// The reason for which a single combination is left out.
  private static func reason(
    _ model: SweepModel, _ change: (inout SweepAxes) -> Void
  ) throws -> String? {
    var axes = SweepAxes()
    change(&axes)
    let other = SweepModel(path: "other.pt", sha256: "c", size: square(1280))
    var both = axes
    both.sizes = axes.sizes.isEmpty ? [] : axes.sizes + [square(1280)]
    both.heads = axes.heads.isEmpty ? [] : axes.heads + [.end2end]
    both.precisions = axes.precisions + [.fp32]
    let plan = try SweepPlan(both, models: [model, other])
    return plan.exclusions.first { $0.configuration.model == model.path }?.reason
  }

  @Test func withoutAxesEachModelRunsAsItIs() throws {
    let plan = try SweepPlan(SweepAxes(), models: [Self.checkpoint, Self.file])
    #expect(
      plan.configurations == [
        SweepConfiguration(model: "net.pt", size: Self.square(640), heads: .raw),
        SweepConfiguration(model: "net.onnx", size: Self.square(416), heads: .decoded),
      ])
    #expect(plan.exclusions.isEmpty)
  }

  @Test func everyCombinationIsRunOrNamed() throws {
    var axes = SweepAxes()
    axes.sizes = [320, 416, 600].map(Self.square)
    axes.precisions = [.fp32, .fp16]
    axes.batches = [1, 4]
    axes.preprocesses = [.own, PreprocessVariant(fit: .stretch), PreprocessVariant(fit: .rect)]
    axes.heads = [.raw, .decoded]
    let plan = try SweepPlan(axes, models: [Self.checkpoint, Self.file])
    #expect(plan.configurations.count + plan.exclusions.count == 2 * 3 * 2 * 2 * 3 * 2)
    // The checkpoint: two sizes. The file: its size, fp32, batch 1, no rectangle, its heads.
    #expect(plan.configurations.count == 2 * 2 * 2 * 3 * 2 + 2)
    #expect(Set(plan.configurations).isDisjoint(with: plan.exclusions.map(\.configuration)))
    #expect(plan.steps.count == plan.configurations.count)
  }

  @Test func valuesGivenTwiceCountOnce() throws {
    var axes = SweepAxes()
    axes.sizes = [320, 320].map(Self.square)
    axes.batches = [1, 1]
    let plan = try SweepPlan(axes, models: [Self.checkpoint, Self.checkpoint])
    #expect(plan.configurations.count == 1)
  }

  @Test func whatIsLeftOutSaysWhy() throws {
    let stride = try Self.reason(Self.checkpoint) { $0.sizes = [Self.square(600)] }
    #expect(stride == "600 is no multiple of its stride 32; near it is 608")
    let fixed = try Self.reason(Self.file) { $0.sizes = [Self.square(640)] }
    #expect(fixed?.contains("fixed size 416") == true)
    let rectangle = try Self.reason(Self.file) { $0.preprocesses = [PreprocessVariant(fit: .rect)] }
    #expect(rectangle?.contains("no rectangle") == true)
    let batch = try Self.reason(Self.file) { $0.batches = [4] }
    #expect(batch == "its input takes batches of 1 alone")
    let raw = try Self.reason(Self.file) { $0.heads = [.raw] }
    #expect(raw?.contains("decoded already") == true)
    let half = try Self.reason(Self.file) { $0.precisions = [.fp16] }
    #expect(half?.contains("half precision") == true)
    var warped = Self.checkpoint
    warped.isWarped = true
    let rectangles = try Self.reason(warped) {
      $0.preprocesses = [PreprocessVariant(fit: .rect)]
      $0.batches = [2]
    }
    #expect(rectangles?.contains("batch 1") == true)
    var unknown = Self.checkpoint
    unknown.heads = nil
    let heads = try Self.reason(unknown) { $0.heads = [.decoded] }
    #expect(heads?.contains("apus cut") == true)
  }

  @Test func nothingLeftToRunIsAnError() {
    var axes = SweepAxes()
    axes.sizes = (1...20).map { Self.square(32 * $0 + 1) }
    let error = #expect(throws: ApusError.self) { try SweepPlan(axes, models: [Self.checkpoint]) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("no combination can be run") == true)
    #expect(error?.message.contains("and 12 more reasons") == true)
  }

  @Test func aConfigurationIsACommandOfItsOwn() {
    var configuration = SweepConfiguration(model: "net.pt", size: Size(height: 384, width: 640))
    #expect(
      configuration.validationArguments == ["net.pt", "--image-size", "384x640", "--batch", "1"])
    configuration.preprocess = PreprocessVariant(fit: .rect, interpolation: .area)
    configuration.heads = .decoded
    configuration.precision = .fp16
    #expect(
      configuration.validationArguments.dropFirst(5) == [
        "--rect", "--preprocess", "own+area", "--heads", "decoded", "--half",
      ])
    configuration.preprocess = PreprocessVariant(fit: .stretch)
    #expect(configuration.validationArguments.contains("stretch"))
    #expect(!configuration.validationArguments.contains("--rect"))
  }

  @Test(arguments: ["own", "rect", "letterbox", "top-left", "stretch", "rect+linear", "own+area"])
  func variantsAreReadAsTheyAreWritten(_ text: String) {
    #expect(PreprocessVariant(text)?.description == text)
  }

  @Test(arguments: ["", "+area", "own+own", "own+", "squash", "own+area+linear", "Own"])
  func otherWordsAreNoVariants(_ text: String) {
    #expect(PreprocessVariant(text) == nil)
  }
}
