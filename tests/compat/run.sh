#!/usr/bin/env bash
# Runs tests of official client libraries against a daemon of their own.
#
#   run.sh HEARTH FILE.test.js…
#
# The clients come from npm at the versions of package-lock.json and live in the cache folder, so
# that a clone gets them once and nothing is written beside the tests.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/setup.sh
source "$here/../../scripts/setup.sh"

# One folder for each set of versions; it stands there only when it is whole.
ensure_clients() {  # ensure_clients FOLDER
  local folder=$1 begun
  mkdir -p "$(dirname "$folder")"
  exec 8>"$folder.lock"
  flock 8
  if [[ ! -d $folder ]]; then
    begun=$(mktemp -d "$folder.XXXXXX")
    cp "$here/package.json" "$here/package-lock.json" "$begun/"
    if ! npm ci --prefix "$begun" --ignore-scripts --no-audit --no-fund </dev/null >&2; then
      rm -rf "$begun"
      say "npm could not fetch what tests/compat/package.json names; its words are above"
      exit 1
    fi
    mv "$begun" "$folder"
  fi
  exec 8>&-
}

if (($# < 2)); then
  say "usage: tests/compat/run.sh HEARTH FILE.test.js…"
  exit 2
fi
digest=$(sha256sum "$here/package-lock.json")
clients=$hearth_cache/compat/${digest:0:16}
ensure_clients "$clients"
NODE_PATH=$clients/node_modules exec node "$here/with_daemon.js" "$@"
