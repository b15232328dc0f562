"""Geometries are kept by their digests: written beneath FLOWCFD_HOME once, opened again by any process."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from flowcfd.cad import surface
from flowcfd.cad.geometry import SCHEMA, Floats, Geometry, Ints, Source, folder
from flowcfd.errors import GeometryError


def kept(
    points: Floats,
    triangles: Ints,
    faces: Ints,
    names: tuple[str, ...],
    *,
    label: str,
    source: Source,
    shape: Path | None = None,
    exact: Mapping[str, Any] | Geometry | None = None,
    valid: bool = True,
    said: Sequence[str] = (),
) -> Geometry:
    """The Geometry of these triangles, whose arrays are written under FLOWCFD_HOME unless they are there.

    `shape` is a folder that holds the CAD shape too, `exact` what is known of it better than by triangles.
    """
    content = hashlib.sha256(f"{SCHEMA} {json.dumps(names)} {'cad' if shape else ''}".encode())
    for array in (points, triangles, faces):
        content.update(np.ascontiguousarray(array).tobytes())
    digest = content.hexdigest()
    place = folder(digest)
    if not (place / "triangles.npz").exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".new-") as made:
            part = Path(made) / "geometry"
            part.mkdir()
            np.savez(part / "triangles.npz", points=points, triangles=triangles, faces=faces)
            if shape is not None:
                shutil.copy(shape / "shape.brep", part / "shape.brep")
                about = json.loads((shape / "faces.json").read_text())
                (part / "faces.json").write_text(json.dumps({**about, "names": list(names)}))
            try:
                part.rename(place)
            except OSError:
                if not (place / "triangles.npz").exists():  # else another process was faster
                    raise
    known = exact.to_json() if isinstance(exact, Geometry) else dict(exact or {})
    sizes, _ = surface.areas(points, triangles)
    closed = surface.watertight(points, triangles)
    volume = known["volume"] if "volume" in known else surface.volume(points, triangles) if closed else None
    colours = tuple(None if one is None else (one[0], one[1], one[2]) for one in known.get("colours", ()))
    made_of = Geometry(
        digest=digest, label=label, source=source, volume=volume, area=float(known.get("area", sizes.sum())),
        solids=int(known.get("solids", 0)), valid=bool(known.get("valid", valid)), names=names, colours=colours,
        face_areas=tuple(known.get("face_areas", ())), said=tuple(said),
    )  # fmt: skip
    if not (place / "geometry.json").exists():
        part = place / f".geometry.json.{os.getpid()}"
        part.write_text(json.dumps(made_of.to_json()))
        part.replace(place / "geometry.json")
    return made_of


def kept_geometry(digest: str) -> Geometry:
    """The geometry of this digest, which any process of this home has made; GeometryError when it is gone."""
    if not isinstance(digest, str):
        raise GeometryError(f"digest: must be that of a geometry (got {type(digest).__name__})")
    try:
        about = json.loads((folder(digest) / "geometry.json").read_text())
        source = Source(**{**about["source"], "steps": tuple(about["source"]["steps"])})
        if about["digest"] != digest or not (folder(digest) / "triangles.npz").exists():
            raise ValueError("another one lies in its place")
        return Geometry(
            digest=digest, label=about["label"], source=source, volume=about["volume"], area=about["area"],
            solids=about["solids"], valid=about["valid"], names=tuple(about["names"]),
            colours=tuple(None if one is None else (one[0], one[1], one[2]) for one in about["colours"]),
            face_areas=tuple(about["face_areas"]), said=tuple(about["said"]),
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GeometryError(f"geometry {digest[:12]}: is not in {folder(digest)} ({error}); load it again") from None
