internal import CApusKernels

/// One register tile of a matrix product of packed panels.
@safe public struct GemmKernel: Kernel, @unchecked Sendable {
  // Invariant of @unchecked Sendable: the table is constant data of the binary.
  let entry: UnsafePointer<apus_gemm_f32_kernel>

  /// The instruction set it needs.
  public var isa: ISA { ISA(cValue: unsafe entry.pointee.isa) }

  /// The C name.
  public var name: String { unsafe String(cString: entry.pointee.name) }

  /// Every kernel of the family in this binary.
  public static var all: [GemmKernel] {
    unsafe entries(apus_gemm_f32_kernel_at).map { unsafe GemmKernel(entry: $0) }
  }

  /// Rows of the tile.
  public var rows: Int { unsafe Int(entry.pointee.mr) }

  /// Columns of the tile.
  public var columns: Int { unsafe Int(entry.pointee.nr) }

  /// Computes `rows` x `columns` elements of `left` times `right`, plus a start.
  ///
  /// - Parameters:
  ///   - left: a panel `[depth, self.rows]`.
  ///   - right: a panel `[depth, self.columns]`.
  ///   - bias: what each row starts at; without it the sum starts at what the destination holds.
  ///   - destination: `rows` rows that lie `stride` elements apart.
  public func callAsFunction(
    depth: Int, left: FloatRegion, right: FloatRegion, bias: FloatRegion?,
    into destination: FloatRegion, stride: Int, rows: Int, columns: Int
  ) {
    precondition(rows > 0 && rows <= self.rows && columns > 0 && columns <= self.columns)
    precondition(left.count >= depth * self.rows && right.count >= depth * self.columns)
    precondition(stride >= columns && destination.count >= (rows - 1) * stride + columns)
    precondition(bias.map { $0.count >= self.rows } ?? true)
    unsafe entry.pointee.run(
      left.base, right.base, Int64(depth), bias?.base, destination.base, Int64(stride),
      Int64(rows), Int64(columns))
  }

  /// The number of floats that packed weights take: whole panels.
  public func packedCount(rows: Int, depth: Int) -> Int {
    (rows + self.rows - 1) / self.rows * self.rows * depth
  }

  /// Packs weights `[rows, channels, taps]` into panels for this tile.
  public func packWeights(
    _ source: FloatRegion, rows: Int, channels: Int, taps: Int, into destination: FloatRegion
  ) {
    precondition(rows > 0 && channels > 0 && taps > 0 && source.count == rows * channels * taps)
    precondition(destination.count == packedCount(rows: rows, depth: channels * taps))
    unsafe apus_pack_weights_f32(
      source.base, Int64(rows), Int64(channels), Int64(taps), Int64(self.rows), destination.base)
  }
}
