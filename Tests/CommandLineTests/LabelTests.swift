import ApusTestSupport
import Foundation
import Testing

/// Annotated pictures where what labels need is not installed.
@Suite struct LabelTests {
  #if os(Linux)
    static let lacks = [Lack.font, .library]
  #else
    // Files of libraries are named by their whole paths there.
    static let lacks = [Lack.font]
  #endif

  enum Lack {
    case font, library

    /// Words of the message.
    var words: [String] {
      switch self {
      case .font: ["labels: expected a font", "apt-get install fontconfig fonts-dejavu-core"]
      case .library:
        [
          "labels: expected Pango", "libpangocairo-1.0.so.0",
          "apt-get install libpangocairo-1.0-0",
        ]
      }
    }

    /// An environment that lacks it.
    func setting(_ place: Workplace) throws -> Apus.Setting {
      switch self {
      case .font:
        let file = try place.file("fonts.conf", Array("<fontconfig/>".utf8))
        return Apus.Setting(
          environment: ["FONTCONFIG_FILE": place.folder.appendingPathComponent(file).path])
      case .library:
        // What is found first is no library.
        try place.file("libpangocairo-1.0.so.0", Array("text".utf8))
        return Apus.Setting(environment: ["LD_LIBRARY_PATH": place.folder.path])
      }
    }
  }

  @Test(arguments: lacks)
  func picturesAreRefusedBeforeAnythingIsWritten(_ lack: Lack) throws {
    try Workplace.with { place in
      try place.file("net.onnx", Network.detector())
      try place.file("p.bmp", Picture.bmp(width: 8, height: 8))
      let setting = try lack.setting(place)
      try place.refuses(["detect", "net.onnx", "p.bmp", "--save-txt"], says: lack.words, setting)
      let result = try place.run(["detect", "net.onnx", "p.bmp", "--no-pictures"], setting)
      #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
    }
  }

  @Test(arguments: lacks)
  func aReportSaysThatItsPicturesAreMissing(_ lack: Lack) throws {
    try ValFixture.with { place in
      let command = ["val", "--results", "found.json", "set.json", "--output", "report"]
      let whole = try place.run(command)
      #expect(whole.status == 0 && whole.errors.isEmpty, "\(whole.errors)")
      let result = try place.run(command, lack.setting(place))
      #expect(result.status == 0, "\(result.errors)")
      #expect(result.errors.hasPrefix("apus: warning: 'report/report.html': "), "\(result.errors)")
      let page = String(
        decoding: try place.contents()["report/report.html"] ?? Data(), as: UTF8.self)
      for word in lack.words {
        #expect(result.errors.contains(word), "\(result.errors)")
        #expect(page.contains(word))
      }
    }
  }
}
