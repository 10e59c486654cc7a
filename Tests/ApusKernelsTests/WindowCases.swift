import ApusKernels
import Testing

/// A window over a plane, awkward in some way.
struct WindowCase: CustomTestStringConvertible, Sendable {
  let window: Window

  var testDescription: String {
    let w = window
    return "\(w.input.height)x\(w.input.width) k\(w.kernel.height)x\(w.kernel.width)"
      + " s\(w.stride.height)x\(w.stride.width) d\(w.dilation.height)x\(w.dilation.width)"
      + " p\(w.padding.top),\(w.padding.left),\(w.padding.bottom),\(w.padding.right)"
      + " -> \(w.output.height)x\(w.output.width)"
  }

  init(
    _ height: Int, _ width: Int, kernel: (Int, Int), stride: (Int, Int) = (1, 1),
    dilation: (Int, Int) = (1, 1), padding: (Int, Int, Int, Int) = (0, 0, 0, 0),
    extra: Int = 0
  ) {
    var window = Window(
      fitting: .init(height, width), kernel: .init(kernel.0, kernel.1),
      stride: .init(stride.0, stride.1), dilation: .init(dilation.0, dilation.1),
      padding: .init(top: padding.0, left: padding.1, bottom: padding.2, right: padding.3))
    window.output.height += extra
    window.output.width += extra
    self.window = window
  }

  static let all: [WindowCase] =
    [1, 2, 7, 15, 16, 17, 20, 33, 40, 65].flatMap { width in
      [
        WindowCase(5, width, kernel: (1, 1)),
        WindowCase(5, width, kernel: (1, 1), stride: (2, 2)),
        WindowCase(6, width, kernel: (3, 3), padding: (1, 1, 1, 1)),
        WindowCase(7, width, kernel: (3, 3), stride: (2, 2), padding: (1, 1, 1, 1)),
      ]
    } + [
      WindowCase(9, 70, kernel: (5, 5), padding: (2, 2, 2, 2)),
      WindowCase(20, 20, kernel: (13, 13), padding: (6, 6, 6, 6)),
      WindowCase(12, 50, kernel: (6, 6), stride: (2, 2), padding: (2, 2, 2, 2)),
      WindowCase(12, 50, kernel: (3, 5), stride: (1, 3), padding: (0, 1, 2, 3)),
      WindowCase(12, 50, kernel: (3, 3), stride: (3, 1), dilation: (2, 3), padding: (2, 3, 2, 3)),
      WindowCase(12, 50, kernel: (3, 3), stride: (2, 2), dilation: (2, 2), padding: (2, 2, 1, 1)),
      WindowCase(8, 41, kernel: (3, 3), stride: (2, 2), padding: (0, 0, 1, 1), extra: 1),
      WindowCase(2, 3, kernel: (5, 5), padding: (4, 4, 4, 4)),
      WindowCase(1, 1, kernel: (3, 3), padding: (1, 1, 1, 1)),
      WindowCase(4, 4, kernel: (2, 2), stride: (2, 2), padding: (3, 3, 3, 3)),
    ]
}
