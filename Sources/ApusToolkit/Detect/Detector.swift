public import ApusBoxes
import ApusCompiler
import ApusFamilies
import ApusGraph
public import ApusImage
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
    /// Compiling the network, once for each shape of the input; else 0.
    public var compilation = 0.0
    /// Running the network.
    public var inference = 0.0
    /// Decoding and suppression.
    public var postprocess = 0.0
  }

  /// The names of the classes.
  public let classNames: ClassNames
  /// What the last detection took, of all pictures of a batch together.
  public private(set) var timing = Timing()
  /// How many pictures the network takes at once.
  package let batch: Int
  private let graph: Graph
  private let reading: OutputReading
  /// The number of classes, where names or outputs tell.
  package let classCount: Int?
  private let options: DetectionOptions
  /// The thresholds that hold.
  package let suppression: NMS.Options
  private let preprocessor: Preprocessor
  /// Height and width of the input; of rectangles the square that pictures are scaled to.
  package let inputSize: (height: Int, width: Int)
  /// The multiple of the input's sides, in pixels.
  package let stride: Int
  private let card: ModelCard
  private var sessions: [Shape: Session] = [:]

  /// Makes a model ready.
  ///
  /// - Throws: `ApusError` where the outputs are not understood, the model does not accept the size, or an
  ///   operator cannot be run.
  public init(_ model: Model, options: DetectionOptions = DetectionOptions()) throws(ApusError) {
    self.options = options
    let reading = try Self.reading(of: model)
    self.reading = reading
    graph = try model.preparedGraph()
    var card = reading.card
    card.preprocess = options.preprocess.applied(to: card.preprocess)
    self.card = card
    classNames = try Self.classNames(of: model, reading)
    classCount = reading.classCount ?? (card.classNames.isEmpty ? nil : card.classNames.count)
    suppression = options.suppression(card)
    preprocessor = Preprocessor(card.preprocess)
    // NanoDet-Plus halves its third level once more, rounding up; no multiple of that level is needed.
    let coarsest = max(card.strides.max() ?? 32, 1)
    stride = card.suppression == .nanodet ? min(coarsest, 32) : coarsest
    inputSize = try Self.inputSize(model, options: options, stride: stride)
    batch = try Self.batch(model, options: options)
    let input = model.graph[model.graph.inputs[0]].name
    try ModelLimits.checkSizes(
      of: model.graph, path: model.path,
      inputShapes: [input: [batch, 3, inputSize.height, inputSize.width]])
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

  /// A model's card, completed by what was recognised.
  static func card(of model: Model) throws(ApusError) -> ModelCard { try reading(of: model).card }

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
    try detect(batch: [image])[0]
  }

  /// Finds objects in pictures that go through the network together; boxes of each in its own pixels.
  ///
  /// - Parameters:
  ///   - images: at least one, at most as many as the network takes at once; where the model's batch is fixed,
  ///     the last one is repeated to fill it.
  ///   - size: height and width of the input; nil for the detector's own. Pictures are scaled as for that.
  package func detect(
    batch images: [Image], inputSize size: (height: Int, width: Int)? = nil
  ) throws(ApusError) -> [[Detection]] {
    let clock = ContinuousClock()
    let start = clock.now
    let letterbox = letterbox(size)
    do {
      let (input, geometries) = try input(images, letterbox: letterbox)
      let fitted = clock.now
      let session = try session(for: input.shape)
      let compiled = clock.now
      let outputs = try session.run(inputs: [input])
      let done = clock.now
      var detections: [[Detection]] = []
      for (index, geometry) in geometries.enumerated() {
        let found = try reading.detections(
          outputs, image: index, inputSize: (input.shape[2], input.shape[3]), options: suppression,
          suppressesDuplicates: options.suppressesDuplicates)
        let mapping = options.purpose == .prediction ? geometry.placed : geometry.validated
        detections.append(
          found.map { detection in
            Detection(
              box: mapping.toOriginal(detection.box), score: detection.score,
              classID: detection.classID)
          })
      }
      timing = Timing(
        preprocess: (fitted - start) / .seconds(1), compilation: (compiled - fitted) / .seconds(1),
        inference: (done - compiled) / .seconds(1), postprocess: (clock.now - done) / .seconds(1))
      return detections
    } catch let error as ApusError {
      throw error
    } catch {
      throw .failure("\(error)")
    }
  }

  private func letterbox(_ size: (height: Int, width: Int)?) -> Letterbox {
    let size = size ?? inputSize
    let isCut = options.isRectangular && (options.purpose == .prediction || isWarped)
    return preprocessor.letterbox(
      width: size.width, height: size.height, minimumRectangleStride: isCut ? stride : nil,
      validation: options.purpose == .prediction
        ? nil
        : ValidationFit(
          longestSide: max(inputSize.height, inputSize.width),
          averagesWhenShrinking: options.preprocess.averages ?? (card.suppression != .topK)))
  }

  /// Whether pictures are warped, as NanoDet's are, and not resized.
  package var isWarped: Bool { card.preprocess.interpolation == .warp }

  /// The input of the network, `[N, 3, H, W]`, and how each picture was fitted.
  private func input(
    _ images: [Image], letterbox: Letterbox
  ) throws -> (Tensor, [LetterboxGeometry]) {
    guard images.count > 1 || batch > 1 else {
      let (tensor, geometry) = try preprocessor.input(images[0], letterbox: letterbox)
      return (tensor, [geometry])
    }
    var values: [Float] = []
    var geometries: [LetterboxGeometry] = []
    var shape: [Int] = []
    for image in images {
      let (tensor, geometry) = try preprocessor.input(image, letterbox: letterbox)
      shape = tensor.shape.dimensions
      values += tensor.elements(as: Float.self)
      geometries.append(geometry)
    }
    let count = hasFixedBatch ? max(batch, images.count) : images.count
    let size = values.count / images.count
    for _ in images.count..<count { values += values.suffix(size) }
    return (Tensor(values, shape: Shape([count] + shape.dropFirst())), geometries)
  }

  private var hasFixedBatch: Bool { graph[graph.inputs[0]].fact.shape?[0].fixed != nil }

  /// The plan for an input of the given shape, compiled when it is first met.
  private func session(for shape: Shape) throws -> Session {
    if let session = sessions[shape] { return session }
    let input = graph[graph.inputs[0]]
    let compiled = try Compiler(environment: ProcessInfo.processInfo.environment).compile(
      graph, inputShapes: [input.name: shape])
    let session = try Session(
      compiled.plan, threads: options.threads, host: compiled.host)
    // A folder of pictures of many sizes must not hold a plan for each of them.
    if sessions.count >= 16 { sessions.removeAll() }
    sessions[shape] = session
    return session
  }
}
