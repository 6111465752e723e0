"""The `quiltops` command, also as `python -m quilt_core`."""

import sys


def main() -> None:
    """Run the command with the process's arguments, and exit."""
    try:
        from quilt_core.cli.main import main as run
    except KeyboardInterrupt:  # importing takes a tenth of a second
        if sys.stderr is not None:
            sys.stderr.write("Aborted.\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
