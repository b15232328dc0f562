"""Rules by name: one small function each, with a docstring that says why it matters and an example that fails.

    @rule("max-courant-without-adjusting", example=Example("pulse", {"system/controlDict": {"maxCo": 0.5}}))
    def max_courant(case: CaseView) -> Iterator[Finding]:
        \"\"\"maxCo is only read when adjustTimeStep is on.\"\"\"
        if ...:
            yield case.finding("warning", "maxCo is not read ...", "system/controlDict", "maxCo", mend=...)

A rule asks the view, which never raises for what is absent or unreadable. It yields findings; its name is put in here.
Rules of other packages come from the entry-point group `flowcfd.rules`.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module

from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.check.finding import Finding
from flowcfd.foam.check.view import CaseView
from flowcfd.registry import Registry

Inspect = Callable[[CaseView], Iterator[Finding]]
Edits = Mapping[str, Mapping[str, object] | str | None]
FAILED = "rule-failed"


@dataclass(frozen=True)
class Example:
    """A case that a rule finds something in: a sound one and edits of it.

    `base` names a built-in case (`flowcfd.foam.check.examples.BASES`) or, with a "/", a tutorial by the end of its
    path. `edits` maps a file to its new entries (None deletes), to a new text, or to None, which removes it.
    """

    base: str
    edits: Edits

    def sound(self) -> CaseFiles:
        """The case without the edits."""
        from flowcfd.foam.check import examples

        return examples.base(self.base)

    def broken(self) -> CaseFiles:
        """The case with the edits."""
        files = self.sound()
        for path, edit in self.edits.items():
            files = files.with_files({path: edit}) if isinstance(edit, str | None) else files.edited(path, edit)
        return files


@dataclass(frozen=True)
class Rule:
    """A rule: its name, what it does, and an example that it finds something in."""

    name: str
    inspect: Inspect
    example: Example

    @property
    def why(self) -> str:
        """The docstring: why the rule is there."""
        return inspect.getdoc(self.inspect) or ""

    def findings(self, case: CaseView) -> list[Finding]:
        """What it finds; a rule that raises is itself a finding that names it."""
        try:
            return [replace(one, rule=self.name) for one in self.inspect(case)]
        except Exception as error:  # a broken case must not end the check, nor must a foreign rule
            what = f"the rule {self.name!r} could not look at this case: {type(error).__name__}: {error}"
            return [Finding("note", FAILED, " ".join(what.split()))]


def _load() -> None:
    """Import all modules in flowcfd.foam.check.rules; a new file there needs no list."""
    from flowcfd.foam.check import rules

    for module in sorted(found.name for found in pkgutil.iter_modules(rules.__path__)):
        import_module(f"{rules.__name__}.{module}")


RULES: Registry[Rule] = Registry("rule", "flowcfd.rules", _load)


def rule(name: str, *, example: Example) -> Callable[[Inspect], Inspect]:
    """Register a function as the rule of this name."""

    def registered(function: Inspect) -> Inspect:
        RULES.register(name, Rule(name, function, example))
        return function

    return registered


def lint(case: CaseView, names: Iterable[str] | None = None) -> list[Finding]:
    """What the rules find, all of them or those named; raises UnknownName for a rule that is not there."""
    chosen = [rule for _, rule in RULES.items()] if names is None else [RULES.get(name) for name in names]
    return [finding for one in chosen for finding in one.findings(case)]
