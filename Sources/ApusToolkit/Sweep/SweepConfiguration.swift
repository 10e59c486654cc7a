/// One way to run a model: what varies from row to row of a sweep.
public struct SweepConfiguration: Sendable, Hashable, Codable {
  /// How the weights are stored; kernels compute in single precision.
  public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
    /// As they are, in single precision.
    case fp32
    /// Rounded to half precision, the network before its decoding.
    case fp16
  }

  /// Rows and columns of the network's input.
  public struct Size: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// A size.
    public init(height: Int, width: Int) {
      self.height = height
      self.width = width
    }

    /// `640`, or `480x640` (height, width).
    public var description: String { height == width ? "\(height)" : "\(height)x\(width)" }
  }

  /// The path of the checkpoint or ONNX file.
  public var model: String
  /// The network's input; with rectangles the square that pictures are scaled to.
  public var size: Size
  /// How the weights are stored.
  public var precision: Precision
  /// Pictures that go through the network at once.
  public var batch: Int
  /// How pictures are fitted into the input.
  public var preprocess: PreprocessVariant
  /// What the outputs hold; nil for the model's own, where they are of a kind without a name.
  public var heads: ExportOptions.Heads?

  /// A configuration.
  public init(
    model: String, size: Size, precision: Precision = .fp32, batch: Int = 1,
    preprocess: PreprocessVariant = .own, heads: ExportOptions.Heads? = nil
  ) {
    self.model = model
    self.size = size
    self.precision = precision
    self.batch = batch
    self.preprocess = preprocess
    self.heads = heads
  }

  /// The arguments of `apus val` that measure this configuration alone, the data set aside.
  public var validationArguments: [String] {
    var arguments = [
      model, "--image-size", "\(size.height)x\(size.width)", "--batch", "\(batch)",
    ]
    if preprocess.isRectangular { arguments.append("--rect") }
    if !preprocess.isOwnWithinInput {
      arguments += ["--preprocess", preprocess.withinInput.description]
    }
    if let heads { arguments += ["--heads", heads.rawValue] }
    if precision == .fp16 { arguments.append("--half") }
    return arguments
  }
}

extension SweepConfiguration: CustomStringConvertible {
  /// `yolov5n.pt 640 fp32 batch 1 letterbox raw`.
  public var description: String {
    [
      model, "\(size)", precision.rawValue, "batch \(batch)", preprocess.description,
      heads?.rawValue ?? "own heads",
    ].joined(separator: " ")
  }
}
