import ApusDatasets
import ApusToolkit
import ArgumentParser
import Foundation
import Synchronization

/// `apus data check`.
struct DataCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Find what is wrong with a data set: pictures, labels, classes, splits.",
    discussion: """
      Decodes every picture to its last row and looks at every label. Findings are errors (training or \
      evaluation would fail or be wrong), warnings (probably a mistake) and notes.
      Facts of pictures are kept in $XDG_CACHE_HOME/apus or ~/.cache/apus; a picture is read again when size, \
      times of change or number of its file differ, and all are with --verify. Labels are read every time.
      --fix writes a copy: boxes are clipped; boxes without area, repeated boxes, and labels that cannot be read \
      are dropped; so are pictures that are missing, corrupt or copies, and the training copy of a picture that \
      is also in val or test. Sizes are corrected, and labels of turned pictures put right for the upright picture; \
      the files of pictures are copied as they are. The exit code stays that of the check.
      Exit codes: 0 no error, 1 errors were found or the data set cannot be read, 2 the command line makes no sense.

      Examples:
        apus data check data.yaml
        apus data check coco/ --json
        apus data check VOC2007/ --strict
        apus data check data.yaml --fix repaired/
      """)

  @Argument(help: "A data.yaml, a COCO or LabelMe JSON, a VOC XML, or the folder of a data set.")
  var path: String

  @Option(help: "yolo, coco, voc or labelme. (default: told from the files)")
  var format: DatasetFormat?

  @Option(help: "How VOC corners count pixels: from-one, as VOC's own, or from-zero.")
  var corners = VOCCorners.fromOne

  @Option(help: "Findings of each kind that are printed; JSON has all.")
  var examples = 3

  @Option(
    help: ArgumentHelp(
      "Write a repaired copy to a new folder outside of the data set.", valueName: "folder"))
  var fix: String?

  @Option(name: .customLong("to"), help: "The format of the repaired copy. (default: the same)")
  var target: DatasetFormat?

  @Flag(help: "End with 1 on warnings too.")
  var strict = false

  @Flag(help: "Read every picture, changed or not, and compare its bytes with the cache.")
  var verify = false

  @Flag(help: "Neither read nor write a cache.")
  var noCache = false

  @Option(help: ArgumentHelp("The folder of caches.", valueName: "folder"))
  var cache: String?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    guard examples >= 0 else {
      throw ValidationError("--examples is \(examples), but must not be negative.")
    }
    if noCache, cache != nil || verify {
      throw ValidationError("--no-cache excludes --cache and --verify.")
    }
    if target != nil, fix == nil {
      throw ValidationError("--to is the format of the copy that --fix writes; give --fix too.")
    }
  }

  func run() throws {
    let data = URL(fileURLWithPath: path)
    let output = fix.map { URL(fileURLWithPath: $0) }
    if let output { try checkOutput(output, of: data) }
    var options = DatasetCheck.Options()
    (options.format, options.corners, options.readsAll) = (format, corners, verify)
    if noCache { options.cache = nil }
    if let cache { options.cache = URL(fileURLWithPath: cache) }
    let line = Mutex(ProgressLine?.none)
    options.progress = { _, total in
      line.withLock { line in
        if line == nil { line = ProgressLine("pictures", total: total) }
        line?.advance()
      }
    }
    let check = try DatasetCheck(data, options)
    line.withLock { $0?.finish() }
    let repair = try output.map { try check.repair(to: $0, as: target) }
    try StandardOutput.print(
      CheckOutput(check.report, repair: repair, examples: examples), json: json)
    let failures = check.report.count(.error) + (strict ? check.report.count(.warning) : 0)
    if failures > 0 { throw ExitCode(1) }
  }

  private func checkOutput(_ output: URL, of data: URL) throws {
    do { try DatasetCheck.checkOutput(output, of: data) } catch {
      throw ApusError.usage("--fix: \(error)")
    }
  }
}
