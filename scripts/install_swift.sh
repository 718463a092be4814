#!/bin/sh
# The slow tests of the S3 backend meet a real S3 server: OpenStack Swift with its s3api, from
# Debian. Brings it where it is missing and can be brought; nothing of it is started here.
set -eu
if command -v swift-proxy-server >/dev/null && command -v swift-object-server >/dev/null; then
    exit 0
fi
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "The tests on a real S3 server need Swift. Install it: apt-get install swift-proxy" >&2
    echo "swift-account swift-container swift-object" >&2
    exit 1
fi
if ! command -v apt-get >/dev/null; then
    echo "The tests on a real S3 server need Swift, and there is no apt-get to bring it." >&2
    exit 1
fi
echo "Installing Swift for the tests on a real S3 server ..."
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
$as_root apt-get install -y -qq --no-install-recommends \
    swift-proxy swift-account swift-container swift-object >/dev/null
