"""Outputs added to the files of a case, so that an adopted one records what is asked of it."""

from __future__ import annotations

from flowcfd.case.output import Forces, Output
from flowcfd.case.physics import Incompressible
from flowcfd.errors import CaseError
from flowcfd.foam import dictionary
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.outputs import functions


def with_outputs(files: CaseFiles, *outputs: Output, physics: Incompressible | None = None) -> CaseFiles:
    """Equal files whose run records these outputs too: `with_outputs(fc.adopt(path), fc.Reattachment("lowerWall"))`.

    Of a case that was adopted only its files are known: Forces need their `rho`, and patches are not checked. A case
    with code or conditions around its functions takes them in all the same. Raises CaseError for a name that is taken.
    """
    missing = [output.name for output in outputs if isinstance(output, Forces) and output.rho is None]
    if missing and physics is None:
        raise CaseError(f"outputs.{missing[0]}: needs rho, as the fluid's is not known here")
    path = "system/controlDict"
    tree = dictionary.parse(files.text(path), path=path, root=files.files)
    application = str(tree.get("application", ""))
    made = functions(outputs, physics or Incompressible(fluid="air"), application)
    taken = tree.expanded(strict=False).get("functions")
    for name in made:
        if isinstance(taken, dictionary.Tree) and name in taken.keys():  # noqa: SIM118
            raise CaseError(f"outputs.{name}: a function of the case has this name")
    if "functions" not in tree:
        return files.edited(path, {"functions": made})
    return files.edited(path, {f"functions.{name}": entries for name, entries in made.items()})
