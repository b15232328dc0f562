"""`fc.keep`: a notebook keeps a number or a picture under a name, and the table of its sweep has it.

It is written into the cell's output as scrapbook's `glue` writes it, so each of the two reads the other's notebooks.
"""

from __future__ import annotations

import json
import math
import sys
from base64 import b64encode
from io import BytesIO
from numbers import Integral, Real
from typing import Any

from flowcfd.errors import CaseError

SCRAP = "application/scrapbook.scrap.json+json"
"""The type of an output that holds a value: {"name", "data", "encoder", "version"}."""


def keep(name: str, value: object, unit: str = "") -> None:
    """Keep a value for the table of the sweep: a number, a text, a list of such, or a figure of matplotlib.

        fc.keep("Cd", res.forces("body").Cd.last(200).mean())
        fc.keep("drag", 12.5, "N")
        fc.keep("flow", figure)

    An Uncertain brings its unit and its band. Outside of a notebook nothing happens. CaseError for what cannot be kept.
    """
    if not isinstance(name, str) or not name.strip():
        raise CaseError(f"keep: the name must be a text (got {name!r})")
    bundle, metadata = _picture(name, value) or _value(name, value, unit)
    if _in_notebook():
        from IPython.display import publish_display_data

        publish_display_data(bundle, metadata)  # type: ignore[no-untyped-call]


def _in_notebook() -> bool:
    """Whether there is a shell of IPython that shows what is displayed."""
    module = sys.modules.get("IPython")
    return module is not None and module.get_ipython() is not None


def _value(name: str, value: object, unit: str) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowcfd.uncertain import Uncertain

    more: dict[str, Any] = {}
    if isinstance(value, Uncertain):
        unit = unit or value.unit
        if value.uncertainty is not None:
            more["uncertainty"] = value.uncertainty
        number: object = value.value
    elif hasattr(value, "magnitude") and hasattr(value, "units"):  # a quantity of pint
        unit, number = unit or f"{value.units:~}", value.magnitude
    else:
        number = value
    data = plain(name, number)
    if unit:
        more["unit"] = unit
    shown = str(value) if isinstance(value, Uncertain) else " ".join(f"{_short(data)} {unit}".split())
    bundle = {
        SCRAP: {"name": name, "data": data, "encoder": "json", "version": 1},
        "text/plain": f"{name} = {shown}",
    }
    return bundle, {"scrapbook": {"name": name, "data": True, "display": False}, "flowcfd": more}


def _picture(name: str, value: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What shows a figure, or what knows itself as a PNG; None for anything else."""
    data: Any
    if callable(getattr(value, "savefig", None)):
        file = BytesIO()
        value.savefig(file, format="png", bbox_inches="tight")
        data = file.getvalue()
    elif callable(getattr(value, "_repr_png_", None)):
        shown = value._repr_png_()
        data = shown[0] if isinstance(shown, tuple) else shown
    else:
        return None
    text = data if isinstance(data, str) else b64encode(data).decode()
    bundle = {"image/png": text, "text/plain": name}
    return bundle, {"scrapbook": {"name": name, "data": False, "display": True}}


def plain(name: str, value: Any) -> Any:
    """A value as JSON has it, nan and infinities as null; CaseError for one that JSON has not."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value) if math.isfinite(value) else None
    if type(value).__name__ in ("Series", "DataFrame", "Signal", "Table"):
        raise CaseError(f"keep {name!r}: is a {type(value).__name__}; keep a number of it, such as .last(200).mean()")
    if hasattr(value, "tolist"):
        return plain(name, value.tolist())
    if isinstance(value, list | tuple):
        return [plain(name, one) for one in value]
    if isinstance(value, dict):
        return {str(key): plain(name, one) for key, one in value.items()}
    raise CaseError(f"keep {name!r}: must be a number, a text, a list of such or a figure (got {type(value).__name__})")


def _short(data: Any) -> str:
    return f"{data:.6g}" if isinstance(data, float) else data if isinstance(data, str) else json.dumps(data)[:80]
