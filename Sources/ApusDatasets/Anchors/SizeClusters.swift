/// K-means of sizes by Euclidean distance, as `scipy.cluster.vq.kmeans` finds it.
struct SizeClusters {
  /// The centres; fewer than asked for where clusters lost all members.
  let centres: [BoxSize]
  /// The mean distance of the points to the nearest centre, before the last move of the centres.
  let distortion: Double

  /// The best of several starts; the first of equals.
  init?(of points: [BoxSize], starts: [[BoxSize]]) {
    var best: SizeClusters?
    for start in starts {
      let found = SizeClusters(of: points, from: start)
      if found.distortion < best?.distortion ?? .infinity { best = found }
    }
    guard let best else { return nil }
    self = best
  }

  /// Moves the centres until the distortion changes by 1e-5 or less.
  private init(of points: [BoxSize], from start: [BoxSize]) {
    var centres = start
    var distortion = Double.infinity
    while true {
      var sums = centres.map { _ in BoxSize(width: 0, height: 0) }
      var members = centres.map { _ in 0 }
      var total = 0.0
      for point in points {
        var nearest = 0
        var least = Double.infinity
        for (index, centre) in centres.enumerated() {
          let (dx, dy) = (point.width - centre.width, point.height - centre.height)
          let distance = dx * dx + dy * dy
          if distance < least { (nearest, least) = (index, distance) }
        }
        total += least.squareRoot()
        sums[nearest].width += point.width
        sums[nearest].height += point.height
        members[nearest] += 1
      }
      let before = distortion
      distortion = total / Double(points.count)
      centres = zip(sums, members).compactMap { sum, count in
        count == 0
          ? nil : BoxSize(width: sum.width / Double(count), height: sum.height / Double(count))
      }
      guard abs(before - distortion) > 1e-5 else { break }
    }
    self.centres = centres
    self.distortion = distortion
  }
}

extension [BoxSize] {
  /// The standard deviations of widths and heights, over the count.
  var deviation: BoxSize {
    let count = Double(self.count)
    let mean = BoxSize(
      width: reduce(0) { $0 + $1.width } / count, height: reduce(0) { $0 + $1.height } / count)
    let spread = reduce(into: BoxSize(width: 0, height: 0)) {
      let (dx, dy) = ($1.width - mean.width, $1.height - mean.height)
      $0.width += dx * dx
      $0.height += dy * dy
    }
    return BoxSize(
      width: (spread.width / count).squareRoot(), height: (spread.height / count).squareRoot())
  }
}
