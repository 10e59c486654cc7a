/// Pictures drawn with replacement, as many as there are: how often each was drawn.
struct PictureDraws {
  private var state: UInt64
  private let count: Int

  /// The draws of one resample; the same seed and number give the same ones on every machine.
  init(count: Int, seed: UInt64, resample: Int) {
    self.count = count
    state = seed
    // Neighbouring states of SplitMix64 give streams that overlap: its own output sets them apart.
    for _ in 0..<2 { state = next() ^ UInt64(bitPattern: Int64(resample)) }
  }

  /// `[count]`: how often each picture was drawn.
  mutating func weights() -> [UInt32] {
    var weights = [UInt32](repeating: 0, count: count)
    for _ in 0..<count {
      // The high half of the product with a 64-bit number is even to 1 in 2⁶⁴ / count.
      weights[Int(next().multipliedFullWidth(by: UInt64(count)).high)] += 1
    }
    return weights
  }

  /// The next number of SplitMix64 (Steele, Lea and Flood, 2014).
  private mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
