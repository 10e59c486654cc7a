import ApusKernels
import Testing

@Suite struct ISATests {
  @Test func scalarIsAlwaysThere() {
    #expect(ISA.available.first == .scalar)
    #expect(ISA.available.contains(ISA.best))
  }

  @Test func theVariableLowersTheChoice() throws {
    #expect(try ISA.selected(environment: [:]) == ISA.best)
    #expect(try ISA.selected(environment: ["APUS_ISA": ""]) == ISA.best)
    for isa in ISA.available {
      #expect(try ISA.selected(environment: ["APUS_ISA": isa.rawValue]) == isa)
    }
  }

  @Test func theVariableAllowsWhatItsInstructionSetIncludes() throws {
    #expect(try ISA.allowed(environment: ["APUS_ISA": ""]) == ISA.available)
    for isa in ISA.available {
      let allowed = try ISA.allowed(environment: ["APUS_ISA": isa.rawValue])
      #expect(allowed == isa.included && allowed.allSatisfy(ISA.available.contains))
    }
    #expect(throws: ISAError.self) { try ISA.allowed(environment: ["APUS_ISA": "mmx"]) }
  }

  @Test(arguments: ["sse9", "AVX2", "avx2 "])
  func anUnknownNameIsRefusedWithTheValidOnes(_ name: String) {
    let error = #expect(throws: ISAError.self) {
      try ISA.selected(environment: ["APUS_ISA": name])
    }
    #expect(error?.description.contains(name) == true)
    for isa in ISA.available { #expect(error?.description.contains(isa.rawValue) == true) }
  }

  @Test func anInstructionSetOfAnotherProcessorIsRefused() {
    let missing = ISA.allCases.filter { !ISA.available.contains($0) }
    #expect(!missing.isEmpty)
    for isa in missing {
      #expect(throws: ISAError.self) {
        try ISA.selected(environment: ["APUS_ISA": isa.rawValue])
      }
    }
  }

  @Test func everyFamilyHasAKernelForEveryInstructionSetHere() {
    for isa in ISA.available {
      let set = KernelSet(isa: isa)
      let chosen: [any Kernel] = [set.gemm, set.pack, set.window, set.unary, set.binary, set.row]
      for kernel in chosen {
        #expect(isa.included.contains(kernel.isa))
        #expect(kernel.name.contains("__\(kernel.isa.rawValue)"))
        // A wider instruction set has something to gain from in every family.
        if isa != .scalar { #expect(kernel.isa != .scalar) }
      }
    }
  }
}
