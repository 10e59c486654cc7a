"""Compares our schema file with the one of the installed `onnx` package: numbers, types, repetition.

Usage: check_schema.py onnx.proto
"""

import re
import sys

import onnx

TYPES = {
    1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 9: "string", 12: "bytes",
    # Enumerations are plain integers in our schema.
    14: "int32",
}


def ours(path: str) -> dict[str, dict[int, tuple[str, str, bool]]]:
    messages: dict[str, dict[int, tuple[str, str, bool]]] = {}
    stack: list[str] = []
    for line in open(path, encoding="utf-8"):
        line = line.split("//")[0].strip()
        if match := re.match(r"message (\w+) {", line):
            stack.append(match[1])
            messages[".".join(stack)] = {}
        elif re.match(r"oneof \w+ {", line):
            stack.append("")
        elif line == "}":
            stack.pop()
        elif match := re.match(r"(optional |repeated |)(\w+) (\w+) = (\d+)", line):
            message = ".".join(name for name in stack if name)
            messages[message][int(match[4])] = (match[3], match[2], match[1] == "repeated ")
    return messages


def theirs(message, prefix: str = "") -> dict[str, dict[int, tuple[str, str, bool]]]:
    name = prefix + message.name
    fields = {}
    for field in message.fields:
        kind = field.message_type.name if field.message_type else TYPES[field.type]
        fields[field.number] = (field.name, kind, field.is_repeated)
    result = {name: fields}
    for nested in message.nested_types:
        result |= theirs(nested, name + ".")
    return result


def main() -> None:
    standard = {}
    for message in onnx.ModelProto.DESCRIPTOR.file.message_types_by_name.values():
        standard |= theirs(message)
    checked, faults = 0, []
    for name, fields in ours(sys.argv[1]).items():
        for number, field in fields.items():
            checked += 1
            if standard.get(name, {}).get(number) != field:
                faults.append(f"{name} field {number}: {field}, not {standard.get(name, {}).get(number)}")
    if faults or checked == 0:
        sys.exit("\n".join(faults) or "no field found")
    print(f"schema: {checked} fields equal those of onnx {onnx.__version__}")


main()
