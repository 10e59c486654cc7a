import ApusMetrics
import ArgumentParser

/// What thresholds are chosen for, as a person writes it: `f1`, `precision=0.9`, `recall=0.8`.
struct ThresholdGoal: ExpressibleByArgument, CustomStringConvertible {
  static let f1 = ThresholdGoal(goal: .f1, description: "f1")

  let goal: BestConfidence.Goal
  let description: String

  private init(goal: BestConfidence.Goal, description: String) {
    self.goal = goal
    self.description = description
  }

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    if argument == "f1" {
      self = .f1
      return
    }
    guard parts.count == 2, let floor = Double(parts[1]), (0...1).contains(floor) else {
      return nil
    }
    switch parts[0] {
    case "precision": self.init(goal: .precision(atLeast: floor), description: argument)
    case "recall": self.init(goal: .recall(atLeast: floor), description: argument)
    default: return nil
    }
  }
}
