/// What object sizes say about the network's input and levels.
extension DatasetStatistics {
  private var total: Double { Double(objects.count) }

  /// The side that an object needs to have a cell of stride 8 of its own.
  private static let cell = 8.0

  /// Which input keeps all but the smallest twentieth or tenth of the objects above one cell of stride 8.
  var inputSizeAdvice: [DatasetAdvice] {
    guard let side = objects.side, let scale = pictures.scale else { return [] }
    var numbers = ["p5": side.p5, "p10": side.p10, "p50": side.p50, "cell": Self.cell]
    let now = Wording.size(input)
    guard side.p5 > 0.05, side.p10 > 0.05 else {
      return [
        DatasetAdvice(
          .inputSize, .act,
          "The smallest tenth of the objects has next to no area at an input of \(now).",
          "Check the labels (apus data check) before choosing an input size.", numbers)
      ]
    }
    let forP5 = input.scaled(by: Self.cell / side.p5)
    let forP10 = input.scaled(by: Self.cell / side.p10)
    let native = input.scaled(by: 1 / scale.p50)
    numbers["sizeForP5"] = Double(max(forP5.width, forP5.height))
    numbers["sizeForP10"] = Double(max(forP10.width, forP10.height))
    numbers["nativeSize"] = Double(max(native.width, native.height))
    if side.p5 >= Self.cell {
      let finding =
        "At \(now), 95 % of the objects measure \(Wording.pixels(side.p5)) px or more "
        + "(square root of the area): more than one cell of stride 8."
      // Half the size is as far as anyone should go without trying.
      let factor = max(0.5, Self.cell / side.p5)
      guard factor <= 0.8 else {
        return [DatasetAdvice(.inputSize, .note, finding, "The input size suits.", numbers)]
      }
      let smaller = input.scaled(by: factor)
      let left = side.p5 * Double(smaller.width) / Double(input.width)
      numbers["smallerSize"] = Double(max(smaller.height, smaller.width))
      return [
        DatasetAdvice(
          .inputSize, .note, finding,
          "Where speed counts, try smaller inputs down to \(Wording.size(smaller)), where they still "
            + "measure \(Wording.pixels(left)) px.", numbers)
      ]
    }
    let finding =
      "At \(now), a tenth of the objects is under \(Wording.pixels(side.p10)) px and a twentieth "
      + "under \(Wording.pixels(side.p5)) px (square root of the area), where a cell of stride 8 "
      + "covers 8 px."
    var suggestion =
      side.p10 < Self.cell
      ? "An input of \(Wording.size(forP10)) brings 90 % of them above 8 px, "
        + "\(Wording.size(forP5)) brings 95 %."
      : "An input of \(Wording.size(forP5)) brings 95 % of them above 8 px."
    let wanted = side.p10 < Self.cell ? forP10 : forP5
    if wanted.width > native.width {
      suggestion +=
        " Half of the pictures have no more pixels than an input of \(Wording.size(native)): "
        + "beyond it objects get larger, not clearer."
    }
    return [
      DatasetAdvice(
        .inputSize, side.p10 < Self.cell ? .act : .consider, finding, suggestion, numbers)
    ]
  }

  /// Whether pictures are so large and objects so small that parts of pictures should be looked at.
  var tilingAdvice: [DatasetAdvice] {
    guard let side = objects.side, let scale = pictures.scale, let original = objects.originalSide,
      let wide = pictures.width, let high = pictures.height, side.p50 < 2 * Self.cell,
      scale.p50 <= 0.5
    else { return [] }
    func tiles(_ length: Double, _ tile: Int) -> Int {
      // Neighbours share a fifth of their side.
      let step = 0.8 * Double(tile)
      return max(1, Int(((length - Double(tile)) / step).rounded(.up)) + 1)
    }
    let (across, down) = (tiles(wide.p50, input.width), tiles(high.p50, input.height))
    return [
      DatasetAdvice(
        .tiling, .act,
        "Half of the objects are under \(Wording.pixels(side.p50)) px at \(Wording.size(input)), but "
          + "\(Wording.pixels(original.p50)) px in the pictures, which are scaled by "
          + "\(Wording.pixels(scale.p50 * 100)) %.",
        "Cut pictures into parts of \(Wording.size(input)) that overlap by a fifth "
          + "(\(across) x \(down) for the median picture) for training and detection, or enlarge the "
          + "input.",
        [
          "p50": side.p50, "originalP50": original.p50, "scale": scale.p50,
          "across": Double(across), "down": Double(down),
        ])
    ]
  }

  /// Which levels of the pyramid have objects.
  var strideAdvice: [DatasetAdvice] {
    let shares = levels.map { Double($0.objects) / total }
    let underEight = Double(levels[1].underCell) / total
    var found: [DatasetAdvice] = []
    if underEight > 0.1 {
      found.append(
        DatasetAdvice(
          .strides, underEight > 0.25 ? .act : .consider,
          "\(Wording.percent(underEight)) of the objects are under one cell of stride 8 at "
            + "\(Wording.size(input)), and \(Wording.percent(shares[0])) suit a stride of 4 "
            + "(their √area is under 23 px).",
          "A network with a level P2 (stride 4) finds more of them, at several times the cost of P3; a "
            + "larger input does the same for all levels.",
          ["underCell8": underEight, "suitP2": shares[0]]))
    }
    if shares[4] > 0.25, max(input.width, input.height) >= 960 {
      found.append(
        DatasetAdvice(
          .strides, .consider,
          "\(Wording.percent(shares[4])) of the objects are over 181 px at \(Wording.size(input)), "
            + "which suits a stride of 64.",
          "A network with a level P6 (YOLOv5 n6 to x6, YOLOv7 w6 to e6e) sees them whole.",
          ["suitP6": shares[4]]))
    }
    let fine = shares[0] + shares[1]
    if fine < 0.01 {
      found.append(
        DatasetAdvice(
          .strides, .consider,
          "\(Wording.percent(fine)) of the objects are under 45 px at \(Wording.size(input)), the "
            + "range of stride 8.",
          "Half the input size would serve them as well, or a head without its finest level, which has "
            + "three quarters of all cells.", ["suitP2P3": fine]))
    }
    let coarse = shares[3] + shares[4]
    if coarse < 0.01 {
      found.append(
        DatasetAdvice(
          .strides, .consider,
          "\(Wording.percent(coarse)) of the objects are over 91 px at \(Wording.size(input)), the "
            + "range of stride 32.",
          "A head without its coarsest level is smaller and loses little; its anchors are better spent "
            + "on finer levels (apus anchors).", ["suitP5P6": coarse]))
    }
    return found
  }

  /// Whether a rectangular input would waste less.
  var inputShapeAdvice: [DatasetAdvice] {
    guard let ratio = pictures.ratio, input.width == input.height, pictures.padding >= 0.1 else {
      return []
    }
    let numbers = ["padding": pictures.padding, "ratio": ratio.p50]
    let share = Wording.percent(pictures.padding)
    guard ratio.p5 >= 1 || ratio.p95 <= 1 else {
      return [
        DatasetAdvice(
          .inputShape, .note,
          "\(share) of a square input is padding, but pictures are of both upright and lying shape.",
          "Evaluate in rectangular batches (as apus detect --rect does for one picture); keep the "
            + "deployed input square.", numbers)
      ]
    }
    let side = Double(input.width)
    func rounded(_ length: Double) -> Int { 32 * max(1, Int((length / 32 - 1e-9).rounded(.up))) }
    let better =
      ratio.p50 >= 1
      ? InputSize(height: rounded(side / ratio.p50), width: input.width)
      : InputSize(height: input.height, width: rounded(side * ratio.p50))
    let saved = 1 - Double(better.width) * Double(better.height) / (side * side)
    guard saved >= 0.05 else { return [] }
    return [
      DatasetAdvice(
        .inputShape, .consider,
        "\(share) of a square input of \(input.width) is padding: nearly all pictures are "
          + "\(ratio.p50 >= 1 ? "wider than high" : "higher than wide"), the median "
          + "\(Wording.pixels(ratio.p50)) times.",
        "An input of \(Wording.size(better)) (height x width) shows objects as large for "
          + "\(Wording.percent(saved)) less computation.",
        numbers.merging(["saved": saved]) { $1 })
    ]
  }
}
