"""`python -m bench [name]`: what `make bench` calls."""

import sys

from bench.run import main

sys.exit(main(sys.argv[1:]))
