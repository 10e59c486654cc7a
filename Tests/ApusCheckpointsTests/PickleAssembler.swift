/// Writes pickles by hand.
enum Assemble {
  static func text(_ text: String) -> [UInt8] {
    [0x58] + little(UInt32(text.utf8.count)) + text.utf8
  }

  static func integer(_ value: Int) -> [UInt8] {
    [0x8A, 8] + withUnsafeBytes(of: Int64(value).littleEndian) { Array($0) }
  }

  static func global(_ module: String, _ name: String) -> [UInt8] {
    [0x63] + module.utf8 + [0x0A] + name.utf8 + [0x0A]
  }

  static func tuple(_ items: [[UInt8]]) -> [UInt8] { [0x28] + items.flatMap(\.self) + [0x74] }

  static func call(_ module: String, _ name: String, _ arguments: [[UInt8]]) -> [UInt8] {
    global(module, name) + tuple(arguments) + [0x52]
  }

  static func dictionary(_ entries: [(String, [UInt8])]) -> [UInt8] {
    [0x7D, 0x28] + entries.flatMap { text($0.0) + $0.1 } + [0x75]
  }

  /// An instance of an unknown class with a dictionary as its state.
  static func instance(
    _ module: String, _ name: String, _ state: [(String, [UInt8])]
  ) -> [UInt8] {
    global(module, name) + [0x29, 0x81] + dictionary(state) + [0x62]
  }

  /// A tensor over a storage.
  static func tensor(
    storage: String = "FloatStorage", key: String = "0", count: Int, offset: Int = 0,
    sizes: [Int], strides: [Int]
  ) -> [UInt8] {
    let id =
      tuple([
        text("storage"), global("torch", storage), text(key), text("cpu"), integer(count),
      ]) + [0x51]
    return call(
      "torch._utils", "_rebuild_tensor_v2",
      [
        id, integer(offset), tuple(sizes.map(integer)), tuple(strides.map(integer)), [0x89],
        call("collections", "OrderedDict", []),
      ])
  }

  /// A module with tables of parameters, buffers and children.
  static func module(
    parameters: [(String, [UInt8])] = [], buffers: [(String, [UInt8])] = [],
    modules: [(String, [UInt8])] = []
  ) -> [UInt8] {
    instance(
      "models.unknown", "Thing",
      [
        ("_parameters", dictionary(parameters)), ("_buffers", dictionary(buffers)),
        ("_modules", dictionary(modules)),
      ])
  }

  /// The whole pickle of a value.
  static func pickle(_ value: [UInt8]) -> [UInt8] { [0x80, 2] + value + [0x2E] }

  private static func little(_ value: UInt32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
