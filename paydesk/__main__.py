"""`python -m paydesk`: the command line."""

import sys

from paydesk.entry.cli.main import main

sys.exit(main(sys.argv[1:]))
