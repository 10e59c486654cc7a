import ApusGraph
import ApusOperators
import Foundation
import Testing

/// ONNX's own tests of single operators, on every executor.
///
/// Runs where `Tools/conformance/onnx-node-tests` has written the cases.
@Suite struct ConformanceTests {
  /// What became of the cases on one executor.
  private struct Tally {
    var passed = 0
    var excepted: [Int: [String]] = [:]
    var faults: [String] = []
  }

  @Test(
    .enabled(
      if: ConformanceFolders.cases != nil,
      "run Tools/conformance/onnx-node-tests, or make conformance")
  )
  func nodeCases() throws {
    guard let folder = ConformanceFolders.cases else { return }
    let cases = try NodeCase.all(in: folder)
    #expect(!cases.isEmpty, "no cases in \(folder.path)")
    let exceptions = try ExceptionList()
    var skipped: [String: Int] = [:]
    var runnable: [NodeCase] = []
    for nodeCase in cases {
      let foreign = try nodeCase.operators().filter { OperatorCatalogue.type(of: $0) == nil }
      if foreign.isEmpty { runnable.append(nodeCase) }
      for kind in foreign { skipped["\(kind)", default: 0] += 1 }
    }
    var used: Set<Int> = []
    var tallies: [(String, Tally)] = []
    for executor in Executors.all {
      let tally = run(runnable, on: executor, exceptions)
      used.formUnion(tally.excepted.keys)
      tallies.append((executor.name, tally))
    }
    print(report(cases.count, runnable.count, skipped, tallies, exceptions))
    for (name, tally) in tallies {
      for fault in tally.faults { Issue.record("\(name): \(fault)") }
    }
    for (index, entry) in exceptions.entries.enumerated() where !used.contains(index) {
      Issue.record("exceptions.txt, line \(entry.line): '\(entry.pattern)' matches no failing case")
    }
  }

  private func run(
    _ cases: [NodeCase], on executor: any Executor, _ exceptions: ExceptionList
  ) -> Tally {
    var tally = Tally()
    for nodeCase in cases {
      let exception = exceptions.entry(nodeCase.name, executor.name)
      do {
        try nodeCase.check(on: executor)
        if let exception {
          let line = exceptions.entries[exception].line
          tally.faults.append(
            "\(nodeCase.name) passes; take it out of exceptions.txt, line \(line)")
        } else {
          tally.passed += 1
        }
      } catch {
        if let exception {
          tally.excepted[exception, default: []].append(nodeCase.name)
        } else {
          tally.faults.append("\(nodeCase.name): \(error)")
        }
      }
    }
    return tally
  }

  private func report(
    _ total: Int, _ runnable: Int, _ skipped: [String: Int], _ tallies: [(String, Tally)],
    _ exceptions: ExceptionList
  ) -> String {
    var lines = ["ONNX node tests: \(total) cases, \(runnable) of operators Apus has"]
    for (name, tally) in tallies {
      let excepted = tally.excepted.values.reduce(0) { $0 + $1.count }
      lines.append(
        "  \(name): \(tally.passed) passed, \(excepted) excepted, \(tally.faults.count) failed")
    }
    lines.append("Exceptions:")
    for (index, entry) in exceptions.entries.enumerated() {
      let counts = tallies.compactMap { name, tally in
        tally.excepted[index].map { "\($0.count) on \(name)" }
      }
      lines.append("  \(entry.pattern) (\(counts.joined(separator: ", "))): \(entry.reason)")
    }
    let others = skipped.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    lines.append("Skipped for operators Apus does not have: \(others.joined(separator: ", "))")
    return lines.joined(separator: "\n")
  }
}
