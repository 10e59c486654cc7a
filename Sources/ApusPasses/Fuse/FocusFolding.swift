import ApusGraph
import ApusOperators
import ApusTensor

/// Strided slices put together along the channels and convolved (YOLOv5's Focus, YOLOv7's ReOrg) become one
/// convolution of a larger kernel and stride.
///
/// With slices in steps of t, the element (y, x) of the slice from (dy, dx) is the element (t y + dy, t x + dx) of
/// the input. So a kernel of size k becomes one of size t k, whose element (t ky + dy, t kx + dx) of input
/// channel c is the element (ky, kx) of the slice's channel c; pads and strides grow by t. Which slice stands
/// where among the channels is read from the starts of the slices.
struct FocusFolding: Pass {
  static let name = "fold-focus"

  func patch(at node: Node, in index: GraphIndex) throws(Miss) -> Patch {
    var op = try root(node, as: Conv.self)
    guard let (concat, join) = index.producer(of: node.input(0), as: Concat.self), join.axis == 1,
      concat.inputs.count >= 4, index.producer(of: concat.input(0), as: Slice.self) != nil
    else { throw Miss("it does not follow a Concat of slices", isNear: false) }
    guard index.hasSingleReader(concat.outputs[0]) else {
      throw Miss("'\(concat.name)' is read elsewhere too")
    }
    guard let weights = index.constant(node.input(1)), weights.shape.rank == 4,
      op.convolution.groups == 1, op.convolution.window.isDense,
      op.convolution.window.padding == .explicit
    else { throw Miss("its convolution is grouped, dilated, auto-padded or not constant") }
    let (source, step, offsets) = try slices(concat, in: index)
    let channels = weights.shape[1] / offsets.count
    guard channels * offsets.count == weights.shape[1],
      index.fact(source).shape?[1].fixed.map({ $0 == channels }) ?? false
    else { throw Miss("the slices do not have equally many channels") }
    let large = rearranged(weights, channels: channels, step: step, offsets: offsets)
    let window = op.convolution.window
    op.convolution.window.pads = window.pads.map { $0 * step }
    op.convolution.window.strides = (window.strides.isEmpty ? [1, 1] : window.strides).map {
      $0 * step
    }
    var patch = Patch(Self.name)
    let name = index.graph[node.inputs[1] ?? source].name
    patch.replace(
      node, with: op,
      [source, patch.constant(large, name: name)] + Array(node.inputs.dropFirst(2)))
    return patch
  }

  private struct Offset: Hashable {
    let y: Int
    let x: Int
  }

  /// The value that is sliced, the step, and where each slice starts.
  private func slices(
    _ concat: Node, in index: GraphIndex
  ) throws(Miss) -> (source: ValueID, step: Int, offsets: [Offset]) {
    var source: ValueID?
    var step: Int?
    var offsets: [Offset] = []
    for case .some(var value) in concat.inputs {
      var axes: [Int: SliceBounds] = [:]
      while let (slice, _) = index.producer(of: value, as: Slice.self), let from = slice.input(0) {
        guard let bounds = SliceBounds.toTheEnd(slice, in: index) else {
          throw Miss("'\(slice.name)' does not run to the end in steps")
        }
        for (axis, bound) in bounds where bound != SliceBounds(start: 0, step: 1) {
          guard axes.updateValue(bound, forKey: axis) == nil else {
            throw Miss("'\(slice.name)' slices axis \(axis) twice")
          }
        }
        value = from
      }
      guard axes.count == 2, let y = axes[2], let x = axes[3], y.step == x.step, y.step <= 16,
        y.start < y.step,
        x.start < x.step, source ?? value == value, step ?? y.step == y.step
      else { throw Miss("its inputs are not slices of one picture in equal steps") }
      source = value
      step = y.step
      offsets.append(Offset(y: y.start, x: x.start))
    }
    guard let source, let step, offsets.count == step * step, Set(offsets).count == offsets.count,
      let shape = index.fact(source).shape, shape.count == 4,
      shape[2...].allSatisfy({ $0.fixed.map { $0 % step == 0 } ?? true })
    else { throw Miss("the slices do not make up the whole picture") }
    return (source, step, offsets)
  }

  private func rearranged(
    _ weights: Tensor, channels: Int, step: Int, offsets: [Offset]
  ) -> Tensor {
    let (filters, height, width) = (weights.shape[0], weights.shape[2], weights.shape[3])
    let old = weights.doubles
    var new = [Double](repeating: 0, count: old.count)
    for filter in 0..<filters {
      for (slice, offset) in offsets.enumerated() {
        for channel in 0..<channels {
          let from =
            (filter * channels * offsets.count + slice * channels + channel) * height * width
          let to = (filter * channels + channel) * height * width * step * step
          for y in 0..<height {
            for x in 0..<width {
              let row = step * y + offset.y
              new[to + row * width * step + step * x + offset.x] = old[from + y * width + x]
            }
          }
        }
      }
    }
    return Tensor(
      doubles: new, dtype: weights.dtype,
      shape: [filters, channels, height * step, width * step])
  }
}
