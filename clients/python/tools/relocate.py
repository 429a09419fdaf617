"""Moves generated modules into the package: relocate.py SOURCE TARGET.

protoc names modules after the folders of the protos (polar.checkouts.v1). The names in descriptors stay as they are;
only those that Python imports by, or pickles by, change.
"""

import re
import shutil
import sys
from pathlib import Path

IMPORT = re.compile(r"^(\s*(?:from|import) )polar\.checkouts\.v1\b", re.MULTILINE)
MODULE = re.compile(r"(BuildTopDescriptorsAndMessages\(DESCRIPTOR, ')polar\.checkouts\.v1\.")


def relocate(source: Path, target: Path) -> None:
    """Replaces what is in target by what is in source."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for file in sorted(source.iterdir()):
        text = IMPORT.sub(r"\1checkoutsvc.v1", file.read_text("utf-8"))
        (target / file.name).write_text(MODULE.sub(r"\1checkoutsvc.v1.", text), "utf-8")


if __name__ == "__main__":
    relocate(Path(sys.argv[1]), Path(sys.argv[2]))
