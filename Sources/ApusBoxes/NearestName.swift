/// Finds what a mistyped name was meant to be.
public enum NearestName {
  /// The candidate with the smallest edit distance, if that is at most a third of its length.
  ///
  /// Case is ignored; the first of equally near candidates is taken.
  public static func find(_ text: String, among candidates: [String]) -> String? {
    let typed = Array(text.lowercased())
    guard typed.count <= 200 else { return nil }
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let letters = Array(candidate.lowercased())
      let limit = max(1, max(typed.count, letters.count) / 3)
      guard abs(typed.count - letters.count) <= limit else { continue }
      let distance = editDistance(typed, letters)
      guard distance <= limit, distance < (best?.distance ?? .max) else { continue }
      best = (candidate, distance)
    }
    return best?.name
  }

  /// The number of letters to insert, remove or replace to turn one word into the other.
  static func editDistance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let replaced = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, min(row[j], row[j + 1]) + 1)
      }
    }
    return row[b.count]
  }
}
