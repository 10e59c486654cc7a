/// Callables that no file of weights needs and that can only mean program code.
///
/// Nothing is ever called, whatever a pickle names; the list only decides which pickles are refused
/// as hostile rather than read as records of unknown classes.
enum DangerousGlobals {
  /// Modules of which no callable belongs into a file of weights.
  static let modules: Set<String> = [
    "os", "posix", "nt", "ntpath", "posixpath", "subprocess", "_posixsubprocess", "sys", "shutil",
    "socket", "_socket", "ssl", "asyncio", "multiprocessing", "threading", "_thread", "signal",
    "importlib", "imp", "runpy", "pkgutil", "zipimport", "code", "codeop", "bdb", "pdb", "cProfile",
    "profile", "trace", "timeit", "doctest", "pty", "ctypes", "_ctypes", "cffi", "webbrowser",
    "commands", "popen2", "pip", "setuptools", "ensurepip", "venv", "idlelib",
    "tempfile", "glob", "fileinput", "urllib", "urllib2", "http", "requests", "ftplib",
    "smtplib", "telnetlib", "xmlrpc", "pickle", "_pickle", "cPickle", "dill", "shelve", "marshal",
    "atexit", "site", "sysconfig", "distutils", "antigravity",
  ]

  /// Modules by their full path, inside of packages that are otherwise harmless.
  static let paths: Set<String> = [
    "numpy.testing._private.utils", "numpy.f2py", "numpy.distutils", "torch.hub",
    "torch.utils.cpp_extension", "torch.utils.collect_env", "torch.package", "torch.ops",
    "torch.jit.unsupported_tensor_ops", "torch.distributed.launcher", "logging.config",
  ]

  /// Modules that a dotted name or getattr reaches from a harmless module that imports them.
  static let reachable: Set<String> = [
    "os", "posix", "nt", "sys", "subprocess", "builtins", "shutil", "socket", "importlib", "ctypes",
  ]

  /// Functions of harmless modules.
  static let functions: Set<String> = [
    "builtins.eval", "builtins.exec", "builtins.execfile", "builtins.compile",
    "builtins.__import__", "builtins.open", "builtins.input", "builtins.raw_input",
    "builtins.breakpoint", "builtins.globals", "builtins.locals", "builtins.vars",
    "builtins.setattr", "builtins.delattr", "builtins.apply", "builtins.map", "builtins.filter",
    "builtins.exit", "builtins.quit", "builtins.help", "builtins.file",
    "functools.reduce", "operator.methodcaller", "operator.attrgetter", "io.open", "io.FileIO",
    "_io.open", "_io.FileIO", "torch.load", "torch.serialization.load", "numpy.load",
    "types.CodeType", "types.FunctionType", "types.LambdaType",
  ]

  /// Names that mean the same in whichever module they are found.
  static let names: Set<String> = [
    "system", "popen", "Popen", "execv", "execve", "execfile",
    "__import__", "import_module", "check_output", "check_call", "__globals__",
    "__builtins__", "__subclasses__", "__getattribute__",
  ]

  /// The callable that makes a call dangerous: the one called, or one handed to it.
  static func culprit(_ callable: PickleGlobal, _ arguments: [PickleNode]) -> String? {
    if isDangerous(callable) { return callable.description }
    // A function handed over can be called by the receiver; classes of tensors are handed over too.
    for case .global(let global) in arguments where isDangerous(global) {
      return global.description
    }
    // Bound methods of records are pickled with getattr; reaching for code is not.
    if callable.description == "builtins.getattr" {
      for case .string(let name) in arguments where names.contains(name) || reachable.contains(name)
      {
        return "getattr \(name)"
      }
    }
    return nil
  }

  private static func isDangerous(_ global: PickleGlobal) -> Bool {
    let path = global.module.split(separator: ".").map(String.init)
    let name = global.name.split(separator: ".").map(String.init)
    if let root = path.first, modules.contains(root) { return true }
    if functions.contains(global.description) { return true }
    if paths.contains(where: { global.module == $0 || global.module.hasPrefix($0 + ".") }) {
      return true
    }
    // A dotted name can walk from a harmless module into one that it imports.
    if name.dropLast().contains(where: reachable.contains) { return true }
    if path.dropFirst().contains(where: reachable.contains) { return true }
    return name.last.map { names.contains($0) } ?? false
  }
}
