#!/bin/sh
# Makes the virtual environment with exactly what requirements.txt names.
set -eu
python=${1:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    echo "Python 3.11 or newer is needed ($python is not)." >&2
    exit 1
}
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    rm -rf .venv
    if ! "$python" -m venv .venv >/dev/null 2>&1; then
        # Debian keeps the part of Python that makes environments in a package of its own.
        if [ "$(id -u)" = 0 ]; then
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
        elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
            sudo apt-get update -qq && sudo apt-get install -y -qq python3-venv >/dev/null
        else
            echo "Python's venv module is missing. Install it once: sudo apt install python3-venv" >&2
            exit 1
        fi
        rm -rf .venv
        "$python" -m venv .venv
    fi
fi
echo "Installing what requirements.txt names (the first time this takes a minute or two) …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
