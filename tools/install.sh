#!/bin/sh
# Makes .venv from requirements.lock (every file hashed) and checks the machine first: a supported Python, Node and npm.
set -eu

fail() { echo "install: $1" >&2; exit 2; }

# numpy 1.26, which ape asks for, ships wheels for Python 3.11 and 3.12. A name on PATH may be a shim of a version manager
# that has no such version active, so each candidate has to run.
python=""
for candidate in ${PYTHON:-python3.11 python3.12 python3 python}; do
    if "$candidate" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    found=$("${PYTHON:-python3}" --version 2>/dev/null || echo "no Python 3")
    fail "Python 3.11 or 3.12 with venv is needed ($found found); name one with PYTHON=..."
fi

command -v npm >/dev/null 2>&1 || fail "npm is needed (it comes with Node 20 or later)"
node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null \
    || fail "Node 20 or later is needed ($(node --version 2>/dev/null || echo none) found)"

echo "install: $("$python" --version) into .venv, about a minute"
if command -v uv >/dev/null 2>&1; then
    [ -x .venv/bin/python ] || uv venv --quiet --python "$(command -v "$python")" .venv
    VIRTUAL_ENV=$PWD/.venv
    export VIRTUAL_ENV
    pip="uv pip"
else
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    pip=".venv/bin/python -m pip --disable-pip-version-check"
fi
# shellcheck disable=SC2086  # two words on purpose
{
    $pip install --quiet --quiet --no-deps --require-hashes -r requirements.lock
    $pip install --quiet --quiet --no-deps --no-build-isolation -e .
}
