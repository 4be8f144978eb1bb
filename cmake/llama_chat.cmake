# Compiles the chat library of the pinned llama.cpp once per machine: what of its common library
# knows templates, answers and tool calls. Which files: llama_chat/CMakeLists.txt.
#
# An entry of its own beside llama.cpp's (see llama_build.cmake), with the same care. Nothing in it
# depends on the CPU's level, so one is enough for all runners.
#
#   hearth_llama_chat_build(OUT)
# leaves in OUT the entry: include/ (with jinja/) and lib/libllama-chat.a.

include(${CMAKE_CURRENT_LIST_DIR}/llama_build.cmake)

set(_hearth_llama_chat_project ${CMAKE_CURRENT_LIST_DIR}/llama_chat)

# The digest of the project's own files: a change there is another entry.
function(_hearth_llama_chat_identity OUT)
  hearth_tree_sha256(${_hearth_llama_chat_project} identity)
  set(${OUT} ${identity} PARENT_SCOPE)
endfunction()

function(hearth_llama_chat_build OUT)
  hearth_llama_fetch(source source_sha256)
  hearth_cache_dir(cache)
  _hearth_llama_chat_identity(project)
  execute_process(COMMAND ${HEARTH_LLAMA_CXX} --version OUTPUT_VARIABLE compiler)
  string(SHA256 key "${source_sha256};${project};${compiler};${CMAKE_SYSTEM_PROCESSOR}")
  string(SUBSTRING ${key} 0 16 key)
  set(entry "${cache}/llama/${HEARTH_LLAMA_VERSION}-chat-${key}")
  set(${OUT} "${entry}" PARENT_SCOPE)
  if(EXISTS "${entry}")
    return()
  endif()
  hearth_cache_lock("${cache}/llama" "compiling llama.cpp")
  if(EXISTS "${entry}")
    return()
  endif()

  message(STATUS "Compiling llama.cpp's chat library ${HEARTH_LLAMA_VERSION}, once for this "
    "machine; about one minute on two cores")
  set(work "${cache}/llama/building")
  file(REMOVE_RECURSE "${work}")  # what an interrupted build has left
  file(MAKE_DIRECTORY "${work}")
  _hearth_llama_compile(${_hearth_llama_chat_project} "${work}" llama-chat
    -DCMAKE_BUILD_TYPE=Release -DLLAMA_SOURCE=${source})
  file(GLOB headers ${source}/common/*.h)
  _hearth_llama_collect("${source}" "${work}" "${headers}" "${work}/build/libllama-chat.a")
  file(GLOB headers ${source}/common/jinja/*.h)
  file(COPY ${headers} DESTINATION "${work}/entry/include/jinja")
  file(RENAME "${work}/entry" "${entry}")
  file(REMOVE_RECURSE "${work}")
  message(STATUS "llama.cpp's chat library is in ${entry}")
endfunction()
