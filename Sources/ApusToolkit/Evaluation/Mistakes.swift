import ApusMetrics

/// How often a kind of mistake occurs and what it costs, as reports write it.
struct Mistakes: Encodable {
  let kind: DetectionErrors.Kind
  let count: Int
  /// The AP50 that comes on top once the kind is repaired; null where it is not defined.
  let apGain: Double?

  init(_ share: DetectionErrors.Share) {
    kind = share.kind
    count = share.count
    apGain = share.apGain
  }
}
