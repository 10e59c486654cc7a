import ApusPlan

extension Plan {
  /// The plan with other operations.
  func changing(_ change: (Operation) -> Operation) -> Plan {
    Plan(
      name: name, isa: isa, tileRows: tileRows, inputs: inputs, outputs: outputs,
      steps: steps.map {
        Step(
          name: $0.name, operators: $0.operators, operation: change($0.operation),
          multiplyAccumulates: $0.multiplyAccumulates, bytes: $0.bytes)
      }, arenaCount: arenaCount, constants: constants, slotCount: slotCount)
  }
}
