#!/usr/bin/env bash
# The units of packaging/systemd are understood by systemd, with the program that was built.
#   units_test.sh UNITS_FOLDER HEARTH_PROGRAM
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for unit in hearth.service hearth.socket; do
  sed "s|/usr/bin/hearth|$2|" "$1/$unit" >"$folder/$unit"
done
cmp -s "$1/hearth.service" "$folder/hearth.service" && { echo "nothing was replaced"; exit 1; }
# It says what it ignores and still ends well, so silence is what is asked for. Of pages and units
# of the machine that are not here it may speak.
said=$(systemd-analyze verify --man=no "$folder/hearth.service" "$folder/hearth.socket" 2>&1) ||
  { echo "$said"; exit 1; }
if grep -F "$folder" <<<"$said"; then
  exit 1
fi
if grep -E "Unknown|Failed to parse|Invalid|ignoring" <<<"$said"; then
  exit 1
fi
