"""Form: fields for a Spec, derived from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flowcfd.case import edit
from flowcfd.case.code import python
from flowcfd.case.spec import Spec
from flowcfd.errors import FlowError
from flowcfd.foam.check.finding import Finding
from flowcfd.registry import Registry
from flowcfd.widgets.form import describe, drafts, edits
from flowcfd.widgets.form.describe import Known, dotted
from flowcfd.widgets.form.drafts import Draft, Path
from flowcfd.widgets.form.page import Page
from flowcfd.widgets.form.sorts import Nested, OneOf, Sort

Shown = tuple[str, str]
"""A severity ("error", "warning", "note") and a sentence."""
Asked = Mapping[str, Any]
"""What a page asks for: do, path, given, by."""


class Form:
    """Fields for a spec, derived from its model; it holds the last valid value and the problems of what is typed.

        form = Form(fc.Channel("1 m", "10 cm"), told=print)          a value
        form = Form(fc.Case, told)                                   a type: nothing is given so far, value is None
        form = Form(fc.Cavity(1), told, kinds=DOMAINS)               with the kind to choose on top
        form.part("boundaries")                                      a widget of this part only, of the same form

    `told` is called after every change with the value, or None while there are problems. `choices` are the names that
    may be given at a path ("boundaries": patch names; "outputs.*.patches", or for every field of a name: "patches").
    `proposals` are reasons by path, shown as "why"; `automatic` says by path what an empty field stands for.
    """

    def __init__(
        self,
        value: Spec | type[Spec],
        told: Callable[[Any], object] | None = None,
        *,
        kinds: Registry[Any] | None = None,
        proposals: Mapping[str, str] | None = None,
        choices: Mapping[str, Sequence[str]] | None = None,
        automatic: Mapping[str, str] | None = None,
    ) -> None:
        spec = type(value) if isinstance(value, Spec) else value
        self._sort: Sort = Nested(spec) if kinds is None else OneOf(kinds)
        self._told = told
        self._known = Known(choices or {}, automatic or {})
        self._proposals: Mapping[str, str] = proposals or {}
        self._findings: list[tuple[str, Shown]] = []
        self._pages: dict[Path, Page] = {}
        self._left: dict[tuple[Path, str], Draft] = {}
        self.value: Any = value if isinstance(value, Spec) else None
        self.problems: Mapping[str, str] = {}
        self._draft = drafts.fresh(self._sort) if self.value is None else drafts.drafted(self._sort, value)
        self._check()

    @property
    def widget(self) -> Page:
        """The widget of the whole form."""
        return self.part("")

    def part(self, path: str) -> Page:
        """The widget of the part at a dotted path; all parts are of one form and are checked together."""
        at = _steps(path)
        if at not in self._pages:
            drafts.edited(self._sort, self._draft, at, lambda _, old: old)  # raises for what is not there
            self._pages[at] = Page(self._heard, self._said)
            self._refresh()
        return self._pages[at]

    def enter(self, path: str, given: object) -> None:
        """Give a value at a dotted path as if it were typed: a text, a flag, a kind's name, None for "as proposed".

        Raises UnknownName for a path that does not exist.
        """
        self._do({"do": "give", "path": _steps(path), "given": given})

    def back(self, path: str) -> None:
        """Let the field at a dotted path be what it is when nobody touches it."""
        self._do({"do": "back", "path": _steps(path)})

    def add(self, path: str, name: str = "") -> None:
        """Add an entry to the list (`name` is its kind) or the mapping (`name` is its key) at a dotted path."""
        self._do({"do": "add", "path": _steps(path), "given": name})

    def remove(self, path: str) -> None:
        """Take the entry of a list or mapping at a dotted path away."""
        self._do({"do": "remove", "path": _steps(path)})

    def move(self, path: str, by: int) -> None:
        """Move the entry of a list at a dotted path by so many places."""
        self._do({"do": "move", "path": _steps(path), "by": by})

    def replace(self, value: Spec) -> None:
        """Show another value; what does not change keeps its text and the focus stays. `told` is not called."""
        if value == self.value and not self.problems:
            return
        self._draft = drafts.merged(self._sort, self._draft, drafts.drafted(self._sort, value))
        self.value = value
        self._check()
        self._refresh()

    def propose(self, proposals: Mapping[str, str], automatic: Mapping[str, str] | None = None) -> None:
        """Other reasons by path, and other words for what empty fields stand for."""
        known = Known(self._known.choices, self._known.automatic if automatic is None else automatic)
        if (self._proposals, self._known) != (proposals, known):
            self._proposals, self._known = dict(proposals), known
            self._refresh()

    def choose(self, choices: Mapping[str, Sequence[str]]) -> None:
        """Other names to choose from by path."""
        known = Known(choices, self._known.automatic)
        if known != self._known:
            self._known = known
            self._check()
            self._refresh()

    def show(self, findings: Mapping[str, str | Shown] | Iterable[Finding]) -> None:
        """Findings from outside instead of those before: by path a sentence or (severity, sentence); or fc.check's."""
        told: list[tuple[str, Shown]] = []
        for one in findings.items() if isinstance(findings, Mapping) else findings:
            if isinstance(one, Finding):
                told.append((one.field, (one.severity, one.message)))
            else:
                path, said = one
                told.append((path, ("error", said) if isinstance(said, str) else said))
        if told != self._findings:
            self._findings = told
            self._refresh()

    def _heard(self, asked: Asked) -> None:
        """What a page asks for; what cannot be done is said there, and the page shows again what there is."""
        try:
            self._do(asked)
        except FlowError as error:
            for page in self._pages.values():
                page.trouble = str(error)
            self._refresh()

    def _do(self, asked: Asked) -> None:
        path, given = tuple(asked.get("path", ())), asked.get("given")
        above, name = path[:-1], path[-1] if path else ""
        match asked.get("do"):
            case "give":
                self._edit(path, lambda sort, old: self._given(path, sort, old, given))
            case "back":
                self._edit(above, lambda sort, old: edits.back(sort, old, name))
            case "add":
                self._edit(path, lambda sort, old: edits.added(sort, old, str(given or "")))
            case "remove":
                self._edit(above, lambda sort, old: edits.removed(old, name))
            case "move":
                self._edit(above, lambda sort, old: edits.moved(old, name, int(asked.get("by", 0))))

    def _edit(self, path: Path, change: Callable[[Sort, Draft], Draft]) -> None:
        self._draft = drafts.edited(self._sort, self._draft, path, change)
        self._check()
        self._refresh()
        if self._told is not None:
            self._told(None if self.problems else self.value)

    def _given(self, path: Path, sort: Sort, old: Draft, given: Any) -> Draft:
        """What is there after something was given; a kind that is left is remembered, should it come back."""
        if isinstance(sort, OneOf) and isinstance(given, str):
            if isinstance(old, dict):
                self._left[path, old["kind"]] = old
            kept = self._left.get((path, given))
            return edits.given(sort, old, given) if kept is None else kept
        return edits.given(sort, old, given)

    def _said(self) -> str:
        """The value as Python, and its problems."""
        problems = [f"# {path}: {said}" for path, said in self.problems.items()]
        return "\n".join([*([python(self.value)] if self.value is not None else []), *problems])

    def _check(self) -> None:
        """Find the value, or the problems, of what is there."""
        value, found = self._checked()
        self._places = describe.walk(describe.node(self._sort, self._draft, (), self._known))
        owned: dict[Path, list[str]] = {}
        for loc, message in found:
            at, said = describe.owner(loc, message, self._places)
            owned.setdefault(at, []).append(said)
        self.problems = {dotted(at): "; ".join(dict.fromkeys(said)) for at, said in owned.items()}
        if not found and value != self.value:
            self.value = value

    def _checked(self) -> tuple[Any, list[tuple[Path, str]]]:
        sort = drafts.active(self._sort, self._draft)
        if not isinstance(sort, Nested):
            return None, [((), "choose one")]
        return drafts.checked(sort.spec, drafts.given(sort, self._draft))

    def _refresh(self) -> None:
        """Tell every page what there is."""
        if not self._pages:
            return
        self._places = describe.walk(describe.node(self._sort, self._draft, (), self._known))
        notes = self._notes()
        for at, page in self._pages.items():
            if at in self._places:
                own = dotted(at)
                page.tell(self._places[at], {key: note for key, note in notes.items() if _under(key, own)})

    def _notes(self) -> dict[str, dict[str, Any]]:
        """What is said of each place: its problem, findings, the reason for what is proposed."""
        notes: dict[str, dict[str, Any]] = {path: {"problem": said} for path, said in self.problems.items()}
        for path, reason in self._proposals.items():
            notes.setdefault(path, {})["why"] = reason
        for path, shown in self._findings:
            at, _ = describe.owner(_steps(path), "", self._places)
            notes.setdefault(dotted(at), {}).setdefault("found", []).append(list(shown))
        return notes


def _steps(path: str) -> Path:
    return edit.steps(path) if path else ()


def _under(key: str, part: str) -> bool:
    return not part or key == part or key.startswith((f"{part}.", f"{part}["))
