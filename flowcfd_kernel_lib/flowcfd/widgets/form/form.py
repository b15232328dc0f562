"""Form: fields for a Spec, derived from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flowcfd.case.spec import Spec
from flowcfd.registry import Registry


class Form:
    """Fields for a spec, derived from its model; it holds the last valid value and the problems of what is typed.

        form = Form(fc.Channel("1 m", "10 cm"), told=print)          a value
        form = Form(fc.Case, told)                                   a type: nothing is given so far, value is None
        form = Form(fc.Cavity(1), told, kinds=DOMAINS)               with the kind to choose on top
        form.part("boundaries")                                      a widget of this part only, of the same form

    `told` is called after every change with the value, or None while there are problems. `choices` are the names that
    may be given at a path ("boundaries": patch names; "outputs.*.patches", or for every field of a name: "patches").
    `proposals` are reasons by path, shown as "why".
    """

    def __init__(
        self,
        value: Spec | type[Spec],
        told: Callable[[Any], object] | None = None,
        *,
        kinds: Registry[Any] | None = None,
        proposals: Mapping[str, str] | None = None,
        choices: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.value: Any = value if isinstance(value, Spec) else None
        self.problems: Mapping[str, str] = {}
        self._told = told

    @property
    def widget(self) -> Any:
        """The widget of the whole form."""
        return self.part("")

    def part(self, path: str) -> Any:
        """The widget of the part at a dotted path; all parts are of one form and are checked together."""
        import ipywidgets

        return ipywidgets.HTML(f"form {path}")

    def enter(self, path: str, given: object) -> None:
        """Give a value at a dotted path as if it were typed: a text, a flag, a kind's name, None for "as proposed"."""

    def replace(self, value: Spec) -> None:
        """Show another value; what does not change keeps its text and the focus stays."""
        self.value = value

    def propose(self, proposals: Mapping[str, str]) -> None:
        """Other reasons by path."""

    def choose(self, choices: Mapping[str, Sequence[str]]) -> None:
        """Other names to choose from by path."""

    def show(self, findings: Mapping[str, str | tuple[str, str]]) -> None:
        """Findings from outside by path: a sentence, or (severity, sentence); those from before are taken away."""
