import ApusBoxes
import Testing

@Suite("Class names")
struct ClassNamesTests {
  @Test func cocoHasEightyDistinctNames() {
    let names = ClassNames.coco80
    #expect(names.count == 80)
    #expect(Set(names.names).count == 80)
    #expect(names[0] == "person" && names[2] == "car" && names[5] == "bus")
    #expect(names[16] == "dog" && names[27] == "tie" && names[79] == "toothbrush")
    #expect(names[80] == "class80")
  }

  @Test func classesAreFoundByNameCaseAndIndex() throws {
    let names = ClassNames(["Cat", "cat", "7", "dog"])
    #expect(try names.index(of: "cat") == 1)
    #expect(try names.index(of: "DOG") == 3)
    #expect(try names.index(of: "7") == 2)
    #expect(try names.index(of: "0") == 0)
  }

  @Test(arguments: [
    ("persn", "person"), ("Trafic Light", "traffic light"), ("motorcicle", "motorcycle"),
  ])
  func aMistypedNameIsSuggested(_ typed: String, _ meant: String) {
    #expect(
      throws: UnknownClass(text: typed, nearest: meant, count: 80)
    ) { try ClassNames.coco80.index(of: typed) }
  }

  @Test(arguments: ["", "80", "-1", "xylophone quartet", String(repeating: "a", count: 5000)])
  func farNamesGetNoSuggestion(_ typed: String) {
    #expect(
      throws: UnknownClass(text: typed, nearest: nil, count: 80)
    ) { try ClassNames.coco80.index(of: typed) }
  }
}
