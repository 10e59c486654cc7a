extension SweepTable {
  /// A column of the table, as text and as CSV have it.
  public struct Column: Sendable, Hashable {
    /// The heading for a person.
    public let title: String
    /// The heading for a program.
    public let key: String
    /// Whether it holds numbers.
    public let isNumber: Bool
    /// Whether it is an axis of the sweep, and not a measure.
    public let isAxis: Bool
    /// The cell of each row for a person; empty where there is nothing.
    public let texts: [String]
    /// The cell of each row for a program: full digits, no unit.
    public let values: [String]
  }

  /// All columns: axes, accuracy and speed, what compares rows, then sizes and further measures.
  public var columns: [Column] {
    axisColumns + measureColumns + comparisonColumns + furtherColumns
  }

  /// Whether every row has the same in a column.
  public static func isConstant(_ column: Column) -> Bool {
    column.texts.allSatisfy { $0 == column.texts.first }
  }

  private func column(
    _ title: String, _ key: String, isNumber: Bool = true, isAxis: Bool = false,
    text: (Row) -> String?, value: (Row) -> String?
  ) -> Column {
    Column(
      title: title, key: key, isNumber: isNumber, isAxis: isAxis,
      texts: rows.map { text($0) ?? "" }, values: rows.map { value($0) ?? "" })
  }

  private func axis(
    _ title: String, _ key: String, isNumber: Bool = false,
    _ cell: (SweepConfiguration) -> String
  ) -> Column {
    column(
      title, key, isNumber: isNumber, isAxis: true, text: { cell($0.configuration) },
      value: { cell($0.configuration) })
  }

  private var axisColumns: [Column] {
    let names = modelNames
    return [
      axis("model", "model") { names[$0.model] ?? $0.model },
      axis("size", "size", isNumber: true) { "\($0.size)" },
      axis("precision", "precision") { $0.precision.rawValue },
      axis("batch", "batch", isNumber: true) { "\($0.batch)" },
      axis("pre-process", "preprocess") { $0.preprocess.description },
      axis("heads", "heads") { $0.heads?.rawValue ?? "own" },
    ]
  }

  private func measure(
    _ title: String, _ key: String, digits: Int, scale: Double = 1,
    _ value: (SweepMeasures) -> Double?
  ) -> Column {
    column(
      title, key, text: { value($0.measures).map { Number.decimal($0 * scale, digits: digits) } },
      value: { value($0.measures).map { "\($0)" } })
  }

  private func count(
    _ title: String, _ key: String, digits: Int, unit: Double,
    _ value: (SweepMeasures) -> Int?
  ) -> Column {
    column(
      title, key,
      text: { value($0.measures).map { Number.decimal(Double($0) / unit, digits: digits) } },
      value: { value($0.measures).map { "\($0)" } })
  }

  private var measureColumns: [Column] {
    [
      measure("mAP50", "mAP50", digits: 4, \.mAP50),
      measure("mAP50-95", "mAP50_95", digits: 4, \.mAP),
      measure("i_time ms", "i_time_ms", digits: 1, \.meanTime),
      measure("FPS", "fps", digits: 1, \.framesPerSecond),
      measure("score", "score", digits: 2, \.score),
    ]
  }

  private var furtherColumns: [Column] {
    [
      measure("COCO AP", "coco_AP", digits: 4, \.cocoAP),
      measure("inference ms", "inference_ms", digits: 1, \.inference),
      count("params M", "parameters", digits: 2, unit: 1e6, \.parameters),
      count("GMAC", "multiply_accumulates", digits: 2, unit: 1e9, \.multiplyAccumulates),
      count("weights MB", "weight_bytes", digits: 2, unit: 1e6, \.weightBytes),
      count("memory MiB", "peak_memory_bytes", digits: 0, unit: 1_048_576, \.peakMemory),
    ]
  }

  private var comparisonColumns: [Column] {
    let first = rows.first?.measures
    let marks = rows.indices.map { index in
      [index == best ? "best" : nil, paretoFront.contains(index) ? "Pareto" : nil]
        .compactMap(\.self).joined(separator: " ")
    }
    let flags = rows.indices.map { ["\($0 == best)", "\(paretoFront.contains($0))"] }
    func relative(
      _ title: String, _ key: String, _ pair: (SweepMeasures, SweepMeasures) -> (String, Double)
    ) -> Column {
      column(
        title, key, text: { row in first.map { pair(row.measures, $0).0 } },
        value: { row in first.map { "\(pair(row.measures, $0).1)" } })
    }
    return [
      relative("mAP vs 1", "mAP50_95_less_first") { own, first in
        let difference = own.mAP - first.mAP
        return ((difference < 0 ? "" : "+") + Number.decimal(difference, digits: 4), difference)
      },
      relative("speed vs 1", "speed_over_first") { own, first in
        let ratio = own.meanTime > 0 ? first.meanTime / own.meanTime : 0
        return (Number.decimal(ratio, digits: 2) + "x", ratio)
      },
      Column(
        title: "", key: "is_best", isNumber: false, isAxis: false, texts: marks,
        values: flags.map { $0[0] }),
      Column(
        title: "", key: "is_pareto", isNumber: false, isAxis: false,
        texts: marks.map { _ in "" }, values: flags.map { $0[1] }),
    ]
  }

  /// The table as CSV (RFC 4180), headings first, lines ended by CR LF.
  public var csv: String {
    let columns = columns
    let lines =
      [columns.map(\.key)] + rows.indices.map { row in columns.map { $0.values[row] } }
    return lines.map { $0.map(Self.escaped).joined(separator: ",") + "\r\n" }.joined()
  }

  /// A cell, quoted where it holds a comma, a quote or a line end.
  static func escaped(_ cell: String) -> String {
    let isPlain = !cell.utf8.contains { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }
    return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }
}
