"""Every command of docs/services.md, typed as it is printed there, in one session of a shell."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from surety.sdk.root import repository_root

pytestmark = [pytest.mark.integration, pytest.mark.slow]

PAGE = repository_root() / "docs" / "services.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"\s{2,}# .*")
OTHERS = {"challenge fault": "answered", "liveness answer": "drawn or not", "pool recount": "nobody sold"}
"""Commands of other stories than the one that is told, with the reason."""
TOLD = {
    "SERVICE": ("service status 1", "['id']"),
    "REGISTRY": ("service status 1", "['registry'].split()[0]"),
    "CHALLENGE": ("challenge list", ".popitem()[0]"),
    "PORTFOLIO": ("pool status", "['portfolio']"),
}
"""What a reader copies from the output: the command that tells it, and where."""
READ = '{name}=$(surety {command} --output json | python -c "import json, sys; print(json.load(sys.stdin){place})")'


def commands():
    """As a reader types them: what stands behind `$ ` with its continued lines, or the lines of a block without."""
    found = []
    for language, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language not in ("", "sh"):  # a picture, or plug-ins, which need a file that the page doesn't make
            continue
        lines = [COMMENT.sub("", line) for line in block.splitlines()]
        typed = [line for line in lines if line.startswith("$ ")]
        if not typed:
            found += [line for line in lines if line]
            continue
        waits = False
        for line in lines:
            if line.startswith("$ "):
                found.append(line[2:])
            elif waits:
                found[-1] += "\n" + line
            waits = bool(found) and (found[-1].count("'") % 2 == 1 or found[-1].endswith("\\"))
    return [one for one in found if not any(other in one for other in OTHERS)]


def script(url, record):
    lines = ["set -eo pipefail", f"export SURETY_RECORD={record}"]
    for one in commands():
        name = one.removeprefix("export ").partition("=")[0]
        if one.startswith("export PATH="):
            one = f"export PATH={Path(sys.executable).parent}:$PATH"
        elif name == "SURETY_RPC_URL":
            one = f"export SURETY_RPC_URL={url}"
        elif name == "SURETY_POOL":
            one = "export SURETY_POOL=$(sed -n 's/^ *pool  *\\(0x[0-9a-fA-F]*\\)$/\\1/p' made)"
        elif name in TOLD:
            command, place = TOLD[name]
            one = "export " + READ.format(name=name, command=command, place=place)
        elif one.startswith("cp "):
            one = one.replace("cp ", f"cp {repository_root()}/", 1)
        elif one.startswith("surety pool create") and "--broadcast" in one:
            one += " | tee made"
        elif one.endswith("echo $?"):
            one = f"{one.removesuffix('; echo $?')} && exit 1 || test $? = 5"
        lines += [f"echo {chr(39)}>>> {one.replace(chr(39), '')}{chr(39)}", one]
    return "\n".join(lines) + "\n"


def test_commands__of_the_page__are_found():
    found = commands()
    assert len(found) > 70
    assert {"surety service activate 1 52w 20000 --broadcast", "surety pool carry-out 1 --broadcast"} <= set(found)


def test_services__as_printed__run_from_the_first_to_the_last(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    record, log = tmp_path / "record.yaml", tmp_path / "node.log"
    surety = Path(sys.executable).parent / "surety"
    with log.open("w") as out:
        node = subprocess.Popen([surety, "node", "--port", str(port), "--record", record], stdout=out, stderr=out)
    try:
        for _ in range(600):
            if "interrupt to end it" in log.read_text():
                break
            assert node.poll() is None, log.read_text()
            time.sleep(0.2)
        done = subprocess.run(
            ["bash", "-c", script(f"http://127.0.0.1:{port}", record)],
            cwd=tmp_path,
            env={key: value for key, value in os.environ.items() if not key.startswith("SURETY_")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-3_000:]
        assert "pull bounty      100 bond" in done.stdout
        assert "claim         4,000 vROLL" in done.stdout
    finally:
        node.terminate()
        node.wait(30)
