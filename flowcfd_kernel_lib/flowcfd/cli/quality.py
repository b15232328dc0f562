"""`flowcfd quality`: how good a mesh is."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from flowcfd.cli import output
from flowcfd.cli.case import run as find
from flowcfd.errors import UnknownName
from flowcfd.picture import png_file
from flowcfd.post.quality import MeshQuality
from flowcfd.post.quality import quality as look
from flowcfd.post.quality.quality import WORST


def quality(options: Namespace) -> int:
    """The score with its parts, the layers and the advice; 1 for a mesh that nothing should be computed on."""
    if options.metric not in WORST:
        raise UnknownName("metric", options.metric, WORST, where="--metric")
    if options.picture is not None:
        png_file(options.picture, "--picture")
    folder = Path(options.target)
    found = look(folder if folder.is_dir() else find(options.target))
    if options.picture is not None:
        found.picture(options.metric).save(options.picture)
    if options.json:
        output.document(found.to_json())
    else:
        tell(found)
    return 1 if found.refused else 0


def tell(found: MeshQuality) -> None:
    """A mesh for people: its score with the parts, its layers, what checkMesh says, and advice."""
    report = found.report
    output.text(f"{found.path}: {found.score}; {report.cells} cells, {len(report.patches)} patches")
    output.table(
        ("part", "99 %", "worst", "mark", "weight"),
        [(part.name, f"{part.value:.3g} {part.unit}".strip(), f"{part.worst:.3g} {part.unit}".strip(),
          f"{part.mark:.2f}", f"{part.weight:g}") for part in found.score.parts],
        numbers=("99 %", "worst", "mark", "weight"),
    )  # fmt: skip
    if found.layers is not None and found.layers.layers:
        output.table(
            ("patch", "faces", "layers", "thickness", "reached"),
            [(name, one.faces, f"{one.layers:.2f}", f"{one.thickness:.3g} m", f"{one.thickness_fraction:.0%}")
             for name, one in found.layers.layers.items()],
            numbers=("faces", "layers", "thickness", "reached"),
        )  # fmt: skip
    for line in report.failures:
        output.text(f"checkMesh: {line}")
    output.hanging(("advice", line) for line in found.advice)
