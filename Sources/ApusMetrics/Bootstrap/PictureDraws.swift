import ApusRandom

/// Pictures drawn with replacement, as many as there are: how often each was drawn.
struct PictureDraws {
  private var numbers: SplitMix64
  private let count: Int

  /// The draws of one resample; the same seed and number give the same ones on every machine.
  init(count: Int, seed: UInt64, resample: Int) {
    self.count = count
    numbers = SplitMix64(seed: seed)
    // Neighbouring states of SplitMix64 give streams that overlap: its own output sets them apart.
    for _ in 0..<2 {
      numbers = SplitMix64(seed: numbers.next() ^ UInt64(bitPattern: Int64(resample)))
    }
  }

  /// `[count]`: how often each picture was drawn.
  mutating func weights() -> [UInt32] {
    var weights = [UInt32](repeating: 0, count: count)
    for _ in 0..<count {
      // The high half of the product with a 64-bit number is even to 1 in 2⁶⁴ / count.
      weights[Int(numbers.next().multipliedFullWidth(by: UInt64(count)).high)] += 1
    }
    return weights
  }
}
