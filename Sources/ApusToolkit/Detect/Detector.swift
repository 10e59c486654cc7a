public import ApusBoxes
import ApusCompiler
import ApusFamilies
import ApusGraph
public import ApusImage
import ApusPasses
import ApusRuntime
import ApusTensor
import Foundation

/// A model made ready to find objects in pictures: pixels in, boxes out.
///
/// The network is compiled for each input size it meets, once. A detector serves one caller at a time.
public final class Detector {
  /// How long the parts of one detection took, in seconds.
  public struct Timing: Sendable {
    /// Fitting the picture into the input.
    public var preprocess = 0.0
    /// Running the network.
    public var inference = 0.0
    /// Decoding and suppression.
    public var postprocess = 0.0
  }

  /// The names of the classes.
  public let classNames: ClassNames
  /// What the last detection took.
  public private(set) var timing = Timing()
  private let graph: Graph
  private let reading: OutputReading
  private let options: DetectionOptions
  private let suppression: NMS.Options
  private let preprocessor: Preprocessor
  private let inputSize: (height: Int, width: Int)
  private let stride: Int
  private var executors: [Shape: PlanExecutor] = [:]

  /// Makes a model ready.
  ///
  /// - Throws: `ApusError` where the outputs are not understood, the model does not accept the size, or an
  ///   operator cannot be run.
  public init(_ model: Model, options: DetectionOptions = DetectionOptions()) throws(ApusError) {
    self.options = options
    let reading = try Self.reading(of: model)
    self.reading = reading
    do {
      var graph = model.graph
      _ = try Pipeline.simplify.run(on: &graph)
      graph = try SinglePrecision.widening(graph)
      _ = try Pipeline.compile.run(on: &graph)
      self.graph = graph
    } catch {
      throw .failure("'\(model.path)': \(error)")
    }
    let card = reading.card
    classNames = try Self.classNames(of: model, reading)
    suppression = options.suppression(card)
    preprocessor = Preprocessor(card.preprocess)
    // NanoDet-Plus halves its third level once more, rounding up; no multiple of that level is needed.
    let coarsest = max(card.strides.max() ?? 32, 1)
    stride = card.suppression == .nanodet ? min(coarsest, 32) : coarsest
    inputSize = try Self.inputSize(model, options: options, stride: stride)
    let input = model.graph[model.graph.inputs[0]].name
    try ModelLimits.checkSizes(
      of: model.graph, path: model.path,
      inputShapes: [input: [1, 3, inputSize.height, inputSize.width]])
  }

  /// Gives the classes of a model other names, one for each.
  ///
  /// - Throws: `ApusError` where the model has another number of classes.
  public static func rename(
    classesOf model: inout Model, to names: [String]
  ) throws(ApusError) {
    // The names count among what tells classes from distributions.
    var renamed = model
    renamed.graph.card.classNames = names
    if let count = try reading(of: renamed).classCount, count != names.count {
      throw wrongCount(names.count, of: count, model.path)
    }
    model = renamed
  }

  /// Gives a model with raw anchor heads its anchors.
  ///
  /// - Parameter text: widths and heights in input pixels, finest level first:
  ///   `10,13,16,30,33,23/30,61,62,45,59,119/116,90,156,198,373,326`.
  /// - Throws: `ApusError` where the text is no list of anchors.
  public static func setAnchors(of model: inout Model, to text: String) throws(ApusError) {
    do {
      model.graph.card.anchors = try AnchorText.parse(text)
    } catch {
      throw .usage("\(error)")
    }
  }

  /// How a model's outputs were recognised, in words; nil where its card states what they are.
  public static func recognition(of model: Model) throws(ApusError) -> String? {
    try reading(of: model).reason
  }

  private static func wrongCount(_ found: Int, of expected: Int, _ path: String) -> ApusError {
    .failure(
      "'\(path)': the model has \(expected) classes, but \(found) class names are given; give a name for"
        + " every class, in order, with --names")
  }

  /// The names of a model's classes; stand-ins where it carries none.
  public static func classNames(of model: Model) throws(ApusError) -> ClassNames {
    try classNames(of: model, reading(of: model))
  }

  private static func classNames(
    of model: Model, _ reading: OutputReading
  ) throws(ApusError) -> ClassNames {
    let names = model.graph.card.classNames
    if !names.isEmpty {
      if let count = reading.classCount, count != names.count {
        throw wrongCount(names.count, of: count, model.path)
      }
      return ClassNames(names)
    }
    // Finished detections do not tell how many classes there are; any number names one.
    return ClassNames(count: reading.classCount ?? 1000)
  }

  private static func reading(of model: Model) throws(ApusError) -> OutputReading {
    try ModelLimits.checkOperators(of: model.graph, path: model.path)
    try ModelLimits.checkIsTrained(model.graph, path: model.path)
    do throws(ApusError) {
      return try OutputReading(model.graph)
    } catch {
      throw .failure("'\(model.path)': \(error.message)")
    }
  }

  /// Finds objects in a picture; boxes in pixels of the picture, best first.
  public func detect(_ image: Image) throws(ApusError) -> [Detection] {
    let clock = ContinuousClock()
    let start = clock.now
    let letterbox = preprocessor.letterbox(
      width: inputSize.width, height: inputSize.height,
      minimumRectangleStride: options.isRectangular ? stride : nil)
    do {
      let (input, geometry) = try preprocessor.input(image, letterbox: letterbox)
      let fitted = clock.now
      let executor = try executor(for: input.shape)
      let outputs = try executor.run(inputs: [input])
      let done = clock.now
      let found = try reading.detections(
        outputs, inputSize: (input.shape[2], input.shape[3]), options: suppression,
        suppressesDuplicates: options.suppressesDuplicates)
      let mapping = geometry.placed
      let detections = found.map { detection in
        Detection(
          box: mapping.toOriginal(detection.box), score: detection.score, classID: detection.classID
        )
      }
      timing = Timing(
        preprocess: (fitted - start) / .seconds(1), inference: (done - fitted) / .seconds(1),
        postprocess: (clock.now - done) / .seconds(1))
      return detections
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("\(error)")
    }
  }

  /// The plan for an input of the given shape, compiled when it is first met.
  private func executor(for shape: Shape) throws -> PlanExecutor {
    if let executor = executors[shape] { return executor }
    let input = graph[graph.inputs[0]]
    let compiled = try Compiler(environment: ProcessInfo.processInfo.environment).compile(
      graph, inputShapes: [input.name: shape])
    let executor = try PlanExecutor(
      compiled.plan, threads: options.threads, host: compiled.host)
    // A folder of pictures of many sizes must not hold a plan for each of them.
    if executors.count >= 16 { executors.removeAll() }
    executors[shape] = executor
    return executor
  }

  /// Height and width of the input: what the caller asks for, where the model allows it.
  private static func inputSize(
    _ model: Model, options: DetectionOptions, stride: Int
  ) throws(ApusError) -> (height: Int, width: Int) {
    let graph = model.graph
    guard graph.inputs.count == 1, let shape = graph[graph.inputs[0]].fact.shape, shape.count == 4,
      shape[1].fixed == nil || shape[1].fixed == 3
    else {
      let listed = graph.inputs.map { "'\(graph[$0].name)' \(graph[$0].fact)" }
      throw .failure(
        "'\(model.path)': expected one input [N, 3, H, W], found \(listed.joined(separator: ", "));"
          + " export a model that takes colour pictures alone")
    }
    if let batch = shape[0].fixed, batch != 1 {
      throw .failure("'\(model.path)': the model wants batches of \(batch); export it with batch 1")
    }
    let card = graph.card.inputSize
    let own = (
      height: shape[2].fixed ?? card.first ?? 640, width: shape[3].fixed ?? card.last ?? 640
    )
    let asked = options.inputSize ?? own
    for (name, size, axis) in [("height", asked.height, 2), ("width", asked.width, 3)] {
      if let fixed = shape[axis].fixed, fixed != size || options.isRectangular {
        guard fixed == size, !options.isRectangular else {
          throw .usage(
            "'\(model.path)': the model has a fixed input of \(own.width)x\(own.height); run it"
              + " without --image-size and --rect, or export it with --dynamic")
        }
      }
      guard size > 0, size % stride == 0 || shape[axis].fixed == size else {
        throw .usage(
          "the input's \(name) is \(size), but must be a multiple of \(stride), such as"
            + " \(max(1, (size + stride / 2) / stride) * stride)")
      }
    }
    return asked
  }
}
