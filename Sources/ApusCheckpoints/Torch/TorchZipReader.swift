/// Reads `<prefix>/data.pkl`, `<prefix>/byteorder` and `<prefix>/data/<key>` of a zip archive.
enum TorchZipReader {
  static func read(
    _ bytes: [UInt8], place: CheckpointError.Place, limits: CheckpointLimits
  ) throws(CheckpointError) -> CheckpointContents {
    let archive = try ZipArchive(bytes: bytes, place: place, limits: limits)
    guard let name = archive.names.first(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") })
    else {
      throw place.error(
        .unknownFormat, "this zip archive has no entry data.pkl",
        expected: "an archive written by torch.save",
        remedy: "Name the checkpoint itself, not an archive around it.")
    }
    let prefix = String(name.dropLast("data.pkl".count))
    if archive.entries[prefix + "constants.pkl"] != nil {
      throw place.error(
        .unsupported, "this is a TorchScript archive", expected: "a checkpoint of torch.save",
        remedy: "Use the checkpoint that the script was made of.")
    }
    let pickle = try archive.read(name, limit: limits.pickleBytes)
    let entry = place.at(entry: name)
    var end = 0
    let document = try PickleDocument.read(pickle, from: &end, place: entry, limits: limits)
    try TorchReading.refuseCode(document, place: entry)
    let isBig = try isBigEndian(archive, prefix: prefix)
    let references = try TorchReading.references(document, place: entry)
    var budget = TorchReading.budget(fileBytes: bytes.count, limits: limits)
    var storages: [String: StorageBytes] = [:]
    for reference in references {
      let name = prefix + "data/" + reference.key
      var storage = StorageBytes(bytes: try archive.read(name, limit: budget))
      budget -= storage.bytes.count
      guard storage.bytes.count >= reference.count * reference.width else {
        throw place.at(entry: name).error(
          .badTensor, "the storage has \(storage.bytes.count) bytes",
          expected: "\(reference.count) elements of \(reference.width) bytes")
      }
      if isBig {
        guard reference.dtype != nil else {
          throw place.at(entry: name).error(
            .unsupported, "an untyped storage with its bytes in big-endian order",
            expected: "little-endian order", remedy: Remedy.saveAgain)
        }
        storage.swapBytes(width: reference.width)
      }
      storages[reference.key] = storage
    }
    return CheckpointContents(
      document: document, storages: storages, place: entry, limits: limits)
  }

  private static func isBigEndian(
    _ archive: ZipArchive, prefix: String
  ) throws(CheckpointError) -> Bool {
    let name = prefix + "byteorder"
    guard archive.entries[name] != nil else { return false }
    let order = String(decoding: try archive.read(name, limit: 64), as: UTF8.self)
    switch order {
    case "little": return false
    case "big": return true
    default:
      throw archive.place.at(entry: name).error(
        .corruptArchive, "the byte order is '\(order.prefix(40))'", expected: "'little' or 'big'")
    }
  }
}
