import ApusGraph
import ApusOperators
import ApusPlan
import ApusTensor

/// QuantizeLinear of values that no step stores by itself: of the input, and of what is computed in planes.
enum QuantisationLowering: LoweringRule {
  static func lower(_ site: Site, into plan: inout PlanBuilder) throws -> Bool {
    let output = site.node.outputs[0]
    guard site.node.op is QuantizeLinear, let grid = plan.quantised.grids[output] else {
      return false
    }
    // Whoever makes the value has stored it already, or nobody asks for it.
    if plan.written.contains(output) { return true }
    let needed = plan.quantised.needed[output] ?? []
    guard let x = plan.floats(site.input(0)) else { return false }
    if x.shape.rank == 4, x.shape.count > 0, needed.contains(where: { plan.isReadAsMaps($0) }) {
      plan.writeStored(output, for: site, tables: false) { plan, map, _ in
        plan.emit(
          .feature(.import(FeatureImportStep(source: x.place, destination: map))), for: site)
      }
      return true
    }
    // Of another rank, or read in planes alone: one long row, in the same order.
    let row = plan.allocateMap(
      [1, 1, 1, max(1, x.shape.count)], element: .uint8, grid: grid, border: [0, 0, 0, 0])
    guard x.shape.count > 0 else { return false }
    plan.emit(.feature(.import(FeatureImportStep(source: x.place, destination: row))), for: site)
    for value in needed {
      guard let derived = plan.quantised.derived[value], let own = plan.quantised.grids[value]
      else {
        plan.hold(value, as: row)
        continue
      }
      let map = plan.allocateMap(
        [1, 1, 1, x.shape.count], element: .uint8, grid: own, border: [0, 0, 0, 0])
      plan.emit(
        .feature(
          .gather(
            FeatureGatherStep(table: plan.table(derived.table), source: row, destination: map))),
        for: site)
      plan.hold(value, as: map)
    }
    return true
  }
}
