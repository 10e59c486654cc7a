import ArgumentParser

/// Values on the command line, separated by commas: `320,416`.
struct CommaList<Value: ExpressibleByArgument>: ExpressibleByArgument {
  let values: [Value]

  /// Reads at least one value; nil where one is none.
  init?(argument: String) {
    let words = argument.split(separator: ",", omittingEmptySubsequences: false)
    let values = words.compactMap { Value(argument: String($0)) }
    guard values.count == words.count else { return nil }
    self.values = values
  }
}
