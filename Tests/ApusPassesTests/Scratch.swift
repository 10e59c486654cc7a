import ApusGraph
import ApusInterpreter
import ApusONNX
import ApusPasses
import ApusTestSupport
import Foundation
import Testing

@Test(arguments: ["yolov5/yolov5n", "yolov10/yolov10n"]) func scratch(name: String) throws {
  var graph = try ONNXReader.read(contentsOf: Shared.file("models/\(name).onnx"))
  for pipeline in [Pipeline.simplify, .compile] {
    var pipeline = pipeline
    pipeline.explains = true
    var copy = graph
    let start = Date()
    let report = try pipeline.run(on: &copy)
    print(name, pipeline.name, Date().timeIntervalSince(start), "s", report.rounds)
    print(report)
    for miss in report.misses.prefix(30) { print(miss.pass, miss.node, miss.reason) }
    let again = try pipeline.run(on: &copy)
    print("again", again.patchCount)
    let cut = try HeadCut.find(in: copy)
    print(cut.explanation.joined(separator: "\n"), cut.droppedCount, cut.anchors ?? 0, cut.classes ?? 0)
    for head in cut.heads { print(head.name, head.channels, head.stride, head.role, head.why) }
  }
  let cut = try HeadCut.find(in: graph)
  for head in cut.heads { print(head.name, head.channels, head.stride, head.role, head.why) }
  try cut.apply(to: &graph)
  try graph.verify()
}
