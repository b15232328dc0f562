"""`flowcfd geometry`: what there is to know of a file of geometry."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from flowcfd.cad import Geometry, load
from flowcfd.cad.defeature import told
from flowcfd.cad.geometry import Feature
from flowcfd.cad.report import Report
from flowcfd.cli import output
from flowcfd.cli.around import plain
from flowcfd.errors import CaseError
from flowcfd.picture import png_file


def geometry(options: Namespace) -> int:
    """The report, and pictures and features where they are asked for; 1 for what is not fit to be meshed."""
    if options.picture is not None:
        png_file(options.picture, "--picture")
    if options.stl is not None and not (folder := Path(options.stl).absolute().parent).is_dir():
        raise CaseError(f"--stl: there is no folder {folder}")
    found = load(options.file, options.unit)
    if options.heal is not None:
        found = found.heal(plain(options.heal))
    features = found.features(plain(options.features)) if options.features is not None else []
    report = found.report()
    if options.picture is not None:
        shown = found.picture(features=features) if features and not report.faults else report.picture()
        shown.save(options.picture)
    if options.stl is not None:
        found.write_stl(options.stl)
    if options.json:
        output.document({**report.to_json(), "features": [asdict(one) for one in features]})
    else:
        _tell(found, report, features)
    return 0 if report.sound else 1


def _tell(found: Geometry, report: Report, features: list[Feature]) -> None:
    facts = [(name, said) for name, said in report.lines() if name not in ("patches", "note", "fault")]
    output.table((found.label, ""), facts)
    output.table(
        ("patch", "area m2", "triangles", "looks to"),
        [(name, f"{one.area:.4g}", one.triangles, "({:.3g} {:.3g} {:.3g})".format(*one.normal))
         for name, one in found.patches.items()],
        numbers=("area m2", "triangles"),
    )  # fmt: skip
    output.hanging((name, said) for name, said in report.lines() if name in ("note", "fault"))
    for one in features:
        output.text(told(one))
