"""Fluids: density and viscosity by name, computed from published formulas at 101325 Pa.

Air: U.S. Standard Atmosphere, 1976 (NOAA/NASA/USAF, NOAA-S/T 76-1562), equations 33a and 51: an ideal gas of molar
mass 28.9644 kg/kmol with R* = 8314.32 J/(kmol K), and Sutherland's law, beta = 1.458e-6 kg/(s m K^0.5), S = 110.4 K.

Water: density from Tanaka et al., Metrologia 38 (2001) 301, equation 1 (air-free water, 0 to 40 C); viscosity from
IAPWS SR6-08(2011), Liquid Water at 0.1 MPa, equation for the viscosity (-20 to 110 C).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flowcfd.errors import CaseError, UnknownName

ATMOSPHERE = 101_325.0
ZERO_CELSIUS = 273.15
AIR_SOURCE = "U.S. Standard Atmosphere 1976, 101325 Pa"
WATER_SOURCE = "Tanaka et al. 2001 (density), IAPWS SR6-08 2011 (viscosity), 101325 Pa"


def air(temperature: float) -> tuple[float, float]:
    """Density [kg/m3] and dynamic viscosity [Pa s] of dry air at a temperature [K]."""
    density = ATMOSPHERE * 28.9644 / (8314.32 * temperature)
    return density, 1.458e-6 * temperature**1.5 / (temperature + 110.4)


def water(temperature: float) -> tuple[float, float]:
    """Density [kg/m3] and dynamic viscosity [Pa s] of water at a temperature [K]."""
    t, reduced = temperature - ZERO_CELSIUS, temperature / 300
    density = 999.974950 * (1 - (t - 3.983035) ** 2 * (t + 301.797) / (522528.9 * (t + 69.34881)))
    terms = ((280.68, -1.9), (511.45, -7.7), (61.131, -19.6), (0.45903, -40.0))
    return density, 1e-6 * sum(factor * reduced**power for factor, power in terms)


Formula = Callable[[float], tuple[float, float]]
FLUIDS: dict[str, tuple[Formula, float, tuple[float, float], str]] = {
    "air": (air, 15.0, (-100.0, 500.0), AIR_SOURCE),
    "water": (water, 20.0, (0.0, 40.0), WATER_SOURCE),
}
"""Formula, the usual temperature [C], the range of the formula [C] and its source."""


def fluid(text: str) -> dict[str, str | float]:
    """The fields of a Fluid for "air", "water", or with a temperature in Celsius, "water at 25 C".

    Without a temperature: air at 15 C, the sea level of the standard atmosphere, and water at 20 C. Raises
    UnknownName for another name and CaseError for a temperature out of the formula's range.
    """
    match = re.fullmatch(r"\s*(\w+)(?:\s+at\s+([-+.\d]+)\s*(?:C|degC|°C))?\s*", text)
    name = match.group(1) if match else text
    if match is None or name not in FLUIDS:
        raise UnknownName("fluid", name, [*FLUIDS, *(f"{known} at 25 C" for known in FLUIDS)])
    formula, usual, (low, high), source = FLUIDS[name]
    try:
        celsius = usual if match.group(2) is None else float(match.group(2))
    except ValueError:
        raise CaseError(f"{match.group(2)!r} is no temperature; write for example '{name} at 25 C'") from None
    if not low <= celsius <= high:
        raise CaseError(f"{name} is known from {low:g} to {high:g} C (got {celsius:g} C)")
    density, viscosity = formula(celsius + ZERO_CELSIUS)
    return {"name": f"{name} at {celsius:g} C", "nu": viscosity / density, "rho": density, "source": source}
