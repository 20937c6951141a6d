#!/usr/bin/env bash
# Builds what lanes need, publishes it to a binary cache, and shows a receipt of what readers now get: the door to
# `warmth publish`, which has the same options, environment and exit codes. `cache-warm.sh --help` lists them.
#
# It takes the warmth of $WARMTH, else the one beside itself, else the one in PATH, else it builds that of the flake
# in $WARMTH_FLAKE (such as git+https://forge.example/tools/warmth#warmth).
set -euo pipefail

say() { printf 'cache-warm: %s\n' "$*" >&2; }

find_warmth() {
  local beside
  beside=$(cd "$(dirname "$0")" && pwd)/warmth
  if [ -n "${WARMTH:-}" ]; then
    warmth=$WARMTH
  elif [ -f "$beside" ] && [ -x "$beside" ]; then
    warmth=$beside
  elif ! warmth=$(type -P warmth) && [ -n "${WARMTH_FLAKE:-}" ]; then
    # Nix evaluates what others have written, and gets no token.
    warmth=$(env -u ATTIC_TOKEN nix --extra-experimental-features "nix-command flakes" \
      --option accept-flake-config false build --no-link --print-out-paths -- "$WARMTH_FLAKE")/bin/warmth \
      || { say "the flake $WARMTH_FLAKE could not be built, so there is no warmth"; exit 69; }
  fi
  [ -z "$warmth" ] || [ -x "$warmth" ] || { say "there is no program '$warmth'"; exit 69; }
  [ -n "$warmth" ] || {
    say "there is no warmth here: put it beside this script or into PATH, name it by \$WARMTH, or name a flake of it" \
      "by \$WARMTH_FLAKE"
    exit 69
  }
}

warmth=
find_warmth
exec "$warmth" publish "$@"
