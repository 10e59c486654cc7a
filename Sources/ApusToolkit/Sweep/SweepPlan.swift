/// What a sweep goes through: every combination of these.
public struct SweepAxes: Sendable, Hashable {
  /// Sizes of the input; empty for each model's own.
  public var sizes: [SweepConfiguration.Size] = []
  /// How weights are stored.
  public var precisions: [SweepConfiguration.Precision] = [.fp32]
  /// Pictures at once; empty for each model's own, 1 where it takes any.
  public var batches: [Int] = []
  /// How pictures are fitted.
  public var preprocesses: [PreprocessVariant] = [.own]
  /// What outputs hold; empty for each model's own.
  public var heads: [ExportOptions.Heads] = []

  /// Models as they are.
  public init() {}
}

/// What a sweep must know of a model to tell which combinations it allows.
public struct SweepModel: Sendable, Hashable {
  /// The path of the file.
  public var path: String
  /// SHA-256 of the file.
  public var sha256: String
  /// The input it is made for.
  public var size: SweepConfiguration.Size
  /// Whether its input has that size and no other.
  public var hasFixedSize: Bool
  /// What the sides of the input must be a multiple of, in pixels.
  public var stride: Int
  /// How many pictures its input holds; nil for any number.
  public var fixedBatch: Int?
  /// What its outputs hold; nil where its card does not say.
  public var heads: ExportOptions.Heads?
  /// Whether pictures are warped into the input, as NanoDet's are.
  public var isWarped: Bool

  /// A model.
  public init(
    path: String, sha256: String, size: SweepConfiguration.Size, hasFixedSize: Bool = false,
    stride: Int = 32, fixedBatch: Int? = nil, heads: ExportOptions.Heads? = .raw,
    isWarped: Bool = false
  ) {
    self.path = path
    self.sha256 = sha256
    self.size = size
    self.hasFixedSize = hasFixedSize
    self.stride = stride
    self.fixedBatch = fixedBatch
    self.heads = heads
    self.isWarped = isWarped
  }
}

/// The rows of a sweep, and the combinations that cannot be run.
public struct SweepPlan: Sendable {
  /// A combination that is left out.
  public struct Exclusion: Sendable, Hashable {
    /// What it would have been.
    public let configuration: SweepConfiguration
    /// Why it cannot be run.
    public let reason: String

    /// A line for each model and reason, with how many combinations it concerns.
    public static func summary(_ exclusions: [Exclusion]) -> [String] {
      groups(exclusions).map { model, reason, count in
        "\(model): \(reason) (\(count) combination\(count == 1 ? "" : "s"))"
      }
    }

    /// Models and reasons in the order in which they come first, with how many combinations they concern.
    static func groups(
      _ exclusions: [Exclusion]
    ) -> [(model: String, reason: String, count: Int)] {
      var groups: [(model: String, reason: String, count: Int)] = []
      for exclusion in exclusions {
        let model = exclusion.configuration.model
        if let place = groups.firstIndex(where: {
          ($0.model, $0.reason) == (model, exclusion.reason)
        }) {
          groups[place].count += 1
        } else {
          groups.append((model, exclusion.reason, 1))
        }
      }
      return groups
    }
  }

  /// The models, in the order given.
  public let models: [SweepModel]
  /// What is run, model by model, in the order of the axes.
  public private(set) var configurations: [SweepConfiguration] = []
  /// What cannot be run.
  public private(set) var exclusions: [Exclusion] = []

  /// The product of the axes for every model; values that are given twice count once.
  ///
  /// - Throws: `ApusError` where nothing is left to run.
  public init(_ axes: SweepAxes, models: [SweepModel]) throws(ApusError) {
    self.models = models
    var seen: Set<SweepConfiguration> = []
    for model in models {
      let heads: [ExportOptions.Heads?] = axes.heads.isEmpty ? [model.heads] : axes.heads
      for size in axes.sizes.isEmpty ? [model.size] : axes.sizes {
        for precision in axes.precisions {
          for batch in axes.batches.isEmpty ? [model.fixedBatch ?? 1] : axes.batches {
            for preprocess in axes.preprocesses {
              for heads in heads {
                let configuration = SweepConfiguration(
                  model: model.path, size: size, precision: precision, batch: batch,
                  preprocess: preprocess, heads: heads)
                guard seen.insert(configuration).inserted else { continue }
                add(configuration, to: model)
              }
            }
          }
        }
      }
    }
    guard !configurations.isEmpty else {
      let reasons = Exclusion.summary(exclusions)
      throw .usage(
        "no combination can be run:\n" + reasons.prefix(8).map { "  \($0)" }.joined(separator: "\n")
          + (reasons.count > 8 ? "\n  and \(reasons.count - 8) more reasons" : ""))
    }
  }

  private mutating func add(_ configuration: SweepConfiguration, to model: SweepModel) {
    if let reason = model.refusal(of: configuration) {
      exclusions.append(Exclusion(configuration: configuration, reason: reason))
    } else {
      configurations.append(configuration)
    }
  }
}

extension SweepModel {
  /// Why a configuration cannot be run; nil where it can.
  func refusal(of configuration: SweepConfiguration) -> String? {
    sizeRefusal(configuration) ?? headRefusal(configuration)
  }

  private func sizeRefusal(_ configuration: SweepConfiguration) -> String? {
    let (asked, preprocess) = (configuration.size, configuration.preprocess)
    if hasFixedSize, asked != size {
      return "its input has the fixed size \(size); export it with --dynamic"
    }
    if hasFixedSize, preprocess.isRectangular {
      return "its input has the fixed size \(size), which no rectangle is cut from"
    }
    if !hasFixedSize, let side = [asked.height, asked.width].first(where: { $0 % stride != 0 }) {
      let near = max(1, (side + stride / 2) / stride) * stride
      return "\(side) is no multiple of its stride \(stride); near it is \(near)"
    }
    if let fixedBatch, configuration.batch != fixedBatch {
      return "its input takes batches of \(fixedBatch) alone"
    }
    if isWarped, preprocess.interpolation == .own, preprocess.isRectangular, configuration.batch > 1
    {
      return "its pictures are warped each into its own rectangle; run rectangles with batch 1"
    }
    return nil
  }

  private func headRefusal(_ configuration: SweepConfiguration) -> String? {
    guard let heads else {
      return configuration.heads == nil
        ? nil : "its file does not say what its outputs are; cut it with apus cut"
    }
    if let asked = configuration.heads, !asked.follows(heads) {
      return "its outputs are \(heads.rawValue) already; "
        + (asked == .raw ? "cut it back with apus cut" : "give the checkpoint")
    }
    if configuration.precision == .fp16, heads != .raw {
      return "its boxes are decoded in the graph and would lose digits in half precision"
    }
    return nil
  }
}
