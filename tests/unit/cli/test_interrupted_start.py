"""Ctrl-C before the command line has been imported."""

import subprocess
import sys

import pytest

from quilt_core.cli.main import INTERRUPTED_EXIT_CODE

INTERRUPTED = """
import sys

class Interrupt:
    def find_spec(self, name, *rest):
        if name == "click":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupt())
from quilt_core.__main__ import main
main()
"""


@pytest.mark.slow  # it starts a process
def test_an_interrupt_while_the_command_is_imported_is_no_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED_EXIT_CODE, "", "Aborted.\n")
