import ApusDatasets
import ApusMetrics
import ApusToolkit
import Testing

/// Laws of an evaluation, on a data set of two pictures, two classes with ids that are no positions, and
/// a crowd.
struct EvaluationLawTests {
  private static let dataset = Dataset(
    classes: [.init(id: 7, name: "cat"), .init(id: 3, name: "dog")],
    pictures: [
      .init(id: 10, file: "a.jpg", width: 200, height: 100, splits: ["val"]),
      .init(id: 5, file: "b.jpg", width: 100, height: 100, splits: ["val"]),
      .init(id: 6, file: "c.jpg", width: 100, height: 100, splits: ["train"]),
    ],
    annotations: [
      .init(id: 1, pictureID: 10, classID: 7, box: .init(x: 10, y: 10, width: 40, height: 40)),
      .init(id: 2, pictureID: 10, classID: 3, box: .init(x: 100, y: 20, width: 50, height: 60)),
      .init(id: 3, pictureID: 5, classID: 3, box: .init(x: 5, y: 5, width: 20, height: 30)),
      .init(
        id: 4, pictureID: 5, classID: 7, box: .init(x: 50, y: 0, width: 50, height: 100),
        isCrowd: true),
      .init(id: 5, pictureID: 6, classID: 7, box: .init(x: 0, y: 0, width: 9, height: 9)),
    ])

  private static func detection(
    _ annotation: Dataset.Annotation, score: Double = 0.9
  ) -> COCODetection {
    let box = annotation.box
    return COCODetection(
      imageID: annotation.pictureID, categoryID: annotation.classID, x: box.x, y: box.y,
      width: box.width, height: box.height, score: score)
  }

  @Test func splitsAreChosen() throws {
    let data = try EvaluationData(Self.dataset, path: "set")
    #expect(data.split == "val")
    #expect(data.dataset.pictures.map(\.id) == [10, 5])
    #expect(data.dataset.annotations.map(\.id) == [1, 2, 3, 4])
    let train = try EvaluationData(Self.dataset, path: "set", split: "train")
    #expect(train.dataset.annotations.map(\.id) == [5])
    let error = #expect(throws: ApusError.self) {
      try EvaluationData(Self.dataset, path: "set", split: "test")
    }
    #expect(error?.kind == .usage)
    #expect(error?.message == "'set': there is no split 'test'; known are train, val")
  }

  @Test func perfectDetectionsScoreOne() throws {
    let data = try EvaluationData(Self.dataset, path: "set")
    let found = data.dataset.annotations.filter { !$0.isCrowd }.map { Self.detection($0) }
    let evaluation = try Evaluation(ResultSet(name: "perfect", detections: found), on: data)
    #expect(evaluation.coco.summary.ap == 1)
    #expect(evaluation.coco.summary.ar100 == 1)
    #expect(evaluation.yolo.classes.map(\.classID) == [0, 1])
    #expect(abs((evaluation.yolo.mAP50 ?? 0) - 0.995) < 1e-12)
    #expect(evaluation.confusion[predicted: 0, truth: 0] == 1)
    #expect(evaluation.confusion[predicted: 1, truth: 1] == 2)
    #expect(evaluation.confusion.rows.joined().reduce(0, +) == 3)
  }

  @Test func nothingFoundScoresZero() throws {
    let data = try EvaluationData(Self.dataset, path: "set")
    let evaluation = try Evaluation(ResultSet(name: "none", detections: []), on: data)
    #expect(evaluation.coco.summary.ap == 0)
    #expect(evaluation.yolo.mAP50 == 0)
    #expect(evaluation.confusion[predicted: 2, truth: 1] == 2)
  }

  @Test func noObjectsAreRefused() throws {
    var empty = Self.dataset
    empty.annotations.removeAll { !$0.isCrowd }
    let error = #expect(throws: ApusError.self) { try EvaluationData(empty, path: "set") }
    #expect(error?.message.contains("none of 2 pictures of the split 'val' has an object") == true)
    empty.classes = []
    let bare = #expect(throws: ApusError.self) { try EvaluationData(empty, path: "set") }
    #expect(bare?.message.contains("there is no class to judge by") == true)
  }

  @Test func unorderedAndForeignDetectionsAreRefused() throws {
    let data = try EvaluationData(Self.dataset, path: "set")
    let first = data.dataset.annotations[0]
    let unordered = #expect(throws: ApusError.self) {
      try Evaluation(
        ResultSet(name: "bad.json", detections: [Self.detection(first, score: .nan)]), on: data)
    }
    #expect(unordered?.message.contains("'bad.json': detection 0 of image 10") == true)
    var foreign = Self.detection(first)
    foreign.imageID = 6
    let results = ResultSet(name: "bad.json", detections: [foreign])
    let unknown = #expect(throws: ApusError.self) { try Evaluation(results, on: data) }
    #expect(unknown?.message.contains("found image 6") == true)
  }
}
