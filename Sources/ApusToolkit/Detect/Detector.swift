public import ApusBoxes
import ApusCompiler
import ApusFamilies
import ApusGraph
public import ApusImage
import ApusPlan
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
  private var networks: [Shape: Network] = [:]

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
      let geometries = try images.map {
        try letterbox.geometry(imageWidth: $0.width, imageHeight: $0.height)
      }
      let count = hasFixedBatch ? max(batch, images.count) : images.count
      let shape = Shape([count, 3, geometries[0].height, geometries[0].width])
      guard geometries.allSatisfy({ $0.height == shape[2] && $0.width == shape[3] }) else {
        throw ApusError.failure("pictures of one batch do not have the same input size")
      }
      let network = try network(for: shape, letterbox)
      let compiled = clock.now
      try fill(network, with: images, letterbox, geometries)
      let fitted = clock.now
      try network.session.run()
      let done = clock.now
      let mapped = try zip(geometries, found(by: network, of: images.count, shape)).map {
        geometry, found in
        let mapping = options.purpose == .prediction ? geometry.placed : geometry.validated
        return found.map { detection in
          Detection(
            box: mapping.toOriginal(detection.box), score: detection.score,
            classID: detection.classID)
        }
      }
      timing = Timing(
        preprocess: (fitted - compiled) / .seconds(1),
        compilation: (compiled - start) / .seconds(1),
        inference: (done - fitted) / .seconds(1), postprocess: (clock.now - done) / .seconds(1))
      return mapped
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

  private var hasFixedBatch: Bool { graph[graph.inputs[0]].fact.shape?[0].fixed != nil }

  /// The network, compiled for an input of the given shape when that is first met.
  private func network(for shape: Shape, _ letterbox: Letterbox) throws -> Network {
    if let network = networks[shape] { return network }
    let input = graph[graph.inputs[0]]
    let compiled = try Compiler(
      environment: ProcessInfo.processInfo.environment, keepsMaps: reading.readsMaps
    ).compile(graph, inputShapes: [input.name: shape])
    let session = try Session(
      compiled.plan, threads: options.threads, host: compiled.host)
    var tables: PixelTables?
    if compiled.plan.inputs[0].takesPixels {
      let numbers = try preprocessor.numbers(letterbox)
      tables = try session.pixelTables(0, values: numbers.values, frame: numbers.frame)
    }
    let network = Network(session: session, tables: tables)
    // A folder of pictures of many sizes must not hold a plan for each of them.
    if networks.count >= 16 { networks.removeAll() }
    networks[shape] = network
    return network
  }

  /// Gives the network its input, pixels where it takes them, else numbers; the last picture fills up the batch.
  private func fill(
    _ network: Network, with images: [Image], _ letterbox: Letterbox,
    _ geometries: [LetterboxGeometry]
  ) throws {
    let shape = network.session.plan.inputs[0].shape ?? []
    guard let tables = network.tables else {
      var values: [Float] = []
      for image in images {
        let tensor = try preprocessor.input(image, letterbox: letterbox).tensor
        if shape == tensor.shape { return try network.session.setInput(0, to: tensor) }
        values += tensor.elements(as: Float.self)
      }
      let size = values.count / images.count
      for _ in images.count..<shape[0] { values += values.suffix(size) }
      return try network.session.setInput(0, to: Tensor(values, shape: shape))
    }
    for (index, image) in images.enumerated() {
      let geometry = geometries[index]
      let (content, isReversed) = try preprocessor.content(image, letterbox, geometry)
      for place in index..<(index == images.count - 1 ? shape[0] : index + 1) {
        try network.session.setInput(
          0, image: place, pixels: content.pixels.span, size: (content.height, content.width),
          at: (geometry.top, geometry.left), isReversed: isReversed, through: tables)
      }
    }
  }

  /// What the network has found in each of its first pictures, in pixels of its input.
  private func found(
    by network: Network, of count: Int, _ shape: Shape
  ) throws -> [[Detection]] {
    let session = network.session
    let size = (height: shape[2], width: shape[3])
    var outputs: [Tensor]?
    return try (0..<count).map { image in
      let maps = session.plan.outputs.indices.compactMap { session.outputMap($0, image: image) }
      if maps.count == session.plan.outputs.count,
        let found = try reading.detections(
          maps: maps, inputSize: size, options: suppression,
          suppressesDuplicates: options.suppressesDuplicates)
      {
        return found
      }
      let tensors = try outputs ?? session.plan.outputs.indices.map { try session.output($0) }
      outputs = tensors
      return try reading.detections(
        tensors, image: image, inputSize: size, options: suppression,
        suppressesDuplicates: options.suppressesDuplicates)
    }
  }
}

/// A network compiled for one shape of its input.
private struct Network {
  let session: Session
  /// What pixels become, where the network takes them.
  let tables: PixelTables?
}
