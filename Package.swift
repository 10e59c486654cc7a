// swift-tools-version: 6.2
import PackageDescription

/// Warnings are errors; `APUS_LENIENT=1` lets the new warnings of a newer compiler pass.
let isStrict = Context.environment["APUS_LENIENT"] == nil

/// `APUS_STATIC=1` puts Swift's own libraries into the executable, which then starts faster, takes less memory and runs
/// where no Swift is installed. `make build` asks for it; tests link to the shared ones. Apple's systems have those
/// already.
#if os(Linux)
  let isStatic = Context.environment["APUS_STATIC"] != nil
#else
  let isStatic = false
#endif

/// Settings of test targets: public conformances made in tests need `InternalImportsByDefault` off.
let tests: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
  ] + (isStrict ? [.treatAllWarnings(as: .error)] : [])

/// Settings of every library target.
let library = tests + [.enableUpcomingFeature("InternalImportsByDefault")]

/// Settings of the targets that touch raw memory: every unsafe use is marked.
let unsafeLibrary = library + [.strictMemorySafety()]

let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let arguments: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// The tests of a target, in `Tests/<target>Tests`.
func room(
  _ target: String, uses: [Target.Dependency] = [], excludes: [String] = []
) -> Target {
  .testTarget(
    name: "\(target)Tests", dependencies: [.target(name: target), "ApusTestSupport"] + uses,
    exclude: excludes, swiftSettings: tests)
}

// Targets in the order of their layers: a target depends only on targets of lower layers.
// `Documentation/Architecture.md` states the table, `Tests/LayeringTests` enforces it.
let package = Package(
  name: "apus",
  platforms: [.macOS(.v15)],
  products: [
    .library(
      name: "ApusToolkit",
      targets: ["ApusToolkit", "ApusImage", "ApusBoxes", "ApusDatasets", "ApusMetrics"]),
    .library(name: "ApusRuntime", targets: ["ApusRuntime", "ApusPlan"]),
    .executable(name: "apus", targets: ["apus"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf.git", from: "1.28.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.0.0"),
  ],
  targets: [
    // System libraries.
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    .systemLibrary(
      name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
    .systemLibrary(
      name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"]), .brew(["libzip"])]),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
    .systemLibrary(
      name: "CExpat", pkgConfig: "expat",
      providers: [.apt(["libexpat1-dev"]), .brew(["expat"])]),

    // Layer 0
    .target(name: "ApusTensor", swiftSettings: unsafeLibrary),
    .target(name: "ApusBoxes", swiftSettings: library),
    .target(name: "ApusRandom", swiftSettings: library),
    .target(name: "ApusDigest", dependencies: ["CCrypto"], swiftSettings: library),
    .target(
      name: "CApusKernels", cSettings: isStrict ? [.treatAllWarnings(as: .error)] : []),

    // Layer 1
    .target(name: "ApusGraph", dependencies: ["ApusTensor"], swiftSettings: library),
    .target(name: "ApusKernels", dependencies: ["CApusKernels"], swiftSettings: unsafeLibrary),
    .target(
      name: "ApusImage", dependencies: ["ApusBoxes", "CTurboJPEG", "CPNG", "CWebP"],
      swiftSettings: library),
    .target(
      name: "ApusPlan", dependencies: ["ApusTensor"], swiftSettings: library),

    // Layer 2
    .target(
      name: "ApusOperators", dependencies: ["ApusTensor", "ApusBoxes", "ApusGraph"],
      swiftSettings: library),
    .target(
      name: "ApusRuntime", dependencies: ["ApusTensor", "CApusKernels", "ApusKernels", "ApusPlan"],
      swiftSettings: library),
    .target(
      name: "ApusDatasets",
      dependencies: ["ApusBoxes", "ApusDigest", "ApusRandom", "ApusImage", "CExpat", "Yams"],
      swiftSettings: library),
    .target(
      name: "ApusMetrics", dependencies: ["ApusBoxes", "ApusRandom"], swiftSettings: library),

    // Layer 3
    .target(
      name: "ApusONNX", dependencies: ["ApusTensor", "ApusGraph", "ApusOperators", protobuf],
      swiftSettings: library),
    .target(
      name: "ApusCheckpoints", dependencies: ["ApusTensor", "CZip"], swiftSettings: library),
    .target(
      name: "ApusInterpreter", dependencies: ["ApusTensor", "ApusGraph", "ApusOperators"],
      swiftSettings: library),
    .target(
      name: "ApusPasses", dependencies: ["ApusTensor", "ApusGraph", "ApusOperators"],
      swiftSettings: library),

    // Layer 4
    .target(
      name: "ApusCompiler",
      dependencies: [
        "ApusTensor", "ApusGraph", "ApusOperators", "ApusKernels", "ApusPlan", "ApusRuntime",
      ],
      swiftSettings: library),
    .target(
      name: "ApusFamilies",
      dependencies: [
        "ApusTensor", "ApusBoxes", "ApusGraph", "ApusOperators", "ApusCheckpoints", "ApusRuntime",
      ],
      swiftSettings: library),

    // Layer 6
    .target(
      name: "ApusToolkit",
      dependencies: [
        "ApusTensor", "ApusBoxes", "ApusDigest", "ApusGraph", "ApusImage", "ApusKernels",
        "ApusPlan", "ApusOperators", "ApusRuntime", "ApusDatasets", "ApusMetrics", "ApusONNX",
        "ApusCheckpoints", "ApusInterpreter", "ApusPasses", "ApusCompiler", "ApusFamilies",
      ],
      swiftSettings: library),

    // Layer 7
    .executableTarget(
      name: "apus", dependencies: ["ApusToolkit", "ApusDatasets", arguments],
      swiftSettings: library + (isStatic ? [.unsafeFlags(["-static-stdlib"])] : []),
      linkerSettings: isStatic ? [.unsafeFlags(["-static-stdlib", "-use-ld=lld"])] : []),

    // Tests: one target for each room, and what they share.
    .target(
      name: "ApusTestSupport", dependencies: ["ApusTensor", "ApusGraph"],
      path: "Tests/ApusTestSupport", swiftSettings: tests),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    room("ApusTensor"),
    room("ApusBoxes"),
    room("ApusDigest"),
    room("ApusRandom"),
    room("ApusGraph", uses: ["ApusTensor", "ApusOperators"]),
    room("ApusKernels"),
    room("ApusImage", uses: ["ApusBoxes"], excludes: ["Golden"]),
    room("ApusOperators", uses: ["ApusTensor", "ApusGraph"]),
    room("ApusDatasets", uses: ["ApusBoxes", "ApusRandom", "ApusImage", "ApusDigest"]),
    room("ApusRuntime", uses: ["ApusTensor", "ApusKernels", "ApusPlan"]),
    room("ApusMetrics", uses: ["ApusBoxes"]),
    room(
      "ApusONNX",
      uses: [
        "ApusTensor", "ApusGraph", "ApusOperators", "ApusInterpreter", "ApusImage",
        "ApusCheckpoints",
      ]),
    room("ApusCheckpoints", uses: ["ApusTensor"]),
    room("ApusInterpreter", uses: ["ApusTensor", "ApusGraph", "ApusOperators"]),
    room(
      "ApusPasses",
      uses: [
        "ApusTensor", "ApusGraph", "ApusOperators", "ApusInterpreter", "ApusONNX",
        "ApusCheckpoints",
      ],
      excludes: ["Fixtures"]),
    room(
      "ApusCompiler",
      uses: [
        "ApusTensor", "ApusGraph", "ApusOperators", "ApusInterpreter", "ApusKernels",
        "ApusRuntime", "ApusPlan", "CAllocationCounter",
      ]),
    room(
      "ApusFamilies",
      uses: [
        "ApusTensor", "ApusBoxes", "ApusGraph", "ApusOperators", "ApusCheckpoints",
        "ApusInterpreter", "ApusPasses", "ApusImage", "ApusCompiler", "ApusRuntime",
      ]),
    room(
      "ApusToolkit",
      uses: [
        "ApusTensor", "ApusBoxes", "ApusDigest", "ApusGraph", "ApusImage", "ApusDatasets",
        "ApusMetrics", "ApusKernels", "ApusPlan", "ApusOperators", "ApusRuntime", "ApusONNX",
      ]),
    .testTarget(
      name: "CommandLineTests", dependencies: ["apus", "ApusTestSupport"], swiftSettings: tests),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "ApusTensor", "ApusGraph", "ApusOperators", "ApusONNX", "ApusInterpreter", "ApusRuntime",
        "ApusCompiler", "ApusTestSupport",
      ],
      exclude: ["exceptions.txt"], swiftSettings: tests),
    .testTarget(name: "LayeringTests", swiftSettings: tests),
  ],
  swiftLanguageModes: [.v6]
)
