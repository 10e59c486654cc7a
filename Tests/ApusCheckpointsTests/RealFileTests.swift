import ApusCheckpoints
import ApusTensor
import ApusTestSupport
import Foundation
import Testing

@Suite("Checkpoints that others wrote", .enabled(if: Shared.isPresent, "\(Shared.absence)"))
struct RealFileTests {
  private func checkpoint(_ path: String) throws -> TorchCheckpoint {
    try TorchCheckpoint(path: Shared.file(path).path)
  }

  private func json(_ path: String) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: Shared.file(path)))
    return try #require(object as? [String: Any])
  }

  private func parameterCount(_ state: [NamedTensor]) -> Int {
    state.filter { $0.role == .parameter }.reduce(0) { $0 + $1.tensor.count }
  }

  @Test func yolov5nIsComplete() throws {
    let root = try checkpoint("models/yolov5/yolov5n.pt").root
    #expect(root["epoch"]?.int == -1)
    #expect(root["ema"]?.isNone == true)
    #expect(root["date"]?.string == "2022-02-08T18:24:20.515893")
    let model = try #require(root["model"]?.module)
    #expect(model.className == "models.yolo.Model")
    #expect(model["names"]?.list?.count == 80)
    #expect(model["names"]?[0]?.string == "person")
    #expect(model["nc"]?.int == 80)
    #expect(model["yaml"]?["depth_multiple"]?.double == 0.33)
    let stride = try #require(model["stride"]).tensor()
    #expect(stride.doubles == [8, 16, 32])
    let layers = try #require(model.child("model"))
    let detect = try #require(layers.child("24"))
    #expect(detect.className == "models.yolo.Detect")
    #expect(detect["f"]?.list?.compactMap(\.int) == [17, 20, 23])
    #expect(detect["i"]?.int == 24)
    #expect(detect["type"]?.string == "models.yolo.Detect")
    let anchors = try #require(detect["anchors"]).tensor()
    #expect(anchors.shape == [3, 3, 2])
    #expect(anchors.doubles.prefix(4) == [1.25, 1.625, 2, 3.75])
    let state = try model.stateDict()
    #expect(parameterCount(state) == 1_872_157)
    let weight = try #require(state.first { $0.name == "model.0.conv.weight" })
    #expect(weight.tensor.dtype == .float16)
    #expect(weight.tensor.shape == [16, 3, 6, 6])
  }

  @Test(arguments: [
    ("models/yolov5/yolov5n.pt", "yolov5/yolov5n", ""),
    ("models/yolov10/yolov10n.pt", "yolov10/yolov10n", ""),
    ("models/nanodet/nanodet-m_320.ckpt", "nanodet/nanodet-m", "model."),
  ])
  func stateIsListedInOrder(_ file: String, _ shapes: String, _ prefix: String) throws {
    let expected = try #require(
      try json("data/vectors/arch/shapes/\(shapes).json")["state_dict"] as? [[Any]])
    let found = try checkpoint(file).stateDict()
    #expect(found.count == expected.count)
    for (tensor, row) in zip(found, expected) {
      #expect(tensor.name == prefix + (row[0] as? String ?? ""))
      #expect(tensor.tensor.shape.dimensions == row[1] as? [Int], "\(tensor.name)")
      if tensor.role != .unknown {
        #expect((tensor.role == .parameter) == (row[3] as? String == "param"), "\(tensor.name)")
      }
    }
  }

  @Test(arguments: [
    "yolov5/y5_ghost.stripped.pt", "yolov5/y5_p2.stripped.pt",
    "yolov5/y5_panet_focus.stripped.pt", "yolov5/y5_spp_v3.stripped.pt",
    "yolov5/y5n6_p6.stripped.pt", "yolov5/y5n_p5.stripped.pt", "yolov5/y5n_p5.last.pt",
    "yolov7/y7.stripped.pt", "yolov7/y7_deploycfg.stripped.pt", "yolov7/y7_e6e_aux.stripped.pt",
    "yolov7/y7_tiny.stripped.pt", "yolov7/y7_w6_aux.stripped.pt", "yolov10/y10b.stripped.pt",
    "yolov10/y10n.stripped.pt",
  ])
  func parametersAreCounted(_ file: String) throws {
    let stem = file.split(separator: ".")[0]
    let expected = try #require(
      try json("data/vectors/arch/\(stem).json")["param_count"] as? Int)
    let root = try checkpoint("data/vectors/arch/" + file).root
    let model = try #require(root["model"]?.module)
    #expect(parameterCount(try model.stateDict()) == expected)
  }

  @Test(arguments: [
    "nd_efflite_small.ckpt", "nd_m05.ckpt", "nd_plus.ckpt", "nd_repvgg_small.ckpt",
    "nd_plus.model_best.pth",
  ])
  func lightningStatesAreRead(_ file: String) throws {
    let stem = file.split(separator: ".")[0]
    let sidecar = try json("data/vectors/arch/nanodet/\(stem).json")
    let state = try checkpoint("data/vectors/arch/nanodet/" + file).stateDict()
    if file.hasSuffix(".ckpt") {
      #expect(state.count == sidecar["n_checkpoint_state"] as? Int)
    }
    let buffers = [".running_mean", ".running_var", ".num_batches_tracked", "_project.project"]
    let own = state.filter { tensor in
      !tensor.name.hasPrefix("avg_model.") && !buffers.contains { tensor.name.hasSuffix($0) }
    }
    let count = own.reduce(0) { $0 + $1.tensor.count }
    let expected = try #require(sidecar["param_count"] as? Int)
    // The integral of the distribution is a buffer of a few numbers.
    #expect((expected...expected + 16).contains(count), "\(count) instead of \(expected)")
  }

  @Test(arguments: ["yolov5/y5n_p5", "yolov7/y7"])
  func valuesEqualThoseOfSafetensors(_ stem: String) throws {
    let expected = try SafetensorsFile(
      path: Shared.file("data/vectors/arch/\(stem).weights_f16.safetensors").path)
    let found = try checkpoint("data/vectors/arch/\(stem).stripped.pt").stateDict()
    #expect(found.count == expected.tensors.count)
    for tensor in found {
      #expect(expected[tensor.name] == tensor.tensor, "\(tensor.name)")
    }
  }

  @Test func trainingStateIsRead() throws {
    let root = try checkpoint("data/vectors/arch/yolov5/y5n_p5.last.pt").root
    #expect(root["epoch"]?.int == 7)
    #expect(root["updates"]?.int == 1234)
    #expect(root["best_fitness"]?.double != nil)
    #expect(root["ema"]?.module?.className == "models.yolo.Model")
    let momentum = try #require(root["optimizer"]?["state"]?[0]?["momentum_buffer"])
    #expect(try momentum.tensor().shape == [8])
    #expect(root["optimizer"]?["param_groups"]?[0]?["lr"]?.double != nil)
  }
}
