#!/bin/sh
# The browser tests need Debian's Chromium; without it they are skipped, and say so.
set -eu
if command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then
    exit 0
fi
packages="chromium fonts-noto-color-emoji"
if [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages >/dev/null
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo apt-get update -qq && sudo apt-get install -y -qq --no-install-recommends $packages >/dev/null
else
    echo "Chromium is missing and may not be installed by this user; the browser tests will be skipped." >&2
    echo "To run them: sudo apt install $packages" >&2
fi
