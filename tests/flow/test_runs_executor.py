"""The executor of this machine keeps what every executor promises."""

from __future__ import annotations

import pytest

from flowcfd.foam import install
from flowcfd.foam.adopt import adopt
from flowcfd.foam.casefiles import CaseFiles
from flowcfd.testing import ExecutorSuite

pytestmark = pytest.mark.flow


@pytest.mark.usefixtures("tutorials")
class TestLocal(ExecutorSuite):
    name = "local"

    def files(self) -> CaseFiles:
        examples = install.find().examples
        assert examples is not None
        cavity = adopt(examples / "incompressible/icoFoam/cavity/cavity")
        return cavity.edit("system/controlDict", endTime=100, writeInterval=1000)
