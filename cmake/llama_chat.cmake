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

# Makes the entry in WORK.
function(_hearth_llama_compile_chat WORK SOURCE)
  _hearth_llama_compile(${_hearth_llama_chat_project} "${WORK}" llama-chat
    -DCMAKE_BUILD_TYPE=Release -DLLAMA_SOURCE=${SOURCE})
  file(GLOB headers ${SOURCE}/common/*.h)
  _hearth_llama_collect("${SOURCE}" "${WORK}" "${headers}" "${WORK}/build/libllama-chat.a")
  file(GLOB headers ${SOURCE}/common/jinja/*.h)
  file(COPY ${headers} DESTINATION "${WORK}/entry/include/jinja")
endfunction()

function(hearth_llama_chat_build OUT)
  hearth_llama_fetch(source source_sha256)
  _hearth_llama_chat_identity(project)
  execute_process(COMMAND ${HEARTH_LLAMA_CXX} --version OUTPUT_VARIABLE compiler)
  hearth_llama_entry(chat "${source_sha256};${project};${compiler};${CMAKE_SYSTEM_PROCESSOR}"
    "llama.cpp's chat library ${HEARTH_LLAMA_VERSION}, once for this machine; about one minute on \
two cores"
    _hearth_llama_compile_chat entry "${source}")
  set(${OUT} "${entry}" PARENT_SCOPE)
endfunction()
