import ApusToolkit
import Testing

/// Which class of a data set a class of a model is.
@Suite struct ClassMappingTests {
  /// Classes whose ids are not their positions.
  private static let classes = [(7, "cat"), (3, "Dog"), (40, "traffic light")]

  private static func mapping(
    _ names: [String], count: Int? = nil, classes: [(Int, String)] = classes
  ) throws -> ClassMapping {
    try ClassMapping(
      names: names, count: count, modelPath: "net.pt",
      data: EvaluationFixture.data(classes: classes))
  }

  @Test func namesArePairedWhateverTheirOrder() throws {
    let mapping = try Self.mapping(["traffic light", "cat", "Dog"], count: 3)
    #expect(mapping.ids == [40, 7, 3])
    #expect(mapping.notes.isEmpty)
  }

  @Test func caseAndSpacesAroundDoNotMatter() throws {
    let mapping = try Self.mapping([" CAT", "dog", "Traffic Light\t"])
    #expect(mapping.ids == [7, 3, 40])
    #expect(mapping.notes.isEmpty)
    // Spaces within a name do.
    #expect(try Self.mapping(["cat", "trafficlight"]).ids == [7, nil])
  }

  /// Where names differ by their case alone, each finds its own.
  @Test func theExactNameComesFirst() throws {
    let mapping = try Self.mapping(
      ["PERSON", "person", "Person"], classes: [(1, "person"), (2, "PERSON")])
    #expect(mapping.ids == [2, 1, 1])
  }

  @Test func ofRepeatedNamesTheFirstIsTaken() throws {
    let mapping = try Self.mapping(["cat"], classes: [(5, "cat"), (6, "cat")])
    #expect(mapping.ids == [5])
    #expect(mapping.notes.count == 1)
    #expect(mapping.notes.first?.contains("1 of the data set's 2 classes") == true)
  }

  @Test func modelsWithoutNamesGoByPosition() throws {
    for count in [3, nil] {
      let mapping = try Self.mapping([], count: count)
      #expect(mapping.ids == [7, 3, 40])
      #expect(mapping.notes.count == 1)
      #expect(mapping.notes.first?.contains("carries no class names") == true)
    }
    let error = #expect(throws: ApusError.self) { try Self.mapping([], count: 80) }
    #expect(error?.kind == .failure)
    for words in ["'net.pt'", "80 classes", "not the 3 of 'set.json'", "--names"] {
      #expect(error?.message.contains(words) == true, "\(words): \(error?.message ?? "")")
    }
  }

  @Test func whatOnlyOneSideHasIsSaid() throws {
    let mapping = try Self.mapping(["person", "dog", "car"])
    #expect(mapping.ids == [nil, 3, nil])
    #expect(
      mapping.notes == [
        "2 of the model's 3 classes are not in the data set, and their detections were left out: person,"
          + " car",
        "2 of the data set's 3 classes are unknown to the model, and all of their objects count as missed:"
          + " cat, traffic light",
      ])
  }

  @Test func nothingInCommonIsAnErrorThatListsBoth() throws {
    let names = (0..<20).map { "class\($0)" }
    let error = #expect(throws: ApusError.self) { try Self.mapping(names) }
    #expect(error?.kind == .failure)
    for words in [
      "'net.pt'", "class0, class1", "class7 and 12 more", "'set.json'", "cat, Dog, traffic light",
      "no name in common", "--names",
    ] {
      #expect(error?.message.contains(words) == true, "\(words): \(error?.message ?? "")")
    }
  }
}
