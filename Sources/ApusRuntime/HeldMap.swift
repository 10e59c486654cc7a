import ApusKernels
import ApusPlan
import ApusTensor

/// An input or output of a loaded plan that is held as maps.
struct HeldMap: Sendable {
  /// One for each picture of the batch.
  let regions: [MapRegion]
  let kernels: MapKernels
  let grid: MapGrid
  /// What holds the elements.
  let memory: FloatMemory

  /// Writes the numbers `[N, C, H, W]` of a tensor of the maps' shape.
  func write(_ tensor: Tensor) {
    let numbers = FloatMemory(tensor.elements(as: Float.self))
    let size = numbers.count / regions.count
    for (image, region) in regions.enumerated() {
      region.clearBorder()
      kernels.fromPlanes(
        numbers.region(offset: image * size, count: size), into: region, grid: grid,
        rows: 0..<region.layout.height)
    }
  }

  /// The numbers `[N, C, H, W]` that the elements stand for.
  func read() -> [Float] {
    let size = regions.first.map { $0.layout.height * $0.layout.width * $0.layout.channels } ?? 0
    let numbers = FloatMemory(count: size * regions.count)
    for (image, region) in regions.enumerated() {
      kernels.toPlanes(
        region, into: numbers.region(offset: image * size, count: size), grid: grid,
        rows: 0..<region.layout.height)
    }
    return numbers.whole.array()
  }
}

extension Loader {
  /// The maps of an input or output; nil where it is held otherwise.
  func held(_ binding: Plan.Binding) throws(RuntimeError) -> HeldMap? {
    guard case .map(let map) = binding.holder else { return nil }
    let regions = try maps(map)
    guard binding.dtype == .float32, binding.shape == map.shape, map.place.memory == .arena else {
      throw RuntimeError(.plan, "'\(binding.name)' and its maps differ in type or shape")
    }
    return HeldMap(
      regions: regions, kernels: try mapKernels(map.element), grid: MapGrid(map.grid),
      memory: memories.arena)
  }
}
