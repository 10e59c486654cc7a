/// The kernels that a plan is compiled for and run with, one per family.
///
/// The set is a value: which kernel serves a family is data, not control flow.
public struct KernelSet: Sendable {
  /// The instruction set asked for.
  ///
  /// A family without a kernel for it uses its scalar twin.
  public let isa: ISA
  /// Tiles of matrix products.
  public let gemm: GemmKernel
  /// Packing of pixels.
  public let pack: PackKernel
  /// Depthwise convolution and pooling.
  public let window: WindowKernel
  /// Functions of one argument.
  public let unary: UnaryKernel
  /// Functions of two arguments.
  public let binary: BinaryKernel
  /// Softmax and sums.
  public let row: RowKernel

  /// Picks the kernels of one instruction set.
  public init(isa: ISA) {
    self.isa = isa
    gemm = .pick(isa)
    pack = .pick(isa)
    window = .pick(isa)
    unary = .pick(isa)
    binary = .pick(isa)
    row = .pick(isa)
  }
}
