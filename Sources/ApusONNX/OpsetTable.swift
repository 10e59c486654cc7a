/// What is known of the versions of ONNX's operator set.
enum OpsetTable {
  /// The versions that are read: before 7, broadcasting was an attribute.
  static let readable = 7...28
  /// The versions that are written.
  static let writable = readable

  /// The oldest version of the file format that belongs to an operator set, from ONNX's release
  /// table; never below 4, the first in which initialisers need not be listed as inputs.
  static func irVersion(opset: Int) -> Int64 {
    switch opset {
    case ...9: 4
    case 10: 5
    case 11: 6
    case 12...14: 7
    case 15...18: 8
    case 19...20: 9
    case 21...22: 10
    case 23: 11
    case 24: 12
    case 25...27: 13
    default: 14
    }
  }
}
