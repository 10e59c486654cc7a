"""Processes that run in turns, and what their runs took."""

import json
import os
import signal
import statistics
import subprocess
import tempfile

from capping import Cap, CapError
from contestants import Contestant


class Served:
    """A process that answers `run K`; stopped while it is not its turn, so that no idle pool of threads spins."""

    def __init__(self, contestant: Contestant, command: list[str], cap: Cap | None):
        self.contestant = contestant
        variables = os.environ | (cap.variables(contestant.is_ours) if cap else {})
        self.errors = tempfile.TemporaryFile(mode="w+")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, env=variables)
        self.wall: list[float] = []
        self.processor: list[float] = []
        self.peak = 0
        try:
            self.ready = self.answer()
            if cap and not contestant.is_ours:
                cap.check(contestant.name, self.ready["seen"])
        except (RuntimeError, CapError):
            self.end()
            raise
        self.process.send_signal(signal.SIGSTOP)

    def answer(self) -> dict:
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.process.wait()
        self.errors.seek(0)
        lines = [line.strip() for line in self.errors if line.strip()]
        # Of a Python program the last line says what is wrong, of Apus the first.
        told = next((line for line in lines if line.startswith("apus: error: ")), lines[-1] if lines else "")
        raise RuntimeError(told.removeprefix("apus: error: ") or f"ended with {self.process.returncode}")

    def run(self, count: int) -> None:
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.write(f"run {count}\n")
        self.process.stdin.flush()
        answer = self.answer()
        self.process.send_signal(signal.SIGSTOP)
        self.wall += answer["wall"]
        self.processor += answer["processor"]
        self.peak = max(self.peak, answer["processPeak"])

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.errors):
            stream.close()

    def row(self) -> dict:
        """What came out; the times that count are the processor's for one thread, the clock's for more."""
        return {
            "processor": {"least": min(self.processor), "median": statistics.median(self.processor)},
            "wall": {"least": min(self.wall), "median": statistics.median(self.wall)},
            "runs": len(self.wall),
            "peakBytes": self.peak,
            "idlePeakBytes": self.ready.get("idlePeak"),
            "load": {clock: self.ready["load"][clock][0] for clock in ("processor", "wall")},
            "version": self.ready["version"],
            "seen": self.ready.get("seen"),
        }


def measure(commands: dict[Contestant, list[str] | str], cap: Cap | None, rounds: int, runs: int) -> dict:
    """Rows by contestant: figures, or why there are none. A command that is text is such a reason.

    An engine that does not keep to the cap ends it all.
    """
    rows: dict[Contestant, dict] = {}
    served: list[Served] = []
    try:
        for contestant, command in commands.items():
            if isinstance(command, str):
                rows[contestant] = {"missing": command}
                continue
            try:
                served.append(Served(contestant, command, cap))
            except RuntimeError as error:
                rows[contestant] = {"missing": str(error)}
        for _ in range(rounds):
            for one in list(served):
                try:
                    one.run(runs)
                except RuntimeError as error:
                    rows[one.contestant] = {"missing": str(error)}
                    served.remove(one)
                    one.end()
        for one in served:
            rows[one.contestant] = one.row()
    finally:
        for one in served:
            one.end()
    return {contestant: rows[contestant] for contestant in commands}
