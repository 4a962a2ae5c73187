#!/bin/sh
# Resolves requirements.in into requirements.lock: names, versions and hashes for every platform, no addresses.
set -eu

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    place=$(mktemp -d)
    trap 'rm -rf "$place"' EXIT
    "${PYTHON:-python3}" -m venv "$place"
    "$place/bin/pip" install --quiet --disable-pip-version-check uv
    uv=$place/bin/uv
fi
"$uv" pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links -p 3.11 --universal \
    --override requirements.overrides --custom-compile-command "make lock" -o requirements.lock requirements.in
