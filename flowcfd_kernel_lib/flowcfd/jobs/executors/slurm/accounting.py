"""What Slurm's books say of the jobs of a run: sacct where there is accounting, else the log of ended jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from flowcfd.errors import SiteError
from flowcfd.jobs.executors.slurm.client import Client
from flowcfd.jobs.usage import Usage

_COLUMNS = "JobID,ElapsedRaw,CPUTimeRAW,TotalCPU,MaxRSS,NodeList"
_UNITS = {"": 1.0, "K": 2.0**10, "M": 2.0**20, "G": 2.0**30, "T": 2.0**40}
_TAIL = 2**24
"""So much of the log of ended jobs [byte] is searched."""


def of_sacct(client: Client, name: str, task: int | None, since: float) -> Usage | None:
    """By sacct, all turns of the job of this name (or of one task of the array); None where it tells nothing."""
    start = datetime.fromtimestamp(since - 60).strftime("%Y-%m-%dT%H:%M:%S")  # Slurm takes local time
    words = ["sacct", "-n", "-P", "-D", "--name", name, "-S", start, "-o", _COLUMNS]
    try:
        done = client.answer(words, look=True)
    except SiteError:
        return None
    return read_sacct(done.stdout, task) if done.returncode == 0 else None


def read_sacct(answer: str, task: int | None) -> Usage | None:
    """The answer of sacct: a line for each turn of a job, and one for each of its steps, of which the memory is."""
    rows = [line.split("|") for line in answer.splitlines() if line.count("|") == _COLUMNS.count(",")]
    rows = [row for row in rows if task is None or row[0].partition(".")[0].endswith(f"_{task}")]
    whole = [row for row in rows if "." not in row[0]]
    if not any(int(row[1] or 0) for row in whole):
        return None
    return Usage(
        elapsed=sum(float(row[1] or 0) for row in whole),
        core_seconds=sum(float(row[2] or 0) for row in whole),
        cpu_seconds=sum(_seconds(row[3]) for row in whole),
        memory=max(_bytes(row[4]) for row in rows),
        nodes=_nodes(row[5] for row in whole),
        source="sacct",
    )


def of_log(client: Client, name: str, task: int | None) -> Usage | None:
    """By the log of jobcomp/filetxt, all turns that have ended; None where there is none that may be read."""
    try:
        config = client.answer(["scontrol", "show", "config"], look=True).stdout
    except SiteError:
        return None
    known = dict(re.findall(r"^(\w+)\s*= (.*)$", config, re.MULTILINE))
    if known.get("JobCompType") != "jobcomp/filetxt":
        return None
    try:
        with Path(known["JobCompLoc"]).open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - _TAIL))
            text = file.read().decode(errors="replace")
    except (OSError, KeyError):
        return None
    return read_log([line for line in text.splitlines() if f" Name={name} " in line], task)


def read_log(lines: Sequence[str], task: int | None) -> Usage | None:
    """Lines of the log of ended jobs, one for each turn: neither CPU time nor memory are in it."""
    turns = [dict(re.findall(r"(\w+)=(\S*)", line)) for line in lines]
    turns = [turn for turn in turns if task is None or turn.get("ArrayTaskId") == str(task)]
    spans = [span for turn in turns if (span := _span(turn)) is not None]
    if not spans:
        return None
    return Usage(
        elapsed=sum(span for span, _ in spans),
        core_seconds=sum(span * cores for span, cores in spans),
        cpu_seconds=0.0,
        memory=0.0,
        nodes=_nodes(turn.get("NodeList", "") for turn in turns),
        source="Slurm's log of ended jobs",
    )


def _span(turn: Mapping[str, str]) -> tuple[float, int] | None:
    """How long a turn was [s], and on how many cores; None for a job that never began."""
    try:
        begin, end = (datetime.fromisoformat(turn[name]) for name in ("StartTime", "EndTime"))
        return (end - begin).total_seconds(), int(turn["ProcCnt"])
    except (KeyError, ValueError):
        return None


def _nodes(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(node for node in found if node and not node.startswith(("None", "(null"))))


def _seconds(time: str) -> float:
    """A time of sacct, `[days-][hours:]minutes:seconds[.part]`."""
    days, _, rest = time.rpartition("-")
    total = 0.0
    for part in rest.split(":"):
        total = 60 * total + float(part or 0)
    return 86400.0 * float(days or 0) + total


def _bytes(size: str) -> float:
    """A memory of sacct, `1234K`."""
    found = re.fullmatch(r"([\d.]+)([KMGT]?)", size)
    return float(found[1]) * _UNITS[found[2]] if found else 0.0
