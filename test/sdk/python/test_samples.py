"""Scripts written for Polar work on the service after one line of them is changed."""

import pathlib
import subprocess
import sys

from conftest import HANDBOOK, TOKEN

SAMPLES = pathlib.Path(__file__).parent / "samples"
BEFORE = '    server="sandbox",\n'


def run(sample: str, rest_url: str, tmp_path: pathlib.Path, *args: str) -> str:
    script = (SAMPLES / sample).read_text()
    assert script.count(BEFORE) == 1
    changed = tmp_path / sample
    changed.write_text(script.replace(BEFORE, f'    server_url="{rest_url}",\n'))
    done = subprocess.run(
        [sys.executable, changed, *args], env={"POLAR_ACCESS_TOKEN": TOKEN}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_create_sample(rest_url, emulator, tmp_path):
    assert run("create_checkout.py", rest_url, tmp_path, HANDBOOK).startswith("https://polar.sh/checkout/polar_c_")


def test_list_sample(rest_url, polar, tmp_path):
    ids = [polar.checkouts.create(request={"products": [HANDBOOK]}).id for _ in range(5)]
    lines = run("list_checkouts.py", rest_url, tmp_path).splitlines()
    assert [line.split() for line in lines] == [[each, "open", "1000"] for each in reversed(ids)]
