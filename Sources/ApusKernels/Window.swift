internal import CApusKernels

/// Where a sliding window falls on a plane `[inputHeight, inputWidth]` for each output pixel.
public struct Window: Hashable, Sendable {
  /// A height and a width.
  public struct Size: Hashable, Sendable {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int

    /// Makes a size.
    public init(_ height: Int, _ width: Int) {
      self.height = height
      self.width = width
    }
  }

  /// Padding on the four sides, in input pixels.
  public struct Padding: Hashable, Sendable {
    /// Rows above.
    public var top: Int
    /// Columns to the left.
    public var left: Int
    /// Rows below.
    public var bottom: Int
    /// Columns to the right.
    public var right: Int

    /// Makes a padding in the order in which ONNX lists it.
    public init(top: Int = 0, left: Int = 0, bottom: Int = 0, right: Int = 0) {
      self.top = top
      self.left = left
      self.bottom = bottom
      self.right = right
    }
  }

  /// Size of the input plane.
  public var input: Size
  /// Size of the output plane.
  public var output: Size
  /// Taps per axis.
  public var kernel: Size
  /// Input pixels between neighbouring outputs.
  public var stride: Size
  /// Input pixels between neighbouring taps.
  public var dilation: Size
  /// Padding around the input.
  public var padding: Padding

  /// Makes a window from its sizes.
  public init(
    input: Size, output: Size, kernel: Size, stride: Size = Size(1, 1),
    dilation: Size = Size(1, 1), padding: Padding = Padding()
  ) {
    self.input = input
    self.output = output
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  /// Makes a window whose output size follows from the rest: the floor of the ONNX formula.
  public init(
    fitting input: Size, kernel: Size, stride: Size = Size(1, 1), dilation: Size = Size(1, 1),
    padding: Padding = Padding()
  ) {
    let height = input.height + padding.top + padding.bottom - dilation.height * (kernel.height - 1)
    let width = input.width + padding.left + padding.right - dilation.width * (kernel.width - 1)
    self.init(
      input: input, output: Size((height - 1) / stride.height + 1, (width - 1) / stride.width + 1),
      kernel: kernel, stride: stride, dilation: dilation, padding: padding)
  }

  /// Pixels of the input plane.
  public var inputPixels: Int { input.height * input.width }
  /// Pixels of the output plane.
  public var outputPixels: Int { output.height * output.width }
  /// Taps of the kernel.
  public var taps: Int { kernel.height * kernel.width }

  func check(_ source: FloatRegion, _ destination: FloatRegion) {
    precondition(source.count == inputPixels && destination.count == outputPixels)
  }

  var cValue: apus_window {
    apus_window(
      in_h: Int64(input.height), in_w: Int64(input.width), out_h: Int64(output.height),
      out_w: Int64(output.width), kernel_h: Int64(kernel.height), kernel_w: Int64(kernel.width),
      stride_h: Int64(stride.height), stride_w: Int64(stride.width),
      dilation_h: Int64(dilation.height), dilation_w: Int64(dilation.width),
      pad_top: Int64(padding.top), pad_left: Int64(padding.left),
      pad_bottom: Int64(padding.bottom), pad_right: Int64(padding.right))
  }
}
