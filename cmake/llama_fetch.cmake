# Brings the pinned llama.cpp source to this machine and proves that it is the pinned one.
#
# It comes from one of three places, tried in this order: a folder the user names
# (-DHEARTH_LLAMA_SOURCE=DIR), the upstream release archive, and the npm package node-llama-cpp,
# which carries the same tag as a git bundle. One digest over the content of the tree holds for
# all three: the gzip bytes of a forge's archive are not stable, what is inside them is.
#
# Included by llama_entry.cmake; also a script of its own, which prints the folder:
#   cmake [-DHEARTH_LLAMA_SOURCE=DIR] [-DHEARTH_LLAMA_URL=URL] [-DHEARTH_LLAMA_NPM=OFF]
#         -P cmake/llama_fetch.cmake
# Nothing is compiled here, and nothing is written outside the cache folder.

set(HEARTH_LLAMA_VERSION v0.5.0)
# The same as:  find . -type f | LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum
# in a fresh checkout of the tag, without its .git.
set(HEARTH_LLAMA_SHA256 ddec8a38a5259f93b64c3971dcdecf06853b3c97ab12637fadf3f01223207d19)
set(HEARTH_LLAMA_ARCHIVE
  https://github.com/ggml-org/llama.cpp/archive/refs/tags/${HEARTH_LLAMA_VERSION}.tar.gz)
set(HEARTH_LLAMA_NPM_PACKAGE node-llama-cpp@3.22.1)
# npm writes it in base64: sha512-bltIipuWmc123H7tMIgDGKSsSrhmhlQYeVUC48XTjVW7XGJJiJJyCdlTMzQ/…
string(CONCAT HEARTH_LLAMA_NPM_SHA512
  6e5b488a9b9699cd76dc7eed30880318a4ac4ab866865418795502e3c5d38d55
  bb5c624988927209d95333343f2e25a83e4183a5c2f816f883a60c3ba9f4e20f)
set(HEARTH_LLAMA_NPM_TREE fd570ef54b10ec5fecb739e7e04c8ce44a6f415a)

# Sources and built libraries outlive a build folder, so that a fresh clone finds them.
function(hearth_cache_dir OUT)
  if(DEFINED ENV{HEARTH_CACHE})
    set(dir "$ENV{HEARTH_CACHE}")
  elseif(DEFINED ENV{XDG_CACHE_HOME})
    set(dir "$ENV{XDG_CACHE_HOME}/hearth")
  elseif(DEFINED ENV{HOME})
    set(dir "$ENV{HOME}/.cache/hearth")
  else()
    set(dir "${CMAKE_BINARY_DIR}/cache")
  endif()
  get_filename_component(dir "${dir}" ABSOLUTE)
  set(${OUT} "${dir}" PARENT_SCOPE)
endfunction()

# Takes the lock of a folder until the calling function returns, and says so when it waits.
macro(hearth_cache_lock DIR WHAT)
  file(MAKE_DIRECTORY "${DIR}")
  file(LOCK "${DIR}" DIRECTORY GUARD FUNCTION TIMEOUT 0 RESULT_VARIABLE hearth_locked)
  if(NOT hearth_locked EQUAL 0)
    message(STATUS "Another build is ${WHAT} in ${DIR}; waiting for it")
    file(LOCK "${DIR}" DIRECTORY GUARD FUNCTION TIMEOUT 3600 RESULT_VARIABLE hearth_locked)
    if(NOT hearth_locked EQUAL 0)
      message(FATAL_ERROR "Cannot lock ${DIR}: ${hearth_locked}. Is another build stuck there?")
    endif()
  endif()
endmacro()

# The digest of a source tree: of every file's content and relative path, and of nothing else.
# A symlink is an entry that no pinned tree has, so it can never stand in for a file.
function(hearth_tree_sha256 DIR OUT)
  file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE "${DIR}" "${DIR}/*")
  list(FILTER files EXCLUDE REGEX "^\\.git(/|$)")
  list(SORT files COMPARE STRING CASE SENSITIVE)
  set(listing "")
  foreach(file IN LISTS files)
    if(IS_SYMLINK "${DIR}/${file}")
      string(APPEND listing "symlink  ./${file}\n")
    else()
      file(SHA256 "${DIR}/${file}" sum)
      string(APPEND listing "${sum}  ./${file}\n")
    endif()
  endforeach()
  string(SHA256 sum "${listing}")
  set(${OUT} ${sum} PARENT_SCOPE)
endfunction()

# Runs a command of a source; OUT_ERROR is empty, or says what went wrong in one line.
function(_hearth_try OUT_ERROR WHAT)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE said ERROR_VARIABLE said)
  set(error "")
  if(NOT code EQUAL 0)
    string(REGEX REPLACE "[\r\n]+" " | " said "${said}")
    string(REGEX REPLACE "( \\| )+$" "" said "${said}")
    string(LENGTH "${said}" length)
    if(length GREATER 300)
      math(EXPR from "${length} - 300")
      string(SUBSTRING "${said}" ${from} -1 said)
      set(said "…${said}")
    endif()
    set(error "${WHAT} failed (${code}): ${said}")
  endif()
  set(${OUT_ERROR} "${error}" PARENT_SCOPE)
endfunction()

function(_hearth_source_archive DIR OUT_ERROR)
  set(url ${HEARTH_LLAMA_ARCHIVE})
  if(HEARTH_LLAMA_URL)
    set(url ${HEARTH_LLAMA_URL})
  endif()
  message(STATUS "Fetching ${url}")
  file(DOWNLOAD ${url} ${DIR}/source.tar.gz
    STATUS status INACTIVITY_TIMEOUT 30 TLS_VERIFY ON SHOW_PROGRESS)
  list(GET status 0 code)
  list(GET status 1 text)
  if(NOT code EQUAL 0)
    set(${OUT_ERROR} "${url}: ${text}" PARENT_SCOPE)
    return()
  endif()
  file(MAKE_DIRECTORY ${DIR}/tree)
  _hearth_try(error "${url}: unpacking" tar -xzf ${DIR}/source.tar.gz
    --strip-components=1 --no-same-owner --no-same-permissions -C ${DIR}/tree)
  set(${OUT_ERROR} "${error}" PARENT_SCOPE)
endfunction()

function(_hearth_source_npm DIR OUT_ERROR)
  set(what "npm package ${HEARTH_LLAMA_NPM_PACKAGE}")
  find_program(HEARTH_NPM npm)
  find_program(HEARTH_GIT git)
  if(NOT HEARTH_NPM OR NOT HEARTH_GIT)
    set(${OUT_ERROR} "${what}: npm and git are needed and one is missing" PARENT_SCOPE)
    return()
  endif()
  message(STATUS "Fetching ${what}")
  _hearth_try(error "${what}: npm pack" ${HEARTH_NPM} pack ${HEARTH_LLAMA_NPM_PACKAGE}
    --ignore-scripts --loglevel=error --cache ${DIR}/npm-cache --pack-destination ${DIR})
  file(GLOB tarball ${DIR}/*.tgz)
  if(NOT error AND NOT tarball)
    set(error "${what}: npm pack left no archive")
  endif()
  if(NOT error)
    file(SHA512 ${tarball} sum)
    if(NOT sum STREQUAL HEARTH_LLAMA_NPM_SHA512)
      set(error "${what}: its SHA-512 is ${sum}, pinned is ${HEARTH_LLAMA_NPM_SHA512}")
    endif()
  endif()
  if(NOT error)
    _hearth_try(error "${what}: unpacking" tar -xzf ${tarball} --no-same-owner -C ${DIR}
      package/llama/gitRelease.bundle)
  endif()
  if(NOT error)
    _hearth_try(error "${what}: reading its git bundle" ${HEARTH_GIT} -c core.autocrlf=false
      -c advice.detachedHead=false clone --quiet ${DIR}/package/llama/gitRelease.bundle ${DIR}/tree)
  endif()
  if(NOT error)
    execute_process(COMMAND ${HEARTH_GIT} -C ${DIR}/tree rev-parse HEAD^{tree}
      OUTPUT_VARIABLE tree OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(NOT tree STREQUAL HEARTH_LLAMA_NPM_TREE)
      set(error "${what}: its git tree is ${tree}, pinned is ${HEARTH_LLAMA_NPM_TREE}")
    endif()
    file(REMOVE_RECURSE ${DIR}/tree/.git)
  endif()
  set(${OUT_ERROR} "${error}" PARENT_SCOPE)
endfunction()

# The folder the user named: its content has to be the pinned one, unless the user says otherwise.
function(_hearth_source_folder OUT OUT_SHA256)
  get_filename_component(dir "${HEARTH_LLAMA_SOURCE}" ABSOLUTE BASE_DIR "${CMAKE_SOURCE_DIR}")
  if(NOT EXISTS "${dir}/include/llama.h")
    message(FATAL_ERROR "HEARTH_LLAMA_SOURCE is '${HEARTH_LLAMA_SOURCE}', where there is no "
      "include/llama.h. Name a checkout of llama.cpp ${HEARTH_LLAMA_VERSION}, or leave it out.")
  endif()
  hearth_tree_sha256("${dir}" sum)
  if(NOT sum STREQUAL HEARTH_LLAMA_SHA256)
    if(NOT HEARTH_LLAMA_UNPINNED)
      message(FATAL_ERROR
        "HEARTH_LLAMA_SOURCE is not the pinned llama.cpp ${HEARTH_LLAMA_VERSION}.\n"
        "  folder: ${dir}\n  SHA-256 of its files: ${sum}\n  pinned: ${HEARTH_LLAMA_SHA256}\n"
        "It has to be a clean checkout of the tag: no changed, missing or extra file (build "
        "outputs count). To build on it all the same, add -DHEARTH_LLAMA_UNPINNED=ON.")
    endif()
    message(WARNING "Building on an unpinned llama.cpp in ${dir} (SHA-256 ${sum}).")
  endif()
  set(${OUT} "${dir}" PARENT_SCOPE)
  set(${OUT_SHA256} ${sum} PARENT_SCOPE)
endfunction()

# Gives the folder with the source in OUT and the digest of what is in it in OUT_SHA256.
function(hearth_llama_fetch OUT OUT_SHA256)
  if(HEARTH_LLAMA_SOURCE)
    _hearth_source_folder(dir sum)
    set(${OUT} "${dir}" PARENT_SCOPE)
    set(${OUT_SHA256} ${sum} PARENT_SCOPE)
    return()
  endif()

  hearth_cache_dir(cache)
  string(SUBSTRING ${HEARTH_LLAMA_SHA256} 0 8 short)
  set(dest "${cache}/llama-src/${HEARTH_LLAMA_VERSION}-${short}")
  set(${OUT} "${dest}" PARENT_SCOPE)
  set(${OUT_SHA256} ${HEARTH_LLAMA_SHA256} PARENT_SCOPE)
  if(EXISTS "${dest}")  # it gets this name only after it has been checked
    return()
  endif()
  hearth_cache_lock("${cache}/llama-src" "fetching llama.cpp")
  if(EXISTS "${dest}")
    return()
  endif()

  set(work "${cache}/llama-src/fetching")
  set(sources archive npm)
  set(failures "")
  if(DEFINED HEARTH_LLAMA_NPM AND NOT HEARTH_LLAMA_NPM)
    set(sources archive)
    string(APPEND failures "\n  - the npm package was ruled out by HEARTH_LLAMA_NPM=OFF")
  endif()
  foreach(source IN LISTS sources)
    file(REMOVE_RECURSE "${work}")  # also what an interrupted fetch has left
    file(MAKE_DIRECTORY "${work}")
    cmake_language(CALL _hearth_source_${source} "${work}" error)
    if(NOT error)
      hearth_tree_sha256("${work}/tree" sum)
      if(sum STREQUAL HEARTH_LLAMA_SHA256)
        file(RENAME "${work}/tree" "${dest}")
        file(REMOVE_RECURSE "${work}")
        message(STATUS "llama.cpp ${HEARTH_LLAMA_VERSION} is in ${dest} (digest checked)")
        return()
      endif()
      set(error "${source}: the SHA-256 of its files is ${sum}, pinned is ${HEARTH_LLAMA_SHA256}")
    endif()
    message(STATUS "That did not work: ${error}")
    string(APPEND failures "\n  - ${error}")
  endforeach()
  file(REMOVE_RECURSE "${work}")
  message(FATAL_ERROR "llama.cpp ${HEARTH_LLAMA_VERSION} could not be had. Tried:${failures}\n"
    "What helps:\n"
    "  - a network that reaches one of these, or a mirror of the archive: -DHEARTH_LLAMA_URL=URL\n"
    "  - a checkout of the tag from another machine: -DHEARTH_LLAMA_SOURCE=DIR\n"
    "  - building the daemon alone, without an engine: -DHEARTH_ENGINE=OFF")
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  hearth_llama_fetch(dir sum)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${dir}")
endif()
