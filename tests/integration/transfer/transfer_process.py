"""One push or download in a process of its own, which kills itself at a given point.

The processes are forks of one that has imported everything, because importing quilt3 takes longer
than what they do.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections import Counter
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any

import quilt_core
from quilt_core import hookimpl
from quilt_core.hookspecs.around import OperationCall


def die() -> None:
    """End as with `kill -9`: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


class Killer:
    """Counts operations, and kills the process at one of them."""

    def __init__(self, kill: tuple[str, int, str] | None) -> None:
        self.count: Counter[str] = Counter()
        self._kill = kill
        self._lock = threading.Lock()

    @hookimpl
    def around_operation(self, call: OperationCall) -> Any:
        return self._watch(call.operation, call.proceed)

    def watch_parts(self) -> None:
        """Count the parts that are sent, and kill the process at one of them."""
        from quilt_registry.transfer import Boto3Engine

        put_part = Boto3Engine._put_part

        def watched(*arguments: Any) -> Any:
            return self._watch("upload_part", lambda: put_part(*arguments))

        Boto3Engine._put_part = watched  # type: ignore[method-assign]

    def _watch(self, operation: str, proceed: Callable[[], Any]) -> Any:
        with self._lock:
            self.count[operation] += 1
            wanted, number, moment = self._kill or ("", 0, "")
            due = operation == wanted and number == self.count[operation]
        if due and moment == "before":
            die()
        answer = proceed()
        if due and moment == "after":
            die()
        if due and moment == "reading":
            return Dying(answer)
        return answer


class Dying:
    """A file of which only the first block can be read."""

    def __new__(cls, file: Any) -> Any:
        blocks = [file.read(3)]

        def read(size: int = -1) -> bytes:
            return blocks.pop() if blocks else die() or b""  # type: ignore[func-returns-value]

        file.read = read
        return file


def transfer(order: Mapping[str, Any], variables: Mapping[str, str], answers: Connection) -> None:
    """Do what an order describes.

    Parameters
    ----------
    order:
        `connect` (arguments of `quilt_core.connect`), `action` (`push` or `download`), `name`,
        `folder`, and `kill`: None, or operation, number and moment ("before", "after", or "reading"
        the object that was opened). A part of an upload counts as an operation, too: `upload_part`.
    variables:
        The environment variables.
    answers:
        Receives "begun", and then how often each operation was called, or a traceback.
    """
    os.environ.clear()
    os.environ.update(variables)
    killer = Killer(order["kill"])
    killer.watch_parts()
    try:
        with quilt_core.connect(**order["connect"], extensions=[killer]) as ops:
            answers.send("begun")
            if order["action"] == "push":
                ops.push_package(order["name"], order["folder"], message="pushed")
            else:
                ops.download_package(order["name"], order["folder"])
    except BaseException:
        answers.send(traceback.format_exc())
        raise
    answers.send(dict(killer.count))
