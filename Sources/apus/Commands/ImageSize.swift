import ArgumentParser

/// The size of a network's input on the command line: `640` or `480x640` (height, width).
struct ImageSize: ExpressibleByArgument {
  let height: Int
  let width: Int

  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) }
    guard sizes.count == parts.count, (1...2).contains(sizes.count),
      sizes.allSatisfy({ (1...16384).contains($0) })
    else { return nil }
    height = sizes[0]
    width = sizes[sizes.count - 1]
  }
}
