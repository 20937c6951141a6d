#!/usr/bin/env bash
# Publishes paths to a binary cache.
#
# Usage: cache-warm.sh [--profile kvm-vm-test] [--cache NAME] [--installable REF]... [--no-push]
set -euo pipefail
echo "cache-warm.sh: see the usage at the head of this file" >&2
exit 64
