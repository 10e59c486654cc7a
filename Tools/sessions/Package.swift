// swift-tools-version: 6.2
import PackageDescription

// The runtime alone, so that it is built with a sanitizer in a minute; see Tools/test-sessions.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
  name: "sessions",
  platforms: [.macOS(.v15)],
  targets: [
    .target(name: "ApusTensor", swiftSettings: settings),
    .target(name: "CApusKernels"),
    .target(name: "ApusKernels", dependencies: ["CApusKernels"], swiftSettings: settings),
    .target(name: "ApusPlan", dependencies: ["ApusTensor"], swiftSettings: settings),
    .target(
      name: "ApusRuntime", dependencies: ["ApusTensor", "CApusKernels", "ApusKernels", "ApusPlan"],
      swiftSettings: settings),
    .executableTarget(
      name: "stress", dependencies: ["ApusTensor", "ApusKernels", "ApusPlan", "ApusRuntime"],
      path: "Stress", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
