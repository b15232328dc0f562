"""Cases: adopted, checked, compared; meshes and results judged and reported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flowcfd.cli.grammar import bodies
from flowcfd.cli.grammar.words import command

if TYPE_CHECKING:
    from flowcfd.cli.grammar.words import Commands


def cases(commands: Commands) -> None:
    """All that is asked of a case, of its mesh, or of two cases."""
    adopt = command(commands, "adopt", "cases:adopt", "say what an OpenFOAM directory is: files, steps, code in it")
    adopt.add_argument("directory", metavar="DIR")
    adopt.add_argument("--write", type=Path, metavar="NEW", help="write the adopted files into the new directory NEW")
    check = command(commands, "check", "check:check", "say what is wrong with a case before it is run; 1 on errors")
    check.add_argument("case", nargs="?", default="", metavar="DIR|case.json")
    check.add_argument("--dry-run", action="store_true", help="the solver reads the case too, whatever its mesh costs")
    check.add_argument("--no-dry-run", action="store_true", help="dictionaries and rules only")
    check.add_argument("--rules", nargs="+", default=[], metavar="RULE", help="ask only these; see --list")
    check.add_argument("--set", action="append", default=[], metavar="FILE:ENTRY=VALUE", dest="edits",
                       help="change an entry first; can be repeated")  # fmt: skip
    check.add_argument("--mend", action="store_true", help="print the edits that would put it right, as a diff")
    check.add_argument("--write", type=Path, metavar="NEW", help="write the mended case into the new directory NEW")
    check.add_argument("--allow-code", action="store_true", help="the dry run may compile and run code of the case")
    check.add_argument("--list", action="store_true", help="name the rules, say why each is there, and stop")
    quality = command(commands, "quality", "quality:quality", "how good a mesh is: score, parts, layers, advice")
    quality.add_argument("target", metavar="RUN|DIR", help="a run, or an OpenFOAM directory with a mesh")
    quality.add_argument("--picture", type=Path, metavar="PNG", help="draw the worst cells into this file")
    quality.add_argument("--metric", default="non-orthogonality", metavar="NAME", help="worst by what (see --json)")
    report = command(commands, "report", "report:report", "write a report on a run, a study or a case: .pdf or .html")
    report.add_argument("target", nargs="?", default=".", metavar="RUN|DIR", help="a run, a study's folder, or a case")
    report.add_argument("path", nargs="?", default="report.pdf", metavar="FILE", help="report.pdf when not given")
    for name, words in (("title", "what stands on top"), ("author", "who reports"), ("note", "a first paragraph")):
        report.add_argument(f"--{name}", default="", metavar="TEXT", help=words)
    report.add_argument("--sections", nargs="+", default=[], metavar="NAME", help="these, in this order; see --list")
    report.add_argument("--template", type=Path, metavar="FILE", help="a template of your own, .typ or .html")
    report.add_argument("--list", action="store_true", help="name the sections and stop")
    bodies.geometry(commands)
    bodies.mesh(commands)
    bodies.size(commands)
    diff = command(commands, "diff", "cases:diff", "what must change in A to become B, as a unified diff")
    for name in ("a", "b"):
        diff.add_argument(name, metavar=name.upper(), help="an OpenFOAM directory, a case.json or a run")
    diff.add_argument("--exit-code", action="store_true", help="exit 1 when they differ")
