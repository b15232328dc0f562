"""The three gates in order: every dictionary is parsed, the rules look, the real solver reads the case."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.errors import CaseError, DictionaryError
from flowcfd.foam import dictionary
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import Blob, CaseFiles
from flowcfd.foam.check.finding import Finding, Findings, Gate
from flowcfd.foam.check.rule import RULES, lint
from flowcfd.foam.check.view import CaseView
from flowcfd.foam.readable import ALWAYS_READ, is_dictionary

if TYPE_CHECKING:
    from flowcfd.case import Case

PARSE, RULE, DRY_RUN = "parse", "rules", "dry run"


def check(
    target: Case | CaseFiles | str | Path,
    *,
    dry_run: bool | None = None,
    rules: Iterable[str] | None = None,
    allow_code: bool = False,
) -> Findings:
    """What is wrong with a case, found before it is run, in three gates; nothing of the case is changed.

    `target` is a Case, its files or an OpenFOAM directory. `dry_run`: whether the solver reads the case too, in a copy
    that has its mesh; None: when that is cheap and OpenFOAM is there (`findings.gates` says why it was left out).
    `rules` names the rules to ask instead of all. `allow_code`: the dry run may compile and run the case's own code.
    Raises CaseError for a target that is no case, UnknownName for a rule that is not there.
    """
    chosen = None if rules is None else [rules] if isinstance(rules, str) else list(rules)
    for name in chosen or ():
        RULES.get(name)
    begin = time.perf_counter()
    try:
        files = _files(target)
    except DictionaryError as error:
        return Findings([_unreadable(error)], [Gate(PARSE, time.perf_counter() - begin, "ended at the first mistake")])
    found = list(parsed(files))
    count = sum(isinstance(content, str) and is_dictionary(path, content) for path, content in files.files.items())
    gates = [Gate(PARSE, _since(begin), f"{count} dictionaries")]
    begin = time.perf_counter()
    view = CaseView(files)
    found += lint(view, chosen)
    if chosen is None and not isinstance(target, CaseFiles | str | Path):
        from flowcfd.foam.check import situation

        found += situation.findings(target)
    gates.append(Gate(RULE, _since(begin), f"{len(RULES.names()) if chosen is None else len(chosen)} rules"))
    from flowcfd.foam.check import dryrun

    more, gate = dryrun.gate(view, found, wanted=dry_run, allow_code=allow_code)
    return Findings(_with_fields(target, [*found, *more]), [*gates, gate], files.name)


def _with_fields(target: Case | CaseFiles | str | Path, found: list[Finding]) -> list[Finding]:
    """The findings with the fields of the Case that they are about, where the target is a Case."""
    if isinstance(target, CaseFiles | str | Path):
        return found
    from flowcfd.foam.check.origin import field_of

    return [one if one.field else replace(one, field=field_of(target, one.file, one.entry)) for one in found]


def parsed(files: CaseFiles) -> Iterator[Finding]:
    """The first mistake in each dictionary that cannot be parsed."""
    for path, content in files.files.items():
        if isinstance(content, Blob):
            if path in ALWAYS_READ:
                yield Finding("error", PARSE, f"is no text ({content.size} bytes)", path)
        elif is_dictionary(path, content):
            try:
                dictionary.parse(content, path=path)
            except DictionaryError as error:
                yield _unreadable(error)


def _since(begin: float) -> float:
    return time.perf_counter() - begin


def _unreadable(error: DictionaryError) -> Finding:
    place = f"{error.path}" + (f":{error.line}:{error.column}" if error.line else "")
    message = str(error).removeprefix(f"{place}: ")
    return Finding("error", PARSE, message, str(error.path or ""), error.line, error.column)


def _files(target: Case | CaseFiles | str | Path) -> CaseFiles:
    if isinstance(target, CaseFiles):
        return target
    if isinstance(target, str | Path):
        return adopt(target)
    from flowcfd.case import Case
    from flowcfd.foam.render import render

    if not isinstance(target, Case):
        raise CaseError(f"check: {type(target).__name__} is no Case, CaseFiles or directory")
    return render(target)
