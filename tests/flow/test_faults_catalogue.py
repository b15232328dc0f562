"""Every failure of the catalogue, provoked in a small case with the real application: its name, its place, its mend."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from flowcfd.foam import faults, install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.foam.faults import Fault

pytestmark = pytest.mark.flow

Change = tuple[str, str, str] | tuple[str, str | None]
"""(path, old text, new text), (path, all its text), (path, None) to remove it; "+" before the text appends it."""


@dataclass(frozen=True)
class Provoked:
    """What is changed in a case, what is run, and what is to be said of it."""

    fault: str
    base: str
    changes: tuple[Change, ...]
    command: str = ""
    says: str = ""
    place: str = ""
    mended: tuple[Change, ...] = ()
    """Changes after which the command ends well."""


CONTROL, SCHEMES, SOLUTION = "system/controlDict", "system/fvSchemes", "system/fvSolution"
TURBULENCE, TRANSPORT, THERMO = (f"constant/{name}Properties" for name in ("turbulence", "transport", "thermophysical"))
BLOCK, SNAPPY, DECOMPOSE = (f"system/{name}Dict" for name in ("blockMesh", "snappyHexMesh", "decomposePar"))
BOUNDARY = "constant/polyMesh/boundary"
HEAD = "FoamFile { version 2.0; format ascii; class dictionary; object a; }\n"
HALVES = HEAD + "numberOfSubdomains 2; method simple; coeffs { n (2 1 1); }\n"
HEX = "(0 1 2 3 4 5 6 7)"
TWO = "mpirun -np 2 icoFoam -parallel"
DIVIDED = "decomposePar > /dev/null; "
UNTRAPPED = "FOAM_SIGFPE=false "
UPWIND = (SCHEMES, "div(phi,U)      Gauss linear;", "div(phi,U) Gauss upwind;")
RELAXED = '0.9; // 0.9 is more stable but 0.95 more convergent\n        ".*"            0.9'
FREE = (SOLUTION, RELAXED, '0.999; ".*" 0.999')
LINEAR = (SCHEMES, "bounded Gauss linearUpwind grad(U)", "Gauss linear")
FAST = ("0/U", "(1 0 0)", "(100 0 0)")
LES = "simulationType LES; LES { LESModel %s; turbulence on; printCoeffs on; delta %s; cubeRootVolCoeffs {} }"
CYCLIC = "            (3 7 6 2)\n        );\n    }"
SIDES = "            (0 4 7 3)\n            (2 6 5 1)\n            (1 5 4 0)\n"
CORNERS = ((3, 3, 3), (7, 3, 3), (3, 7, 3), (3, 3, 7))
FACETS = "".join(
    "facet normal 0 0 0\nouter loop\n"
    + "".join("vertex " + " ".join(f"0.{x}" for x in CORNERS[corner]) + "\n" for corner in facet)
    + "endloop\nendfacet\n"
    for facet in ((0, 2, 1), (0, 1, 3), (0, 3, 2), (1, 2, 3))
)
SNAPPY_TEXT = (
    HEAD
    + """castellatedMesh on; snap off; addLayers off;
geometry { body.stl { type triSurfaceMesh; name body; } }
castellatedMeshControls
{
    maxLocalCells 100000; maxGlobalCells 200000; minRefinementCells 0; nCellsBetweenLevels 1; features ();
    refinementSurfaces { body { level (1 1); } } refinementRegions {} resolveFeatureAngle 30;
    locationInMesh (0.113 0.127 0.131); allowFreeStandingZoneFaces true;
}
snapControls { nSmoothPatch 3; tolerance 2; nSolveIter 10; nRelaxIter 3; }
addLayersControls
{
    relativeSizes true; layers { "body.*" { nSurfaceLayers 2; } } expansionRatio 1.2; finalLayerThickness 0.5;
    minThickness 0.1; nGrow 0; featureAngle 100; nRelaxIter 3; nSmoothSurfaceNormals 1; nSmoothNormals 3;
    nSmoothThickness 2; maxFaceThicknessRatio 0.5; maxThicknessToMedialRatio 0.3; minMedialAxisAngle 90;
    nBufferCellsNoExtrude 0; nLayerIter 10;
}
meshQualityControls { #includeEtc "caseDicts/mesh/generation/meshQualityDict.cfg" nSmoothScale 4; errorReduction 0.75; }
mergeTolerance 1e-6;
"""
)


def function(text: str) -> Change:
    return (CONTROL, "+functions { a { %s } }\n" % text)  # noqa: UP031


def sampled(text: str) -> Change:
    return function(f"libs (sampling fieldFunctionObjects forces utilityFunctionObjects); {text}")


P = Provoked
PROVOKED = [
    # boundary conditions
    P("no-condition-for-patch", "cavity", (("0/p", "fixedWalls", "others"),), says="fixedWalls", place="0/p:25",
      mended=(("0/p", "others", "fixedWalls"),)),
    P("unknown-boundary-condition", "cavity", (("0/U", "noSlip", "noSlipp"),), says="did you mean noSlip?",
      place="0/U:31 boundaryField.fixedWalls", mended=(("0/U", "noSlipp", "noSlip"),)),
    P("condition-against-patch-type", "cavity", (("0/U", "type            empty", "type zeroGradient"),), says="empty",
      place="0/U:36 boundaryField.frontAndBack", mended=(("0/U", "type zeroGradient", "type empty"),)),
    P("constraint-on-plain-patch", "cavity", (("0/p", "type            zeroGradient;", "type empty;"),),
      says="movingWall", place="0/p:25", mended=(("0/p", "type empty;", "type zeroGradient;"),)),
    P("wall-function-on-no-wall", "ras", ((BOUNDARY, "type            wall;", "type patch;"),), says="movingWall",
      place=BOUNDARY, mended=((BOUNDARY, "type patch;", "type wall;"),)),
    P("wall-function-without-that-of-nut", "ras", (("0/nut", "nutkWallFunction", "calculated"),), says="calculated",
      place="0/nut", mended=(("0/nut", "calculated", "nutkWallFunction"),)),
    P("condition-lacks-value", "cavity", (("0/U", "value           uniform (1 0 0);", ""),), says="value",
      place="0/U:25"),
    P("table-out-of-order", "cavity", (("0/U", "type            fixedValue;",
      "type uniformFixedValue; uniformValue table ((0 (1 0 0)) (0 (2 0 0)));"),), says="row 1"),
    P("outflow-cannot-balance", "cavity", ((BOUNDARY, "nFaces          20;", "nFaces          21;"),), says="outlet",
      place="0/U"),
    # fields
    P("field-of-another-mesh", "cavity", (("0/p", "uniform 0;", "nonuniform List<scalar> 3 (0 0 0);"),),
      says="3 values for 400", place="0/p:17"),
    P("field-of-another-class", "cavity", (("0/p", "volScalarField", "volVectorField"),), says="volScalarField",
      place="0/p:14", mended=(("0/p", "volVectorField", "volScalarField"),)),
    P("broken-header", "cavity", (("0/p", "FoamFile", "FoamFil"),), says="FoamFile", place="0/p:8"),
    P("nan-in-own-residuals", "cavity", ((CONTROL, "deltaT          0.005", "deltaT 0.5"),
      (CONTROL, "endTime         0.01", "endTime 50")), UNTRAPPED + "icoFoam", says="the residual of U is no number"),
    P("binary-header-on-text", "cavity", (("0/p", "format      ascii", "format      binary"),
      ("0/p", "uniform 0;", "nonuniform List<scalar> 2 (ab);")), says="binary", place="0/p:19"),
    P("wrong-number-of-components", "cavity", (("0/U", "(1 0 0)", "(1 0)"),), says="3 components", place="0/U:26",
      mended=(("0/U", "(1 0)", "(1 0 0)"),)),
    P("word-for-number", "cavity", (("0/U", "(1 0 0)", "(1 0 x)"),), says="'x'", place="0/U:26"),
    P("wrong-token", "dam", (("system/setFieldsDict", "volScalarFieldValue alpha.water 1", "volScalar alpha.water 1"),),
      "setFields", says="label 1", place="system/setFieldsDict:30"),
    P("not-a-switch", "ras", ((TURBULENCE, "turbulence      on", "turbulence maybe"),), says="maybe",
      place=f"{TURBULENCE}:24 RAS.turbulence"),
    P("value-missing", "ras", ((TURBULENCE, "RASModel        kEpsilon;",
      "RASModel kEpsilon; kEpsilonCoeffs { Cmu none; }"),), says="no value", place=f"{TURBULENCE}:22"),
    # dimensions
    P("unequal-dimensions", "cavity", (("0/p", "[0 2 -2 0 0 0 0]", "[1 -1 -2 0 0 0 0]"),), says="-grad(p)",
      mended=(("0/p", "[1 -1 -2 0 0 0 0]", "[0 2 -2 0 0 0 0]"),)),
    P("different-dimensions", "simple", (("0/k", "[0 2 -2 0 0 0 0]", "[0 2 -3 0 0 0 0]"),), says="[0 2 -3 0 0 0 0]"),
    P("property-of-wrong-dimensions", "cavity", ((TRANSPORT, "0.01", "[0 2 -2 0 0 0 0] 0.01"),),
      says="[0 2 -1 0 0 0 0]", place=f"{TRANSPORT}:18 nu", mended=((TRANSPORT, "[0 2 -2", "[0 2 -1"),)),
    # files
    P("rank-lacks-mesh", "cavity", ((DECOMPOSE, HALVES),), DIVIDED + "rm -r processor1; " + TWO,
      says="a rank has no mesh"),
    P("no-mesh", "cavity", (("constant/polyMesh", None),), says="blockMesh", place="constant/polyMesh/points"),
    P("rank-lacks-file", "cavity", ((DECOMPOSE, HALVES),), DIVIDED + "rm processor1/0/p; " + TWO, says="processor1",
      place="processor1/0/p"),
    P("foundation-transport-properties", "cavity", ((TRANSPORT, None), ("constant/physicalProperties", HEAD)),
      says="physicalProperties", place=TRANSPORT),
    P("foundation-turbulence-properties", "ras", ((TURBULENCE, None), ("constant/momentumTransport", HEAD)),
      says="momentumTransport", place=TURBULENCE),
    P("file-unreadable", "cavity", (), "chmod 000 0/p; setpriv --bounding-set=-dac_override,-dac_read_search icoFoam",
      says="may not be read", place="0/p"),
    P("no-gravity", "room", (("constant/g", None),), says="(0 0 -9.81)", place="constant/g", mended=(("constant/g",
      HEAD.replace("dictionary", "uniformDimensionedVectorField") + "dimensions [0 1 -2 0 0 0 0]; "
      "value (0 0 -9.81);"),)),
    P("not-a-case", "cavity", (), "mkdir x; cd x; icoFoam", says="controlDict", place="x/system/controlDict"),
    P("no-decompose-dict", "cavity", (), TWO, says="numberOfSubdomains", place=DECOMPOSE),
    P("no-decompose-dict", "cavity", (), "decomposePar", says="hierarchical", place=DECOMPOSE, mended=((DECOMPOSE, HEAD
      + "numberOfSubdomains 2; method hierarchical; coeffs { n (2 1 1); }"),)),
    P("mesher-dictionary-missing", "cavity", ((BLOCK, None),), "blockMesh", says="blockMeshDict", place=BLOCK),
    P("mesher-dictionary-missing", "cavity", (), "changeDictionary", says="changeDictionaryDict"),
    P("mesher-dictionary-missing", "cavity", (), "setFields", says="setFieldsDict"),
    P("mesher-dictionary-missing", "cavity", (), "mapFields . -sourceTime 0", says="mapFieldsDict"),
    P("no-set", "cavity", (("system/topoSetDict",
      HEAD + "actions ( { name c; type cellZoneSet; action new; source setToCellZone; set gone; } );"),), "topoSet",
      says="gone", place="constant/polyMesh/sets/gone"),
    P("start-time-missing", "cavity", ((CONTROL, "startTime       0;", "startTime 5;"),), says="time 5", place="5/p",
      mended=((CONTROL, "startTime 5;", "startTime 0;"),)),
    P("field-kept-as-original", "cavity", (("0/p", None), ("0/p.orig", HEAD)), says="copy 0/p.orig", place="0/p"),
    P("field-missing", "ras", (("0/epsilon", None),), says="epsilon", place="0/epsilon"),
    P("field-missing", "dam", ((TRANSPORT, "phases (water air)", "phases (oil air)"),), says="alpha.oil",
      place="0/alpha.oil"),
    P("file-missing", "cavity", ((SCHEMES, None),), says=SCHEMES, place=SCHEMES),
    P("include-missing", "cavity", ((CONTROL, '+#include "gone"\n'),), says="gone", place=f"{CONTROL}:"),
    P("data-file-missing", "cavity", (("0/U", "type            fixedValue;",
      'type uniformFixedValue; uniformValue tableFile; file "<case>/constant/gone"; outOfBounds clamp;'),),
      says="gone"),
    P("not-decomposed", "cavity", ((DECOMPOSE, HALVES),), TWO, says="decomposePar"),
    P("case-directory-missing", "cavity", (), "icoFoam -case nowhere", says="nowhere"),
    # entries
    P("algorithm-dictionary-missing", "cavity", ((SOLUTION, "PISO", "PIZO"),), says="PISO", place=SOLUTION,
      mended=((SOLUTION, "PIZO", "PISO"),)),
    P("final-solver-missing", "cavity", ((SOLUTION, "pFinal", "pLast"),), says="pFinal", place=f"{SOLUTION}:22 solvers",
      mended=((SOLUTION, "pLast", "pFinal"),)),
    P("solver-entry-missing", "cavity", ((SOLUTION, "    U\n", "    V\n"),), says="U", place=f"{SOLUTION}:22 solvers"),
    P("wall-distance-missing", "ras", ((TURBULENCE, "kEpsilon", "kOmegaSST"),), says="meshWave",
      place=f"{SCHEMES} wallDist", mended=((SCHEMES, "+wallDist { method meshWave; }\n"),)),
    P("scheme-missing", "cavity", ((SCHEMES, "div(phi,U)      Gauss linear;", ""),), says="div(phi,U)",
      place=f"{SCHEMES}:31 divSchemes"),
    P("scheme-missing", "ras", ((SCHEMES, "div(phi,k)      Gauss limitedLinear 1;", ""),), says="div(phi,k)"),
    P("model-dictionary-missing", "ras", ((TURBULENCE, "simulationType  RAS", "simulationType LES"),), says="LESModel",
      place=f"{TURBULENCE}:18"),
    P("property-missing", "cavity", ((TRANSPORT, "nu ", "mu "),), says="nu", place=f"{TRANSPORT}:18",
      mended=((TRANSPORT, "mu ", "nu "),)),
    P("property-missing", "dam", ((TRANSPORT, "sigma", "surfaceTension"),), says="sigma"),
    P("property-missing", "room", ((THERMO, "molWeight", "weight"),), says="molWeight", place=f"{THERMO}:35"),
    P("function-object-entry-missing", "cavity", (sampled("type forceCoeffs;"),), says="patches",
      place=f"{CONTROL}:50 functions.a"),
    P("entry-missing", "cavity", ((CONTROL, "deltaT ", "dt "),), says="deltaT", place=f"{CONTROL}:18",
      mended=((CONTROL, "dt ", "deltaT "),)),
    P("entry-missing", "box", ((SNAPPY, "mergeTolerance", "tolerance"),), "snappyHexMesh", says="mergeTolerance",
      place=SNAPPY),
    P("no-pressure-reference", "cavity", ((SOLUTION, "    pRefCell        0;", ""),), says="pRefCell 0;",
      place=f"{SOLUTION}:45 PISO", mended=((SOLUTION, "pRefValue", "pRefCell 0; pRefValue"),)),
    P("no-pressure-reference", "cavity", (), "potentialFoam", says="Phi"),
    P("string-not-closed", "cavity", ((SOLUTION, "solver          PCG;", 'solver "PCG;'),), says="PCG",
      place=f"{SOLUTION}:23"),
    P("excess-tokens", "cavity", ((CONTROL, "0.005;", "0.005"),), says="semicolon", place=f"{CONTROL}:28",
      mended=((CONTROL, "0.005", "0.005;"),)),
    P("ill-defined-entry", "cavity", ((SOLUTION, "relTol          0;\n    }\n}", "relTol          0\n    }\n}"),),
      says="relTol", place=f"{SOLUTION}:39"),
    P("brace-missing", "cavity", ((SOLUTION, "    pRefValue       0;\n}", "    pRefValue       0;\n"),), says="brace",
      place=SOLUTION),
    P("brace-too-many", "cavity", ((SOLUTION, "    pRefValue       0;\n}", "    pRefValue       0;\n}}"),),
      says="brace", place=f"{SOLUTION}:49"),
    P("unknown-variable", "cavity", (("0/U", "(1 0 0)", "$lid"),), says="$lid", place="0/U:25",
      mended=(("0/U", "FoamFile", "lid (1 0 0);\nFoamFile"), ("0/U", "lid (1 0 0);\nFoamFile", "FoamFile"),
              ("0/U", "dimensions ", "lid (1 0 0); dimensions "))),
    P("code-refused", "cavity", (("0/p", "uniform 0;", 'uniform #calc "1+1";'),), says="plain values", place="0/p:17"),
    P("no-compiler", "cavity", (("0/p", "uniform 0;", 'uniform #calc "1+1";'),), "unshare -U icoFoam", says="wmake"),
    # names of models and methods
    P("unknown-turbulence-model", "ras", ((TURBULENCE, "kEpsilon", "kEpsilo"),), says="did you mean kEpsilon?",
      place=f"{TURBULENCE}:22 RAS", mended=((TURBULENCE, "kEpsilo", "kEpsilon"),)),
    P("unknown-turbulence-model", "ras", ((TURBULENCE, "simulationType  RAS;", LES % ("Smagorinski", "cubeRootVol")),),
      says="did you mean Smagorinsky?"),
    P("unknown-simulation-type", "ras", ((TURBULENCE, "RAS;", "RANS;"),), says="did you mean RAS?",
      place=f"{TURBULENCE}:18"),
    P("unknown-les-delta", "ras", ((TURBULENCE, "simulationType  RAS;", LES % ("Smagorinsky", "cubeRoot")),),
      says="did you mean cubeRootVol?", place=f"{TURBULENCE}:18"),
    P("unknown-viscosity-model", "ras", ((TRANSPORT, "Newtonian", "Newtonia"),), says="did you mean Newtonian?",
      place=f"{TRANSPORT}:18"),
    P("unknown-thermophysical-model", "room", ((THERMO, "hConst", "hConstt"),), says="thermoType",
      place=f"{THERMO}:20 thermoType", mended=((THERMO, "hConstt", "hConst"),)),
    P("unknown-linear-solver", "cavity", ((SOLUTION, "PCG", "PCGG"),), says="did you mean PCG?",
      place=f"{SOLUTION}:22 solvers.p", mended=((SOLUTION, "PCGG", "PCG"),)),
    P("unknown-linear-solver", "cavity", ((SOLUTION, "DIC", "DICC"),), says="did you mean DIC?", place=SOLUTION),
    P("unknown-linear-solver", "cavity", ((SOLUTION, "symGaussSeidel", "GausSeidel"),), says="mean GaussSeidel?"),
    P("unknown-linear-solver", "cavity", ((SOLUTION, "smoothSolver", "PCG"),), says="asymmetric",
      mended=((SOLUTION, "solver          PCG;\n        smoother", "solver          PBiCGStab; preconditioner DILU;\n"
               "        smoother"),)),
    P("unknown-time-scheme", "cavity", ((SCHEMES, "Euler", "Eulr"),), says="did you mean Euler?",
      place=f"{SCHEMES}:20 ddtSchemes.default"),
    P("unknown-gradient-scheme", "cavity", ((SCHEMES, "grad(p)         Gauss", "grad(p) Gausss"),),
      says="did you mean Gauss?", place=f"{SCHEMES}:26 gradSchemes.grad(p)"),
    P("unknown-convection-scheme", "cavity", ((SCHEMES, "div(phi,U)      Gauss", "div(phi,U) Gaus"),),
      says="did you mean Gauss?", place=f"{SCHEMES}:32"),
    P("unknown-scheme", "cavity", ((SCHEMES, "div(phi,U)      Gauss linear", "div(phi,U) Gauss lineer"),),
      says="did you mean linear?", place=f"{SCHEMES}:32 divSchemes.div(phi,U)"),
    P("unknown-fv-option", "simple", (("constant/fvOptions",
      HEAD + "a { type explicitPorositySourc; active yes; }\n"),), says="did you mean explicitPorositySource?",
      place="constant/fvOptions:2 a"),
    P("unknown-zone", "simple", (("constant/fvOptions", HEAD
      + "a { type limitVelocity; active yes; selectionMode cellZone; cellZone porous; max 10; }\n"),), says="porous"),
    P("unknown-zone", "simple", (("constant/MRFProperties", HEAD
      + "a { cellZone rotor; active yes; origin (0 0 0); axis (0 0 1); omega 10; }\n"),), says="rotor"),
    P("unknown-patch-in-function-object", "cavity", (sampled("type surfaceFieldValue; regionType patch; name outlet; "
      "operation sum; fields (phi); writeFields no;"),), says="outlet", place=CONTROL),
    P("forces-without-density", "cavity", (sampled("type forces; patches (movingWall); CofR (0 0 0);"),),
      says="rhoInf", place=CONTROL, mended=((CONTROL, "CofR", "rho rhoInf; rhoInf 1.2; CofR"),)),
    P("function-needs-turbulence", "cavity", (sampled("type wallShearStress;"),), says="turbulence", place=CONTROL),
    P("coefficient-out-of-range", "cavity", ((SCHEMES, "div(phi,U)      Gauss linear",
      "div(phi,U) Gauss limitedLinear 2"),), says="2", place=f"{SCHEMES}:32",
      mended=((SCHEMES, "limitedLinear 2", "limitedLinear 1"),)),
    P("surface-normal-scheme-missing", "cavity", ((SCHEMES, "Gauss linear orthogonal", "Gauss linear"),),
      says="Gauss linear corrected", place=f"{SCHEMES}:37", mended=((SCHEMES,
      "laplacianSchemes\n{\n    default         Gauss linear",
      "laplacianSchemes\n{\n    default Gauss linear corrected"),)),
    P("not-in-enumeration", "cavity", ((CONTROL, "timeStep;", "timeSteps;"),), says="did you mean timeStep?",
      place=f"{CONTROL}:18", mended=((CONTROL, "timeSteps;", "timeStep;"),)),
    P("bad-start-from", "cavity", ((CONTROL, "startFrom       startTime", "startFrom now"),), says="latestTime",
      place=f"{CONTROL}:18"),
    P("write-interval-zero", "cavity", ((CONTROL, "writeInterval   2", "writeInterval 0"),), says="timeStep",
      place=f"{CONTROL}:18"),
    P("negative-temperature", "room", (("0/T", "internalField   uniform 300", "internalField uniform -300"),),
      says="-300", place="0/T"),
    P("unknown-name", "cavity", (("system/topoSetDict",
      HEAD + "actions ( { name c; type cellSet; action new; source boxToCel; box (0 0 0) (1 1 1); } );"),), "topoSet",
      says="did you mean boxToCell?", place="system/topoSetDict:2 actions"),
    P("unknown-name", "dam", (("system/setFieldsDict", "boxToCell", "boxToCel"),), "setFields",
      says="did you mean boxToCell?", place="system/setFieldsDict:27"),
    P("unknown-name", "cavity", (("system/renumberMeshDict",
      HEAD + "method CuthillMc; sortCoupledFaceCells false; writeMaps false; orderPoints false;"),),
      "renumberMesh -dict system/renumberMeshDict -overwrite", says="did you mean CuthillMcKee?",
      place="system/renumberMeshDict:2"),
    P("unknown-name", "cavity", ((DECOMPOSE, HALVES.replace("simple", "simpel")),), "decomposePar",
      says="did you mean simple?", place=f"{DECOMPOSE}:2", mended=((DECOMPOSE, "simpel", "simple"),)),
    P("unknown-name", "box", (("system/surfaceFeatureExtractDict", HEAD + "body.stl { extractionMethod "
      "fromSurface; extractFromSurfaceCoeffs { includedAngle 150; } }"),), "surfaceFeatureExtract",
      says="did you mean extractFromSurface?", place="system/surfaceFeatureExtractDict:2"),
    # blockMesh
    P("patch-face-not-on-block", "cavity", ((BLOCK, HEX, "(0 1 2 3 5 4 6 7)"),), "blockMesh", says="(0 4 7 3)",
      place=BLOCK, mended=((BLOCK, "(0 1 2 3 5 4 6 7)", HEX),)),
    P("block-inside-out", "cavity", ((BLOCK, HEX, "(4 5 6 7 0 1 2 3)"),), "blockMesh", says="(4 5 6 7 0 1 2 3)",
      place=f"{BLOCK}:33 blocks", mended=((BLOCK, "(4 5 6 7 0 1 2 3)", HEX),)),
    P("block-vertex-missing", "cavity", ((BLOCK, HEX, "(0 1 2 3 4 5 6 9)"),), "blockMesh", says="vertex 9",
      place=f"{BLOCK}:33 blocks"),
    P("face-in-two-patches", "cavity", ((BLOCK, "(0 4 7 3)", "(0 4 7 3) (3 7 6 2)"),), "blockMesh", says="fixedWalls",
      place=BLOCK),
    P("face-in-two-patches", "cavity", ((BLOCK, f"    hex {HEX} (20 20 1) simpleGrading (1 1 1)", f"    hex {HEX} "
      "(20 20 1) simpleGrading (1 1 1) hex (1 8 9 2 5 10 11 6) (20 10 1) simpleGrading (1 1 1)"),
      (BLOCK, "(0 1 0.1)", "(0 1 0.1) (2 0 0) (2 1 0) (2 0 0.1) (2 1 0.1)")), "blockMesh", says="inside the mesh"),
    P("bad-grading", "cavity", ((BLOCK, "simpleGrading (1 1 1)", "simpleGrading (1 1)"),), "blockMesh", says="3",
      place=f"{BLOCK}:33 blocks", mended=((BLOCK, "simpleGrading (1 1)", "simpleGrading (1 1 1)"),)),
    P("unknown-block-edge", "cavity", ((BLOCK, "edges\n(", "edges\n( ark 0 1 (0.5 -0.1 0)"),), "blockMesh",
      says="did you mean arc?", place=BLOCK, mended=((BLOCK, "ark", "arc"),)),
    P("cyclic-without-neighbour", "cavity", ((BLOCK, "type wall;", "type cyclic;"),), "blockMesh",
      says="neighbourPatch", place=BLOCK),
    P("cyclic-neighbour-missing", "cavity", ((BLOCK, "type wall;", "type cyclic; neighbourPatch other;"),),
      "blockMesh", says="other", place=BLOCK),
    P("cyclic-halves-differ", "cavity", ((BLOCK, CYCLIC, CYCLIC + " a { type cyclic; neighbourPatch b; faces "
      "((0 4 7 3)); } b { type cyclic; neighbourPatch a; faces ((1 5 4 0)); }"), (BLOCK, SIDES, "(2 6 5 1)\n"),
      (BLOCK, "(20 20 1)", "(20 10 1)")), "blockMesh", says="10 and 20", place=BLOCK,
      mended=((BLOCK, "(20 10 1)", "(20 20 1)"),)),
    P("cyclic-faces-differ", "cavity", ((BLOCK, CYCLIC, CYCLIC + " a { type cyclic; neighbourPatch b; faces "
      "((0 4 7 3)); } b { type cyclic; neighbourPatch a; faces ((2 6 5 1)); }"), (BLOCK, SIDES, "(1 5 4 0)\n"),
      (BLOCK, "    (1 1 0)", "    (1 1.3 0)")), "blockMesh", says="13.9", place=BLOCK),
    P("wedge-not-aligned", "cavity", ((BOUNDARY, "type            empty;", "type wedge;"),), says="frontAndBack",
      place=BOUNDARY),
    # snappyHexMesh and surfaces
    P("surface-missing", "box", (("constant/triSurface/body.stl", None),), "snappyHexMesh", says="body.stl",
      place="constant/triSurface/body.stl"),
    P("surface-missing", "box", (), "surfaceCheck nobody.stl", says="nobody.stl"),
    P("surface-leaks", "box", ((SNAPPY, "locationInMesh", "locationsOutsideMesh ((0.913 0.927 0.931)); "
      "locationInMesh"),), "snappyHexMesh", says="0.913 0.927 0.931",
      mended=((SNAPPY, "(0.913 0.927 0.931)", "(0.377 0.379 0.381)"),)),
    P("no-surface-for-entry", "box", (("system/surfaceFeatureExtractDict", HEAD + "nobody.stl { extractionMethod "
      "extractFromSurface; extractFromSurfaceCoeffs { includedAngle 150; } }"),), "surfaceFeatureExtract",
      says="nobody.stl", place="system/surfaceFeatureExtractDict"),
    P("feature-file-missing", "box", ((SNAPPY, "features ();", 'features ( { file "body.eMesh"; level 1; } );'),),
      "snappyHexMesh", says="surfaceFeatureExtract", place=SNAPPY),
    P("broken-stl", "box", (("constant/triSurface/body.stl", "vertex", "vertx"),), "snappyHexMesh",
      says="vertx", place="constant/triSurface/body.stl:4"),
    P("location-outside-mesh", "box", ((SNAPPY, "(0.113 0.127 0.131)", "(5 5 5)"),), "snappyHexMesh", says="(5 5 5)",
      place=SNAPPY, mended=((SNAPPY, "(5 5 5)", "(0.113 0.127 0.131)"),)),
    P("location-missing", "box", ((SNAPPY, "locationInMesh (0.113 0.127 0.131);", ""),), "snappyHexMesh",
      says="locationInMesh", place=SNAPPY),
    P("layer-thickness-out-of-range", "box", ((SNAPPY, "addLayers off", "addLayers on"),
      (SNAPPY, "minThickness 0.1", "minThickness 100")), "snappyHexMesh", says="minThickness", place=SNAPPY),
    # decomposition and MPI
    P("decomposer-is-a-stub", "cavity", ((DECOMPOSE, HALVES.replace("simple", "scotch")),), "decomposePar",
      says="method hierarchical", place=DECOMPOSE, mended=((DECOMPOSE, "scotch", "hierarchical"),)),
    P("wrong-division", "cavity", ((DECOMPOSE, HALVES.replace("2 1 1", "3 1 1")),), "decomposePar", says="(3 1 1)",
      place=DECOMPOSE, mended=((DECOMPOSE, "3 1 1", "2 1 1"),)),
    P("already-decomposed", "cavity", ((DECOMPOSE, HALVES),), DIVIDED + "decomposePar", says="-force"),
    P("ranks-differ", "cavity", ((DECOMPOSE, HALVES.replace("Subdomains 2", "Subdomains 3").replace("2 1", "3 1")),),
      DIVIDED + TWO, says="3 parts and was started on 2"),
    P("parallel-on-one-rank", "cavity", ((DECOMPOSE, HALVES),), DIVIDED + "icoFoam -parallel", says="mpirun"),
    P("nothing-to-reconstruct", "cavity", (), "reconstructPar", says="decomposePar"),
    P("no-environment", "cavity", (), "env -u WM_PROJECT_DIR icoFoam", says="WM_PROJECT_DIR"),
    P("no-operation", "cavity", (), "transformPoints", says="-translate"),
    P("may-not-write", "cavity", (), "chmod 555 .; setpriv --bounding-set=-dac_override,-dac_read_search icoFoam; "
      "code=$?; chmod 755 .; exit $code", says="may not be written"),
    P("disk-full", "cavity", (), "trap '' XFSZ; ulimit -f 4; icoFoam", says="free some space", place="0.01/U"),
    P("disk-full-by-system", "cavity", (), "cp constant/polyMesh/points /dev/full", says="free some space"),
    P("out-of-memory", "cavity", ((BLOCK, "(20 20 1)", "(2000 2000 10)"),), "ulimit -v 300000; blockMesh",
      says="memory ran out"),
    P("mpi-executable-missing", "cavity", (), "mpirun -np 2 icoFoamm -parallel", says="'icoFoamm'"),
    P("not-enough-slots", "cavity", (), "env -u OMPI_MCA_rmaps_base_oversubscribe mpirun -np 64 icoFoam -parallel",
      says="64 ranks"),
    P("mpi-as-root", "cavity", (), "env -u OMPI_ALLOW_RUN_AS_ROOT mpirun -np 2 icoFoam -parallel", says="root"),
    P("wrong-option", "cavity", (), "icoFoam -nonsense", says="-nonsense"),
    P("wrong-option", "cavity", (), "refineMesh -dict", says="-dict"),
    P("command-missing", "cavity", (), "mpirunn -np 2 icoFoam -parallel; exit $?", says="mpirunn"),
    P("library-missing", "cavity", (), "sed s/libfiniteVolume/libfiniteVolumx/ $(command -v icoFoam) > x; chmod +x x; "
      "./x", says="libfiniteVolumx.so"),
    P("no-times-to-reconstruct", "cavity", ((DECOMPOSE, HALVES),), DIVIDED + "reconstructPar", says="-withZero"),
    P("rank-killed", "cavity", ((DECOMPOSE, HALVES),
      ("rank.sh", "[ $OMPI_COMM_WORLD_RANK = 1 ] && sleep 0.5 && kill -9 $$; exec icoFoam -parallel")),
      DIVIDED + "mpirun -np 2 sh rank.sh", says="signal 9 (SIGKILL)"),
    P("killed", "cavity", ((CONTROL, "endTime         0.01", "endTime 1000"),), "timeout -s KILL 0.3 icoFoam",
      says="memory ran out"),
    P("ended-by-signal", "cavity", ((CONTROL, "endTime         0.01", "endTime 1000"),),
      "timeout --preserve-status -s TERM 0.3 icoFoam", says="signal 15 (SIGTERM)"),
    P("segmentation-fault-with-stack", "cavity", ((BLOCK, "(20 20 1)", "(20 0 1)"),), "blockMesh", says="cell count"),
    P("segmentation-fault", "cavity", (), "kill -SEGV $$", says="SIGSEGV"),
    P("no-such-executable", "cavity", (), "true; exit 127", says="doctor"),
    # floating point exceptions
    P("omega-zero", "simple", ((TURBULENCE, "kEpsilon", "kOmegaSST"),
      ("0/omega", "internalField   uniform ", "internalField   uniform 0; // ")), says="kOmegaSST",
      mended=(("0/omega", "uniform 0; // ", "uniform "),)),
    P("epsilon-zero", "simple", (("0/epsilon", "internalField   uniform 0.00754", "internalField uniform 0"),),
      says="kEpsilon divides by it"),
    P("temperature-zero", "shock", (("0/T", "internalField   uniform 1", "internalField uniform 0"),), says="kelvin"),
    P("courant-blow-up", "cavity", ((CONTROL, "deltaT          0.005", "deltaT 0.5"),
      (CONTROL, "endTime         0.01", "endTime 50")), says="the time step is too large",
      mended=((CONTROL, "deltaT 0.5", "deltaT 0.0025"), (CONTROL, "endTime 50", "endTime 0.01"))),
    P("transient-blow-up", "cavity", (("0/U", "(1 0 0)", "(1e200 0 0)"),), says="at time 0.005 after Uy was solved"),
    P("steady-blow-up", "simple", ((CONTROL, "endTime         3", "endTime 200"), FREE, LINEAR, FAST),
      says="epsilon blew up first", mended=((SOLUTION, '0.999; ".*" 0.999', '0.7; ".*" 0.5'),
      (SCHEMES, "div(phi,U)      Gauss linear", "div(phi,U) bounded Gauss upwind"))),
    P("floating-point-at-once", "cavity", ((CONTROL, "0.005;", "0;"),), says="before anything was solved"),
    P("floating-point", "cavity", (), "kill -FPE $$", says="floating point exception"),
    # runs that end with 0
    P("ended-with-nan", "simple", ((CONTROL, "endTime         3", "endTime 16"), FREE, LINEAR, FAST,
      (SOLUTION, "residualControl", "nothing")), UNTRAPPED + "simpleFoam", says="the residual of p was nan"),
    P("courant-wild", "cavity", (UPWIND, (CONTROL, "deltaT          0.005", "deltaT 5"),
      (CONTROL, "endTime         0.01", "endTime 50")), says="Courant number reached"),
    P("time-step-collapsed", "ras", ((TURBULENCE, "simulationType  RAS", "simulationType laminar"),
      (SOLUTION, '"(U|k|epsilon|omega|R|nuTilda)"', '"(U|k|epsilon|omega|R|nuTilda)(Final)?"'),
      (SOLUTION, "PISO\n", "PIMPLE\n"), (SCHEMES, "div(phi,U)      Gauss limitedLinearV 1", "div(phi,U) Gauss upwind"),
      (CONTROL, "timePrecision   6", "timePrecision 12"), (CONTROL, "endTime         0.01", "endTime 0.02"),
      (CONTROL, "deltaT          0.005", "deltaT 0.001; adjustTimeStep yes; maxCo 0.5; maxDeltaT 0.001"),
      ("0/U", "type            fixedValue;\n        value           uniform (1 0 0);", "type uniformFixedValue; "
       "uniformValue table ((0 (1 0 0)) (0.0105 (1 0 0)) (0.0106 (1e9 0 0)));"),
      sampled("type runTimeControl; conditions { c { type minTimeStep; minValue 5e-8; } }")),
      "pimpleFoam", says="shrank to"),
    P("bounded-flood", "simple", ((CONTROL, "endTime         3", "endTime 40"),
      (SCHEMES, "div(phi,k)      bounded Gauss limitedLinear 1", "div(phi,k) Gauss linear"),
      (SCHEMES, "div(phi,epsilon) bounded Gauss limitedLinear 1", "div(phi,epsilon) Gauss linear")),
      says="k had to be lifted from below zero in 28 of the last 28 steps",
      mended=((SCHEMES, "div(phi,k) Gauss linear", "div(phi,k) bounded Gauss upwind"),
              (SCHEMES, "div(phi,epsilon) Gauss linear", "div(phi,epsilon) bounded Gauss upwind"))),
    P("continuity-grows", "cavity", (UPWIND, (CONTROL, "deltaT          0.005", "deltaT 0.004"),
      (CONTROL, "endTime         0.01", "endTime 0.1"), (SOLUTION, "relTol          0.05;", "relTol 0.05; maxIter 1;")),
      says="continuity errors grew"),
    P("linear-solver-stalls", "cavity", ((CONTROL, "endTime         0.01", "endTime 0.1"),
      (SOLUTION, "relTol          0;", "relTol 0; tolerance 0;"), (SOLUTION, "1e-05", "0")),
      says="the linear solver of U"),
    P("function-object-unknown", "cavity", (sampled("type residuals;"),), says="residuals", place=CONTROL),
    P("library-not-loaded", "cavity", ((CONTROL, "+libs (nolib);\n"),), says="nolib", place=CONTROL),
    P("function-object-not-made", "cavity", (function("type forces; libs (forcez); patches (movingWall); rho rhoInf; "
      "rhoInf 1; CofR (0 0 0);"),), says="type forces", place=CONTROL, mended=((CONTROL, "forcez", "forces"),)),
    P("function-object-lacks-field", "cavity", (sampled("type vorticity; field V;"),), says="V", place=CONTROL),
    P("function-object-region-missing", "cavity", (sampled("type probes; region fluid; fields (p); "
      "probeLocations ((0.05 0.05 0.005));"),), says="fluid", place=CONTROL),
    P("setfields-lacks-field", "dam", (("system/setFieldsDict", "alpha.water 1", "alpha.oil 1"),), "setFields",
      says="alpha.oil", place="system/setFieldsDict", mended=(("system/setFieldsDict", "alpha.oil", "alpha.water"),)),
    P("no-field-to-evaluate", "cavity", (sampled("type fieldMinMax; fields (T);"),), says="T", place=CONTROL),
    P("no-field-to-evaluate", "cavity", (sampled(
      "type fieldAverage; fields (T { mean on; prime2Mean on; base time; });"),), says="T"),
    P("no-field-to-evaluate", "cavity", (sampled("type sets; fields (T); interpolationScheme cell; setFormat raw; sets "
      "(l { type uniform; axis x; start (0 0.05 0.005); end (0.1 0.05 0.005); nPoints 3; });"),), says="T"),
    P("no-patch-matches", "cavity", (sampled("type forces; patches (lid); rho rhoInf; rhoInf 1; CofR (0 0 0);"),),
      says="lid", mended=((CONTROL, "(lid)", "(movingWall)"),)),
    P("no-patch-matches", "cavity", (("system/createPatchDict", HEAD + "pointSync false; patches ( { name in; "
      "patchInfo { type patch; } constructFrom patches; patches (nothing); } );"),), "createPatch -overwrite",
      says="nothing"),
    P("probe-outside", "cavity", (sampled("type probes; fields (p); probeLocations ((5 5 5));"),), says="(5 5 5)",
      place=CONTROL, mended=((CONTROL, "((5 5 5))", "((0.05 0.05 0.005))"),)),
    P("no-turbulence-model", "cavity", (sampled("type yPlus;"),), says="yPlus", place=CONTROL),
    P("function-file-missing", "cavity", (), "postProcess -func nothing", says="nothing"),
    P("source-unused", "simple", (("constant/fvOptions", HEAD + "a { type scalarSemiImplicitSource; active yes; "
      "selectionMode all; volumeMode absolute; injectionRateSuSp { TT (1 0); } }\n"),), says="TT",
      place="constant/fvOptions"),
    P("refinement-entry-unused", "box", ((SNAPPY, "refinementSurfaces { body", "refinementSurfaces { boddy"),),
      "snappyHexMesh", says="boddy", place=SNAPPY, mended=((SNAPPY, "boddy", "body"),)),
    P("no-layers", "box", ((SNAPPY, "addLayers off", "addLayers on"), (SNAPPY, "minThickness 0.1", "minThickness 2")),
      "snappyHexMesh", says="not one layer", place=SNAPPY),
    P("no-step-computed", "cavity", ((CONTROL, "endTime         0.01", "endTime -1"),), says="endTime", place=CONTROL),
    P("illegal-faces", "box", ((SNAPPY, "snap off; addLayers off", "snap off; addLayers on"),
      (SNAPPY, "nSmoothScale 4;", "maxNonOrtho 5; relaxed { maxNonOrtho 5; } nSmoothScale 4;")), "snappyHexMesh",
      says="rules of quality", place=SNAPPY),
    P("layers-on-no-patch", "box", ((SNAPPY, "addLayers off", "addLayers on"), (SNAPPY, '"body.*"', '"bodi.*"')),
      "snappyHexMesh", says="bodi.*", place=SNAPPY),
    P("mesh-check-failed", "cavity", (("constant/polyMesh/points", "(0.05 0.05 0)", "(0.058 0.05 0)"),), "checkMesh",
      says="1 checks", mended=(("constant/polyMesh/points", "(0.058 0.05 0)", "(0.05 0.05 0)"),)),
    P("setfields-unknown-field", "dam", (("system/setFieldsDict", "volScalarFieldValue alpha.water 1",
      "volScalar alpha.water one"),), "setFields", says="volScalar"),
]  # fmt: skip

SOLVERS = {"cavity": "icoFoam", "ras": "pisoFoam", "simple": "simpleFoam", "room": "buoyantPimpleFoam",
           "dam": "interFoam", "shock": "rhoCentralFoam"}  # fmt: skip

Made = Callable[[str], Path]


def build(name: str, tutorials: Path) -> CaseFiles:
    """A case of some hundred cells that runs in a moment."""
    match name:
        case "cavity":
            files = adopt(tutorials / "incompressible/icoFoam/cavity/cavity")
            return files.edit(CONTROL, endTime=0.01, writeInterval=2)
        case "ras":
            files = adopt(tutorials / "incompressible/pisoFoam/RAS/cavity")
            return files.edit(CONTROL, endTime=0.01, writeInterval=2)
        case "simple":
            steady = adopt(tutorials / "incompressible/simpleFoam/pitzDaily")
            files = build("ras", tutorials).with_files({path: steady.text(path) for path in (SCHEMES, SOLUTION)})
            files = files.edit(CONTROL, deltaT=1, endTime=3, writeInterval=3)
            return files.edited(SOLUTION, {"SIMPLE.pRefCell": 0, "SIMPLE.pRefValue": 0})
        case "room":
            files = adopt(tutorials / "heatTransfer/buoyantPimpleFoam/hotRoom").edit(CONTROL, endTime=4)
            return files.with_files({BLOCK: files.text(BLOCK).replace("(20 10 20)", "(8 5 8)")})
        case "dam":
            files = adopt(tutorials / "multiphase/interFoam/laminar/damBreak/damBreak")
            return files.edit(CONTROL, endTime=0.002, writeInterval=0.002)
        case "shock":
            return adopt(tutorials / "compressible/rhoCentralFoam/obliqueShock").edit(CONTROL, endTime=0.01)
        case _:
            files = build("cavity", tutorials)
            mesh = files.text(BLOCK).replace("(20 20 1)", "(6 6 6)").replace("scale   0.1", "scale   1")
            surface = f"solid body\n{FACETS}endsolid body\n"
            return files.with_files(
                {BLOCK: mesh.replace("0.1)", "1)"), "constant/triSurface/body.stl": surface, SNAPPY: SNAPPY_TEXT}
            )


@pytest.fixture(scope="session")
def meshed(tutorials: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """The cases with their meshes, each made once."""
    known: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in known:
            known[name] = tmp_path_factory.mktemp(name)
            build(name, tutorials).write(known[name])
            assert run("blockMesh", known[name]).returncode == 0
        return known[name]

    return make


def run(command: str, case: Path) -> subprocess.CompletedProcess[str]:
    """By a shell that the command replaces where it can, so that a signal is seen as such."""
    environment = install.find().environment(case=case, shared=True)
    plain = all(letter not in command for letter in ";|&$'=>")
    return subprocess.run(
        ["sh", "-c", f"exec {command}" if plain else command], cwd=case, env=environment, capture_output=True,
        text=True, errors="replace", timeout=60, check=False,
    )  # fmt: skip


def change(case: Path, changes: tuple[Change, ...]) -> None:
    for path, *texts in changes:
        file = case / path
        match texts:
            case [None]:
                shutil.rmtree(file) if file.is_dir() else file.unlink()
            case [old, new]:
                assert old and old in file.read_text(), f"{path} has no {old!r}"
                file.write_text(file.read_text().replace(old, str(new), 1))
            case [str(text)]:
                before = file.read_text() if text.startswith("+") and file.exists() else ""
                file.write_text(before + text.removeprefix("+"))


def found(provoked: Provoked, case: Path) -> tuple[int, tuple[Fault, ...]]:
    """The exit code, and what is said of the failure or of what went wrong without one."""
    done = run(provoked.command or SOLVERS[provoked.base], case)
    if done.returncode:
        return done.returncode, (faults.cause(done.returncode, done.stderr, done.stdout, case=case),)
    return 0, faults.troubles(done.stdout + done.stderr, case=case)


@pytest.mark.parametrize("provoked", PROVOKED, ids=lambda provoked: f"{provoked.fault}-{provoked.says}"[:60])
def test_a_failure_is_known_by_name_place_and_mend(provoked: Provoked, meshed: Made, tmp_path: Path) -> None:
    if "as-root" in provoked.fault and os.geteuid():
        pytest.skip("only an administrator is refused")
    case = tmp_path / "case"
    shutil.copytree(meshed(provoked.base), case)
    change(case, provoked.changes)
    _, said = found(provoked, case)
    fault = next((each for each in said if each.name == provoked.fault and provoked.says in str(each)), None)
    assert fault is not None, "; ".join(f"{each.name}: {each}" for each in said) or "nothing was said"
    entry = faults.catalogue()[provoked.fault]
    assert fault.kind == (entry.kind or fault.kind) and fault.kind != "unknown"
    assert fault.place.startswith(provoked.place) and "\n" not in str(fault) and len(str(fault)) < 800
    assert fault.mend or entry.name == "ended-by-signal"
    assert "?" not in fault.message and "{" not in fault.message
    if fault.line and (case / fault.file).is_file():
        assert fault.line <= len((case / fault.file).read_text("latin-1").splitlines()) + 1
    assert Fault.from_json(fault.to_json()) == fault


MENDED = [provoked for provoked in PROVOKED if provoked.mended]


@pytest.mark.parametrize("provoked", MENDED, ids=lambda provoked: f"{provoked.fault}-{provoked.says}"[:60])
def test_the_mend_mends(provoked: Provoked, meshed: Made, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(meshed(provoked.base), case)
    change(case, (*provoked.changes, *provoked.mended))
    code, said = found(provoked, case)
    assert code == 0 and provoked.fault not in {each.name for each in said}, [str(each) for each in said]


@pytest.mark.parametrize("name", ["cavity", "ras", "simple", "room", "dam", "shock"])
def test_nothing_is_said_of_a_healthy_run(name: str, meshed: Made, tmp_path: Path) -> None:
    case = tmp_path / "case"
    shutil.copytree(meshed(name), case)
    done = run(SOLVERS[name], case)
    assert done.returncode == 0 and "trapFpe: Floating point exception trapping enabled" in done.stdout
    assert faults.troubles(done.stdout + done.stderr, case=case) == ()


def test_every_entry_of_the_catalogue_is_provoked() -> None:
    assert {provoked.fault for provoked in PROVOKED} == set(faults.catalogue())
