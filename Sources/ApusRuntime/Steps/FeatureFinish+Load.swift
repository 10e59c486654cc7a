import ApusKernels
import ApusPlan

extension Loader {
  /// The kernel that makes elements of one map of the sums of another one.
  func finishKernel(
    _ source: FeatureMap, _ destination: FeatureMap
  ) throws(RuntimeError) -> FinishKernel {
    let kind: FinishKernel.Kind? =
      switch (source.element, destination.element) {
      case (.uint8, .uint8): .integersToUInt8
      case (.uint8, .float32): .integersToFloat
      case (.float32, .float32), (.bfloat16, .float32): .floatsToFloat
      case (.float32, .bfloat16), (.bfloat16, .bfloat16): .floatsToBFloat16
      case (.uint8, .bfloat16), (_, .uint8): nil
      }
    guard let kind, let finish = FinishKernel.pick(kind, isa: kernels.isa) else {
      throw RuntimeError(.plan, "no kernel makes \(destination.element) of \(source.element)")
    }
    return finish
  }

  /// What is done with the sums of a map.
  func finishing(
    _ finish: FeatureFinish, of source: FeatureMap, into destination: FeatureMap
  ) throws(RuntimeError) -> Finishing {
    guard (finish.scale != nil) == (source.element == .uint8),
      finish.table == nil || destination.element == .uint8
    else { throw RuntimeError(.plan, "scales or table do not fit the convolution") }
    var scale: FloatRegion?
    if let place = finish.scale { scale = try memories(place) }
    var table: FloatRegion?
    if let place = finish.table { table = try memories(place) }
    return Finishing(
      bias: try memories(finish.bias), scale: scale, table: table,
      activation: Activation(finish.activation), zero: finish.zero,
      grids: finish.residual.map {
        (MapGrid($0.own), MapGrid($0.map.grid), MapGrid(destination.grid))
      })
  }
}
