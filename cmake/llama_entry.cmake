# An entry of the cache: what is compiled of llama.cpp once per machine, outside every build tree.
#
# It is named after everything that decides its content, made under another name and renamed when
# it is whole, so an interrupted build is never taken for a finished one. One build at a time makes
# entries; another waits.
#
#   hearth_llama_entry(KIND KEY WHAT COMPILE OUT ARGUMENT…)
# leaves in OUT the folder of the entry KIND that KEY decides. Where there is none, WHAT is told and
# COMPILE(WORK ARGUMENT…) has to leave it in WORK/entry.

include(${CMAKE_CURRENT_LIST_DIR}/llama_fetch.cmake)

function(hearth_llama_entry KIND KEY WHAT COMPILE OUT)
  hearth_cache_dir(cache)
  string(SHA256 key "${KEY}")
  string(SUBSTRING ${key} 0 16 key)
  set(entry "${cache}/llama/${HEARTH_LLAMA_VERSION}-${KIND}-${key}")
  set(${OUT} "${entry}" PARENT_SCOPE)
  if(EXISTS "${entry}")
    return()
  endif()
  hearth_cache_lock("${cache}/llama" "compiling llama.cpp")
  if(EXISTS "${entry}")
    return()
  endif()

  message(STATUS "Compiling ${WHAT}")
  set(work "${cache}/llama/building")
  file(REMOVE_RECURSE "${work}")  # what an interrupted build has left
  file(MAKE_DIRECTORY "${work}")
  cmake_language(CALL ${COMPILE} "${work}" ${ARGN})
  file(RENAME "${work}/entry" "${entry}")
  file(REMOVE_RECURSE "${work}")
  message(STATUS "It is in ${entry}")
endfunction()
