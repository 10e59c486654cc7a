"""What was measured, as tables of text."""


def table(rows: list[list[str]]) -> str:
    """Columns as wide as their widest cell; the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            f"{cell:<{width}}" if column == 0 else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(row, widths))).rstrip()
        for row in rows)


def milliseconds(times: dict) -> str:
    return f"{times['least']:.2f}/{times['median']:.2f}"


def mebibytes(count: int | None) -> str:
    return "" if count is None else f"{count / 2**20:.0f}"


def details(rows: dict) -> str:
    """Every engine on one model."""
    lines = [["", "processor ms", "wall ms", "peak MiB", "of it imports", "load: processor ms", "wall ms"]]
    notes = []
    for contestant, row in rows.items():
        if "missing" in row:
            notes.append(f"{contestant.name}: not measured: {row['missing']}")
            continue
        lines.append([
            contestant.name, milliseconds(row["processor"]), milliseconds(row["wall"]),
            mebibytes(row["peakBytes"]), mebibytes(row["idlePeakBytes"]), *(f"{row['load'][clock]:.0f}" for clock in ("processor", "wall"))])
        if row["seen"]:
            seen = row["seen"]
            notes.append(
                f"{contestant.name}: cap in force: {seen['answered']} CPUIDs answered; of {seen['samples']} samples "
                f"{seen['vector']} in vector instructions, none above the cap")
    return "\n".join([table(lines), *notes])


# Ours in a precision is set beside the best peer of these. OpenVINO's bf16 beats its own INT8 on small models.
RIVALS = {"fp32": ["fp32"], "bf16": ["bf16"], "int8": ["int8", "bf16"]}


def ratios(rows: dict, threads: int) -> dict:
    """Per precision ours, the best peer by least time, and how many times its time is ours."""
    clock = "processor" if threads == 1 else "wall"
    found = {}
    for precision, rivals in RIVALS.items():
        measured = {one: row for one, row in rows.items() if "missing" not in row}
        ours = [row for one, row in measured.items() if one.is_ours and one.precision == precision]
        peers = [(row[clock]["least"], one.name) for one, row in measured.items()
                 if not one.is_ours and one.precision in rivals]
        if not ours or not peers:
            found[precision] = None
            continue
        best = min(peers)[1]
        theirs = next(row for one, row in measured.items() if one.name == best)
        found[precision] = {
            "clock": clock, "apus": ours[0][clock], "peer": best, "best": theirs[clock],
            "least": theirs[clock]["least"] / ours[0][clock]["least"],
            "median": theirs[clock]["median"] / ours[0][clock]["median"],
        }
    return found


def summary(results: list[dict]) -> str:
    """One row for each model and number of threads: times Apus, by least and by median time."""
    lines = [["model", "threads"] + [
        cell for precision in RIVALS for cell in (f"apus {precision}", "best peer", "", "ratio")]]
    for result in results:
        cells = [result["model"], str(result["threads"])]
        for precision in RIVALS:
            ratio = result["ratios"][precision]
            cells += ["–", "–", "", "–"] if ratio is None else [
                milliseconds(ratio["apus"]), milliseconds(ratio["best"]), ratio["peer"],
                f"{ratio['least']:.2f}/{ratio['median']:.2f}"]
        lines.append(cells)
    return table(lines)
