import ApusFamilies
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

/// Upstream's list of a network's state: `data/vectors/arch/shapes`.
struct PublishedState: Decodable {
  /// Name, shape, type and role of a tensor.
  struct Entry: Decodable, Hashable, Comparable, CustomStringConvertible {
    let name: String
    let shape: [Int]
    let dtype: String
    let role: String

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      name = try list.decode(String.self)
      shape = try list.decode([Int].self)
      dtype = try list.decode(String.self)
      role = try list.decode(String.self)
    }

    init(_ entry: StateEntry) {
      name = entry.name
      shape = entry.shape
      dtype = entry.dtype.description
      role = entry.role == .parameter ? "param" : "buffer"
    }

    static func < (left: Entry, right: Entry) -> Bool { left.name < right.name }
    var description: String { "\(name) \(shape) \(dtype) \(role)" }
  }

  /// The number of trained numbers.
  let parameters: Int
  /// The same after upstream's `fuse()`.
  let fusedParameters: Int?
  let entries: [Entry]

  private enum CodingKeys: String, CodingKey {
    case parameters = "params"
    case fusedParameters = "params_fused_upstream_fuse"
    case entries = "state_dict"
  }

  /// Reads the list of a network, such as `yolov5/yolov5n`.
  init(_ name: String) throws {
    let url = Shared.file("data/vectors/arch/shapes/\(name).json")
    self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
  }

  /// The differences of a network's state from the list, in words; empty where there are none.
  func differences(from entries: [StateEntry]) -> [String] {
    let found = Set(entries.map(Entry.init))
    let expected = Set(self.entries)
    return expected.subtracting(found).sorted().map { "missing \($0)" }
      + found.subtracting(expected).sorted().map { "left over \($0)" }
      + (entries.count == found.count ? [] : ["a name is used twice"])
  }
}
