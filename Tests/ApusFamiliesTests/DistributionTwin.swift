import Foundation

/// What heads with distributions of distances mean, in double precision and one cell after the other.
///
/// Distances are the expectations of softmaxes over 0, 1, … bins - 1, times the stride; scores are sigmoids
/// (nanodet/model/head/gfl_head.py and nanodet_plus_head.py of RangiLyu/nanodet).
struct DistributionTwin {
  let classCount: Int
  let bins: Int
  /// Where in its cell the point lies: 0.5 for NanoDet, 0 for NanoDet-Plus.
  let offset: Double
  let strides: [Int]
  /// Width and height of the picture, which boxes are cut at.
  let width: Int
  let height: Int

  /// Corners of the boxes, `[cells, 4]`, and scores, `[cells, classes]`.
  ///
  /// - Parameter rows: the levels one after another, `[cells, classes + 4 * bins]`.
  func decode(_ rows: [Float]) -> (boxes: [Float], scores: [Float]) {
    var boxes: [Float] = []
    var scores: [Float] = []
    let step = classCount + 4 * bins
    var row = 0
    for stride in strides {
      for y in 0..<((height + stride - 1) / stride) {
        for x in 0..<((width + stride - 1) / stride) {
          let numbers = rows[(row * step)..<((row + 1) * step)].map(Double.init)
          row += 1
          scores += numbers.prefix(classCount).map { Float(1 / (1 + exp(-$0))) }
          let distances = (0..<4).map { side in
            expectation(numbers[(classCount + side * bins)..<(classCount + (side + 1) * bins)])
              * Double(stride)
          }
          let (px, py) = (
            (Double(x) + offset) * Double(stride), (Double(y) + offset) * Double(stride)
          )
          boxes += [
            cut(px - distances[0], width), cut(py - distances[1], height),
            cut(px + distances[2], width), cut(py + distances[3], height),
          ]
        }
      }
    }
    return (boxes, scores)
  }

  private func cut(_ value: Double, _ limit: Int) -> Float {
    Float(min(max(value, 0), Double(limit)))
  }

  private func expectation(_ numbers: ArraySlice<Double>) -> Double {
    let powers = numbers.map(exp)
    return zip(0..., powers).reduce(0) { $0 + Double($1.0) * $1.1 } / powers.reduce(0, +)
  }
}
