"""`report`: a run, a study or an OpenFOAM case as a PDF or a page, from sections and a template."""

from __future__ import annotations

import base64
import json
import mimetypes
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowcfd import telling
from flowcfd.errors import CaseError, FlowError, SiteError
from flowcfd.given import given_path
from flowcfd.reports.blocks import Figures
from flowcfd.reports.sections import SECTIONS, Section, Subject, ordered
from flowcfd.version import __version__

if TYPE_CHECKING:
    from flowcfd.benchmarks.outcome import Outcome
    from flowcfd.benchmarks.validation import Validation
    from flowcfd.jobs.handle import Run
    from flowcfd.post.open import Results
    from flowcfd.scene import Scene
    from flowcfd.studies import Study
    from flowcfd.studies.independence import Independence

Own = Callable[[Subject], Section | None]


def report(
    of: Results | Run | Study | Independence | str | Path,
    path: str | Path,
    *,
    title: str = "",
    author: str = "",
    note: str = "",
    sections: Iterable[str | Own] | None = None,
    template: str | Path | None = None,
    evidence: Iterable[Independence | Outcome | Validation] = (),
    scenes: Iterable[Scene] = (),
) -> Path:
    """Write what there is to say of a run, a study or a case directory; the kind follows from the suffix of `path`.

        fc.report(res, "ahmed.pdf", title="Ahmed body, 25 degrees", author="Team Aero")

    `.pdf` is typeset by typst, `.html` is one file that needs nothing else. `sections` are names of SECTIONS in their
    order, or functions `Subject -> Section | None`; None: all that have something to say. `template` is a file of your
    own, .typ or .html (Jinja), that gets the same data, and the pictures that lie beside it. `evidence` is what speaks
    for the numbers: what `fc.studies.independence` and `fc.benchmarks.validate` gave. `scenes` are shown of the flow in
    place of the middle plane. Returns the path.

    CaseError for a path that cannot be written, a suffix, section or template that is not known, UnknownName for a
    section; ResultError for what holds no run; SiteError where typst is not installed. What one section cannot say, it
    says in its place.
    """
    target = _target(path)
    writer = _WRITERS[target.suffix.lower()]
    own = _template(template, target.suffix.lower())
    beside = None if template is None else given_path(template, "template").absolute().parent
    for name, text in (("title", title), ("author", author), ("note", note)):
        if not isinstance(text, str):
            raise CaseError(f"{name}: must be text (got {type(text).__name__})")
    subject = _with(Subject.of(of), evidence, scenes)
    chosen = ordered() if sections is None else _chosen(sections)
    figures, told = Figures(), []
    try:
        for number, (name, make) in enumerate(chosen):
            telling.tell(target, f"report: {name}", number / max(1, len(chosen)))
            section = _made(name, make, subject, strict=sections is not None)
            if section is not None:
                told.append(section.to_json(figures))
        telling.tell(target, "report: the page", 0.95)
        words = {"title": title or subject.title, "author": author, "note": note, "kicker": subject.kicker,
                 "date": f"{datetime.now(UTC):%d %B %Y}", "version": __version__, "sections": told,
                 "badge": subject.badge}  # fmt: skip
        content = writer(words, figures.files, own, beside)
    finally:
        telling.tell(target, "", over=True)
    part = target.with_name(f".{target.name}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise CaseError(f"path: {target} cannot be written: {error.strerror}") from None
    return target


def _target(path: object) -> Path:
    """Where the report goes; refused before anything is computed where it cannot."""
    if not isinstance(path, str | Path):
        raise CaseError(f"path: must be the name of a file .pdf or .html (got {type(path).__name__})")
    target = Path(path).expanduser().absolute()
    if target.suffix.lower() not in _WRITERS:
        raise CaseError(f"path: must end with {' or '.join(_WRITERS)} (got {target.name!r})")
    if not target.parent.is_dir():
        raise CaseError(f"path: there is no folder {target.parent}")
    if target.is_dir():
        raise CaseError(f"path: {target} is a folder")
    if not os.access(target.parent, os.W_OK):
        raise CaseError(f"path: nothing may be written into {target.parent}")
    return target


def _chosen(sections: Iterable[str | Own]) -> list[tuple[str, Own]]:
    """The sections that were asked for, by the names that are said of them."""
    if isinstance(sections, str) or not isinstance(sections, Iterable):
        raise CaseError(f"sections: give a list of names or functions, such as [{sections!r}]")
    chosen: list[tuple[str, Own]] = []
    for one in sections:
        if isinstance(one, str):
            chosen.append((one, SECTIONS.get(one, where="sections")))
        elif callable(one):
            chosen.append((getattr(one, "__name__", "own"), one))
        else:
            raise CaseError(f"sections: give names or functions Subject -> Section (got {type(one).__name__})")
    return chosen


def _with(subject: Subject, evidence: Iterable[Any], scenes: Iterable[Any]) -> Subject:
    from flowcfd.benchmarks.outcome import Outcome
    from flowcfd.benchmarks.validation import Validation
    from flowcfd.scene import Scene
    from flowcfd.studies.independence import Independence

    for name, several in (("evidence", evidence), ("scenes", scenes)):
        if not isinstance(several, Iterable):
            raise CaseError(f"{name}: give a list of them (got {type(several).__name__})")
    parts = (one if isinstance(one, Validation) else (one,) for one in evidence)
    given, shown = tuple(chain.from_iterable(parts)), tuple(scenes)
    for one in given:
        if not isinstance(one, Independence | Outcome):
            raise CaseError(
                f"evidence: give what fc.studies.independence or fc.benchmarks.validate gave (got {type(one).__name__})"
            )
    for one in shown:
        if not isinstance(one, Scene):
            raise CaseError(f"scenes: give Scenes, such as fc.view(res).slice('y') (got {type(one).__name__})")
    return replace(subject, evidence=(*subject.evidence, *given), scenes=shown)


def _made(name: str, make: Callable[[Subject], object], subject: Subject, *, strict: bool) -> Section | None:
    """What a section has to say; a section that fails says why, so that nothing is left out in silence."""
    try:
        section = make(subject)
    except FlowError as error:
        return Section.apology(name, str(error)) if strict or not isinstance(error, SiteError) else None
    except Exception as error:  # sections are also plug-ins and functions of a notebook
        return Section.apology(name, f"{type(error).__name__}: {error}")
    if section is None:
        return Section.apology(name, "there is nothing to say of this here") if strict else None
    if not isinstance(section, Section):
        return Section.apology(name, f"it gives no Section (got {type(section).__name__})")
    return section


def _template(given: str | Path | None, suffix: str) -> str:
    if given is None:
        return resources.files("flowcfd.reports").joinpath(f"templates/report{_TEMPLATES[suffix]}").read_text()
    file = given_path(given, "template")
    if not file.is_file():
        raise CaseError(f"template: there is no file {file}")
    wanted = _TEMPLATES[suffix]
    if file.suffix.lower() != wanted:
        raise CaseError(f"template: a report as {suffix} needs a template {wanted} (got {file.name!r})")
    try:
        return file.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(
            f"template: {file} cannot be read: {getattr(error, 'strerror', '') or 'it is no text'}"
        ) from None


def _pdf(words: Mapping[str, Any], files: Mapping[str, bytes], template: str, beside: Path | None = None) -> bytes:
    try:
        import typst
    except ImportError:
        raise SiteError("a report as PDF needs typst: pip install 'flowcfd[report]'; .html works without it") from None
    import matplotlib

    with tempfile.TemporaryDirectory(prefix="flowcfd-report-") as made:
        folder = Path(made)
        (folder / "report.json").write_text(json.dumps(words))
        (folder / "report.typ").write_text(template)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        for file in () if beside is None else beside.iterdir():  # a logo, or what the template imports
            if not (folder / file.name).exists():
                (folder / file.name).symlink_to(file)
        fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
        try:
            return bytes(typst.compile(folder / "report.typ", root=folder, font_paths=[fonts]))
        except typst.TypstError as error:
            raise CaseError(f"template: typst says: {str(error).splitlines()[0]}") from None


def _html(words: Mapping[str, Any], files: Mapping[str, bytes], template: str, beside: Path | None = None) -> bytes:
    import jinja2

    def data(name: str) -> str:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        content = files[name] if name in files else (beside or Path()).joinpath(name).read_bytes()
        return f"data:{kind};base64,{base64.b64encode(content).decode()}"

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    try:
        page = environment.from_string(template).render(**words, data=data)
    except jinja2.TemplateError as error:
        raise CaseError(f"template: {error}") from None
    except Exception as error:  # a template computes, and so may fail in any way
        raise CaseError(f"template: {type(error).__name__}: {error}") from None
    return page.encode()


Writer = Callable[[Mapping[str, Any], Mapping[str, bytes], str, "Path | None"], bytes]
_WRITERS: Mapping[str, Writer] = {".pdf": _pdf, ".html": _html}
_TEMPLATES: Mapping[str, str] = {".pdf": ".typ", ".html": ".html"}
