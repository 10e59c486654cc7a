#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Starting a thread of the system, which is no Swift task.
enum WorkerThread {
  #if canImport(Darwin)
    private typealias Argument = UnsafeMutableRawPointer
  #else
    private typealias Argument = UnsafeMutableRawPointer?
  #endif

  private final class Start {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Starts a thread that must be joined; nil where the system has none left.
  static func start(_ body: @escaping @Sendable () -> Void) -> pthread_t? {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let argument = Unmanaged.passRetained(Start(body))
    guard pthread_create(&thread, nil, entry, argument.toOpaque()) == 0 else {
      argument.release()
      return nil
    }
    return thread
  }

  private static let entry: @convention(c) (Argument) -> UnsafeMutableRawPointer? = { argument in
    let opaque: UnsafeMutableRawPointer? = argument
    if let opaque { Unmanaged<Start>.fromOpaque(opaque).takeRetainedValue().body() }
    return nil
  }
}
