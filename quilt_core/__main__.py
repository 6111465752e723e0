"""`python -m quilt_core`: the `quiltops` command."""

from quilt_core.cli.main import main

main()
