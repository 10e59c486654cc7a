import Foundation
import Testing

/// Options of `apus val` that make no sense, and files it must not write.
@Suite struct ValRefusalTests {
  @Test func optionsWithoutSenseAreRefused() throws {
    try ValFixture.with(network: true) { place in
      let model = ["val", "net.onnx", "set.json"]
      for (options, words) in [
        (["--batch", "0"], ["--batch is 0", "1 to 1024"]),
        (["--limit", "0"], ["--limit is 0", "at least 1"]),
        (["--max-det", "0"], ["--max-det is 0", "at least 1"]),
        (["--threads", "0"], ["--threads is 0"]), (["--iou", "nan"], ["--iou is nan", "0 to 1"]),
        (["--conf", "2"], ["\"2\"", "0 to 1"]), (["--conf", "abc"], ["\"abc\"", "number"]),
        (["--conf", "0.1,c9=0.2"], ["\"c9\"", "did you mean"]),
        (["--split", "train"], ["set.json", "no split 'train'", "--split"]),
        (["--image-size", "65"], ["net.onnx", "64x64"]),
        (["--preprocess", "crop"], ["crop"]),
        (["--results", "found.json"], ["--results", "the data set alone"]),
      ] {
        try place.refuses(model + options, status: 2, says: words)
      }
      for option in [["--conf", "0.1"], ["--batch", "2"], ["--rect"], ["--half"]] {
        try place.refuses(
          ["val", "--results", "found.json", "set.json"] + option, status: 2,
          says: [option[0], "for a model"])
      }
      try place.refuses(
        model + ["--names", "absent.txt"], says: ["absent.txt", "cannot be read"])
    }
  }

  /// A target that cannot be written is refused before the run, and leaves nothing behind.
  @Test func targetsThatCannotBeWrittenAreRefused() throws {
    try ValFixture.with { place in
      let run = ["val", "--results", "found.json", "set.json"]
      try place.refuses(
        run + ["--output", "names.txt"], says: ["names.txt", "output folder cannot be made"])
      try place.refuses(run + ["--output", "names.txt/x"], says: ["names.txt/x"])
      for option in ["--save-results", "--save-thresholds"] {
        try place.refuses(
          run + [option, "gone/x.json"], says: ["gone/x.json", "no folder 'gone'"])
        try place.refuses(run + [option, "."], says: ["is a folder"])
        try place.refuses(
          run + [option, "set.json"], status: 2, says: ["set.json", "would be overwritten"])
      }
      // The folders made for a run that fails go with it.
      try place.refuses(
        run + ["--output", "a/b/c", "--split", "train"], status: 2, says: ["train"])
    }
  }

  /// Neither pictures of the data set nor another output are overwritten.
  @Test func whatIsReadOrWrittenIsNotOverwritten() throws {
    try ValFixture.with { place in
      let run = ["val", "--results", "found.json", "set.json"]
      for option in ["--save-results", "--save-thresholds"] {
        try place.refuses(
          run + [option, "./3.bmp"], status: 2, says: ["3.bmp", "would be overwritten"])
        for name in ["report.json", "report.html"] {
          try place.refuses(
            run + [option, "r/../r/\(name)", "--output", "r"], status: 2,
            says: [name, "written twice"])
        }
      }
      try place.refuses(
        run + ["--save-results", "x.json", "--save-thresholds", "./x.json"], status: 2,
        says: ["x.json", "written twice"])
      try place.refuses(
        ["val", "a.onnx", "set.json", "--names", "names.txt", "--save-results", "names.txt"],
        status: 2, says: ["names.txt", "would be overwritten"])
    }
  }
}
