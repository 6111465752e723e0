"""Known vulnerabilities of the locked versions: `python tools/audit.py requirements-dev.lock`.

Runs pip-audit and reports what was checked: if the index's advisories are not available, nothing is
known, which is not the same as nothing found. Exit codes: 0 nothing found, 1 vulnerabilities found,
2 some versions could not be looked up, 3 none could.
"""

from __future__ import annotations

import json
import subprocess
import sys


def verdict(report: dict[str, list[dict[str, object]]]) -> tuple[int, list[str]]:
    """The exit code and the text to print for a JSON report of pip-audit."""
    dependencies = report["dependencies"]
    skipped = [one for one in dependencies if "skip_reason" in one]
    lines = [
        f"{one['name']} {one['version']}: {weakness['id']}"
        f" (fixed in {', '.join(weakness['fix_versions']) or 'no version yet'})"
        for one in dependencies
        for weakness in one.get("vulns", ())  # type: ignore[attr-defined]
    ]
    if len(skipped) == len(dependencies):
        return 3, ["Nothing was checked: the index has no advisories for any of these versions."]
    checked = len(dependencies) - len(skipped)
    summary = f"{checked} of {len(dependencies)} versions checked, {len(lines)} weaknesses found."
    if skipped:
        names = ", ".join(str(one["name"]) for one in skipped)
        summary += f" Not looked up: {names}."
    return 1 if lines else 2 if skipped else 0, [*lines, summary]


def main(lock: str) -> int:
    """Run pip-audit on a lock file with hashes."""
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--requirement",
         lock, "--format", "json", "--progress-spinner", "off"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if not done.stdout.strip():
        reason = (done.stderr.strip().splitlines() or ["no output"])[-1]
        print(f"Nothing was checked: the advisories cannot be reached ({reason}).", file=sys.stderr)
        return 3
    code, lines = verdict(json.loads(done.stdout))
    print("\n".join(lines), file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
