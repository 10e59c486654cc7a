/// The opcodes of the pickle protocols 0 to 5.
enum PickleOpcode: UInt8 {
  // Numbers and constants.
  case int = 0x49
  case binInt = 0x4A
  case binInt1 = 0x4B
  case binInt2 = 0x4D
  case long = 0x4C
  case long1 = 0x8A
  case long4 = 0x8B
  case float = 0x46
  case binFloat = 0x47
  case none = 0x4E
  case newTrue = 0x88
  case newFalse = 0x89
  // Text and bytes.
  case string = 0x53
  case binString = 0x54
  case shortBinString = 0x55
  case binBytes = 0x42
  case shortBinBytes = 0x43
  case binBytes8 = 0x8E
  case byteArray8 = 0x96
  case nextBuffer = 0x97
  case readonlyBuffer = 0x98
  case unicode = 0x56
  case shortBinUnicode = 0x8C
  case binUnicode = 0x58
  case binUnicode8 = 0x8D
  // Containers.
  case emptyList = 0x5D
  case append = 0x61
  case appends = 0x65
  case list = 0x6C
  case emptyTuple = 0x29
  case tuple = 0x74
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case emptyDict = 0x7D
  case dict = 0x64
  case setItem = 0x73
  case setItems = 0x75
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91
  // Stack and memo.
  case pop = 0x30
  case dup = 0x32
  case mark = 0x28
  case popMark = 0x31
  case get = 0x67
  case binGet = 0x68
  case longBinGet = 0x6A
  case put = 0x70
  case binPut = 0x71
  case longBinPut = 0x72
  case memoize = 0x94
  // Globals, calls and objects.
  case ext1 = 0x82
  case ext2 = 0x83
  case ext4 = 0x84
  case global = 0x63
  case stackGlobal = 0x93
  case reduce = 0x52
  case build = 0x62
  case inst = 0x69
  case obj = 0x6F
  case newObj = 0x81
  case newObjEx = 0x92
  case persID = 0x50
  case binPersID = 0x51
  // The stream itself.
  case proto = 0x80
  case stop = 0x2E
  case frame = 0x95

  /// The part of the machine that carries the opcode out.
  enum Group { case number, text, container, memory, object, stream }

  var group: Group {
    switch self {
    case .int, .binInt, .binInt1, .binInt2, .long, .long1, .long4, .float, .binFloat, .none,
      .newTrue, .newFalse:
      .number
    case .string, .binString, .shortBinString, .binBytes, .shortBinBytes, .binBytes8,
      .byteArray8, .nextBuffer, .readonlyBuffer, .unicode, .shortBinUnicode, .binUnicode,
      .binUnicode8:
      .text
    case .emptyList, .append, .appends, .list, .emptyTuple, .tuple, .tuple1, .tuple2, .tuple3,
      .emptyDict, .dict, .setItem, .setItems, .emptySet, .addItems, .frozenSet:
      .container
    case .pop, .dup, .mark, .popMark, .get, .binGet, .longBinGet, .put, .binPut, .longBinPut,
      .memoize:
      .memory
    case .ext1, .ext2, .ext4, .global, .stackGlobal, .reduce, .build, .inst, .obj, .newObj,
      .newObjEx, .persID, .binPersID:
      .object
    case .proto, .stop, .frame: .stream
    }
  }

  /// The name that Python's `pickletools` prints.
  var name: String {
    let plain = "\(self)".uppercased()
    for prefix in ["EMPTY", "SHORT", "STACK", "NEXT", "READONLY"] where plain.hasPrefix(prefix) {
      return prefix + "_" + plain.dropFirst(prefix.count)
    }
    return switch self {
    case .popMark: "POP_MARK"
    case .longBinGet: "LONG_BINGET"
    case .longBinPut: "LONG_BINPUT"
    case .newObjEx: "NEWOBJ_EX"
    default: plain
    }
  }
}
