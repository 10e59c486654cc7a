import ApusCheckpoints
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

@Suite("Checkpoints that others wrote", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct RealFileTests {
  @Test func readsYOLOv5n() throws {
    let checkpoint = try TorchCheckpoint(path: Shared.file("models/yolov5/yolov5n.pt").path)
    print(checkpoint.root)
    let model = try #require(checkpoint.root["model"]?.module)
    #expect(model.className == "models.yolo.Model")
    let state = try model.stateDict()
    let parameters = state.filter { $0.role == .parameter }.reduce(0) { $0 + $1.tensor.count }
    #expect(parameters == 1_872_157)
  }
}

extension RealFileTests {
  @Test(arguments: [
    "models/yolov10/yolov10n.pt", "models/nanodet/nanodet-m_320.ckpt",
    "data/vectors/arch/yolov5/y5n_p5.last.pt", "data/vectors/arch/nanodet/nd_plus.ckpt",
  ])
  func readsState(_ path: String) throws {
    let checkpoint = try TorchCheckpoint(path: Shared.file(path).path)
    print(path, checkpoint.layout, checkpoint.root)
    let state = try checkpoint.stateDict()
    print(state.count, state.reduce(0) { $0 + $1.tensor.count })
  }
}
