#!/bin/sh
# The browser tests drive Debian's Chromium; brings it where it is missing and can be brought.
set -eu
if [ -n "${CHROMIUM:-}" ] || [ -x /usr/bin/chromium ]; then
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "The browser tests need /usr/bin/chromium. Install it (apt-get install chromium), or run" >&2
    echo "everything else with: make unit compat" >&2
    exit 1
fi
if ! command -v apt-get >/dev/null; then
    echo "The browser tests need /usr/bin/chromium, and there is no apt-get to bring it." >&2
    exit 1
fi
# Without any font of the system Chromium may refuse to draw text at all.
echo "Installing Chromium for the browser tests ..."
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends \
    chromium fonts-dejavu-core >/dev/null
