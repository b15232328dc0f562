"""The steps of the wizard, and what state each is in, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flowcfd.foam.check.finding import Findings
from flowcfd.widgets.wizard.draft import Draft

Word = Literal["done", "proposed", "needs something", "problem", "none needed", "not yet", "running", "failed"]
STEPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "Geometry": ("A body from a file, or a domain that has a shape of its own.", ("geometry", "name")),
    "Domain": ("The space that is computed, and the flow in it.", ("domain", "flow")),
    "Mesh": ("How the space is cut into cells.", ("mesh",)),
    "Physics": ("The fluid and the equations.", ("physics",)),
    "Boundaries": ("What happens at each patch.", ("boundaries",)),
    "Solve": ("How far, and how finely, the equations are advanced.", ("solve",)),
    "Outputs": ("What is recorded besides the fields.", ("outputs",)),
    "Check": ("What is wrong with the case, found before it is run; what it will cost.", ("files",)),
    "Run": ("Where it is computed, and what it is doing.", ()),
}
"""A sentence for each step, and the parts of the case that it is about."""
NAMES = tuple(STEPS)


@dataclass(frozen=True)
class State:
    """Where a step stands: a word, and a sentence where there is more to say."""

    word: Word
    why: str = ""


def step_of(path: str) -> str:
    """The step that a path in the case belongs to."""
    part = path.partition(".")[0].partition("[")[0]
    return next((name for name, (_, parts) in STEPS.items() if part in parts), "Check")


def states(draft: Draft, findings: Findings | None = None, run: str = "") -> dict[str, State]:
    """The state of every step; `findings` are those of the present case, `run` is the state of its run."""
    problems: dict[str, list[str]] = {}
    for path, text in draft.problems.items():
        problems.setdefault(step_of(path), []).append(f"{path}: {text}")
    found = {name: _state(draft, name, problems.get(name, [])) for name in NAMES}
    found["Check"] = _checked(found["Check"], findings)
    found["Run"] = _running(run)
    return found


def _state(draft: Draft, name: str, problems: list[str]) -> State:
    if problems:
        missing = all("not chosen yet" in text or "not there yet" in text for text in problems)
        return State("needs something" if missing else "problem", problems[0])
    if name == "Geometry":
        return State("none needed", "a domain with a shape of its own") if draft.geometry is None else State("done")
    parts = STEPS[name][1]
    proposed = [path for path in draft.reasons if path.partition(".")[0] in parts]
    return State("proposed", draft.reasons[proposed[0]]) if proposed else State("done")


def _checked(state: State, findings: Findings | None) -> State:
    if state.word == "problem":
        return state
    if findings is None:
        return State("not yet")
    return State("done" if findings.ok else "problem", findings.summary)


def _running(run: str) -> State:
    words: dict[str, Word] = {"Done": "done", "Failed": "failed", "Lost": "failed", "Cancelled": "failed"}
    return State(words.get(run, "running"), run) if run else State("not yet")
