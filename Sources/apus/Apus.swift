import ApusToolkit
import ArgumentParser
import Foundation

/// The command line.
@main
struct Apus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apus",
    abstract:
      "Object detectors from training data to boxes and their evaluation, in one binary.",
    discussion: """
      Every command takes --json for machines and --help for people.
      Exit codes: 0 done, 1 a file or a model does not allow it, 2 the command line makes no sense.

      Examples:
        apus inspect yolov5n.pt
        apus export yolov5n.pt --to yolov5n.onnx
        apus detect yolov5n.pt photos/ --output detections
        apus val yolov5n.pt data.yaml
      """,
    version: ApusVersion.current,
    subcommands: [
      Models.self, New.self, Inspect.self, Export.self, Compile.self, Simplify.self, Cut.self,
      Run.self,
      Detect.self, Val.self, Compare.self, Sweep.self, Bench.self, DataCommand.self, Anchors.self,
    ])

  /// Runs the command, and turns errors into one sentence and an exit code.
  static func main() {
    Interruption.watch()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let code as ExitCode {
      // The command has said what there is to say.
      Foundation.exit(code.rawValue)
    } catch let error as ApusError {
      fail(error.message, code: error.kind == .usage ? 2 : 1)
    } catch {
      if exitCode(for: error) == .success {
        try? StandardOutput.print(fullMessage(for: error))
        Foundation.exit(0)
      }
      if exitCode(for: error) == .validationFailure {
        let message = fullMessage(for: error)
        let prefix = "Error: "
        fail(message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message, code: 2)
      }
      fail("\(error)", code: 1)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    StandardError.fail(message)
    Foundation.exit(code)
  }
}
