"""`python -m flowcfd.cli`: the command line where its script is not on the path."""

import sys

from flowcfd.cli.entry import main

sys.exit(main())
