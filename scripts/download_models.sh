#!/usr/bin/env bash
# Fetches the models that are recommended to begin with: nomic-embed-text-v1.5, which finds things
# in memory and documents, and Qwen2.5-7B-Instruct, which thinks; both Q4_K_M, 4.8 GB together.
#
#   scripts/download_models.sh          into Hearth's own models folder
#   scripts/download_models.sh FOLDER   into a folder of yours
#
# with a README.md beside the models.
#
# Everything is done by `hearth pull` (docs/pull.md): what is interrupted goes on where it was, and
# every byte is held against the digest that the hub promises. At the end all of it is read once
# more. HEARTH names the executable; else it is the one that ./run has built, or the installed one.
set -euo pipefail

readonly models=(nomic-embed-text-v1.5:Q4_K_M qwen2.5-7b-instruct:Q4_K_M)
readonly needed_kib=$((6 * 1024 * 1024))

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "download_models: $*"
  exit 1
}

usage() { sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; }

find_hearth() {
  local built
  built=$(dirname "$0")/../build/release/bin/hearth
  if [[ -n ${HEARTH:-} ]]; then
    echo "$HEARTH"
  elif [[ -x $built ]]; then
    echo "$built"
  else
    command -v hearth || fail "there is no hearth yet; ./run builds it, or set HEARTH to one"
  fi
}

# In KiB; 0 of a model that is not there.
size_of() {
  local bytes
  bytes=$("$hearth" show "$1" --json 2>/dev/null | sed -nE 's/.*"size_bytes":([0-9]+).*/\1/p')
  echo $((${bytes:-0} / 1024))
}

# What is there of these models needs no room again.
check_room() {
  local folder=$1 free used=0 model
  free=$(df -Pk "$folder" | awk 'NR == 2 { print $4 }')
  ((free >= needed_kib)) && return
  [[ -d $folder/blobs/partial ]] && used=$(du -sk "$folder/blobs/partial" | cut -f1)
  for model in "${models[@]}"; do
    used=$((used + $(size_of "$model")))
  done
  if ((free + used < needed_kib)); then
    fail "the models need 6 GB and '$folder' has $((free / 1024)) MiB free; make room, or name" \
      "a folder on a larger disk"
  fi
}

# As a shell reads it back, whatever it has.
in_quotes() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

# The models folder in what `hearth doctor --json` says. A folder may have a quote or a backslash in
# its name; of the escapes of JSON only that of the quote is not printf's, too.
folder_in() {
  local text
  text=$(sed -nE 's/.*"models_folder":"(([^"\\]|\\.)*)".*/\1/p' <<<"$1")
  printf '%b' "${text//\\\"/\"}"
}

write_readme() {
  cat >"$1/README.md" <<README
# Models for Hearth

Fetched by \`scripts/download_models.sh\` with \`hearth pull\`, verified when they came.

| model | what for |
|---|---|
| nomic-embed-text-v1.5, Q4_K_M | embeddings of 768 dimensions: memory, search, documents |
| Qwen2.5-7B-Instruct, Q4_K_M | chat, plans, tools; about 5 GB of memory while it is loaded |

To use them, say where they are, in \`config.yaml\` or in the environment:

    HEARTH_MODELS_FOLDER=$(in_quotes "$1") hearth serve
    hearth chat qwen2.5-7b-instruct

\`blobs\` has the files under their SHA-256, \`manifests\` says what belongs together.
\`hearth verify\` reads everything once more. The licence of each model is in its manifest: Apache
2.0 for both.
README
}

case ${1:-} in
  -h | --help)
    usage
    exit 0
    ;;
  -*)
    usage >&2
    exit 2
    ;;
esac
if (($# > 1)) || [[ $# -eq 1 && -z $1 ]]; then
  say "download_models: there is one FOLDER at most, and it has a name"
  usage >&2
  exit 2
fi

hearth=$(find_hearth)
if [[ $# -gt 0 ]]; then
  mkdir -p -- "$1"
  folder=$(cd -- "$1" && pwd)
  # A daemon of its own, which fetches into this folder whatever another one has; it ends with us.
  # Its home lies where its socket's name is short enough for the system, however long that of the
  # folder is. What has come so far is in the folder, so that the next home goes on with it.
  home=$(mktemp -d /tmp/hearth-download.XXXXXX)
  export HEARTH_MODELS_FOLDER=$folder HEARTH_HOME=$home
  trap '"$hearth" stop --daemon >/dev/null 2>&1 || true; rm -rf -- "$home"' EXIT
else
  folder=$(folder_in "$("$hearth" doctor --json)")
  mkdir -p -- "$folder"
fi

check_room "$folder"
for model in "${models[@]}"; do
  "$hearth" pull "$model" || {
    status=$?
    say "Nothing is lost: the same command goes on where it stopped."
    exit "$status"
  }
done
"$hearth" verify "${models[@]}" || fail "a file is damaged; run this again to fetch it anew"
write_readme "$folder"
say "The models are in '$folder'."
