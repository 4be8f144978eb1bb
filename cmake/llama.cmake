# The engine underneath: llama.cpp and ggml, pinned, built from source, static.
#
#   hearth_llama            what engine/ compiles and links with
#   hearth_llama_chat       its chat library, for dialogue/
#   hearth_llama_v2 v3 v4   with HEARTH_CPU_VARIANTS=ON: one runner is linked with each
#   HEARTH_LLAMA_VOCABS     the folder of its ggml-vocab-*.gguf files (tokenizers for tests), with
#                           templates/*.jinja
#
# Where the source comes from and how it is checked: llama_fetch.cmake. How it is compiled and
# where the result is kept: llama_build.cmake and llama_chat.cmake.

set(HEARTH_LLAMA_SOURCE "" CACHE PATH "A checkout of the pinned llama.cpp to use")
set(HEARTH_LLAMA_URL "" CACHE STRING "A mirror of the upstream release archive")
option(HEARTH_LLAMA_UNPINNED "Accept a HEARTH_LLAMA_SOURCE with another content" OFF)
# A clang build of our code may link a g++ build of llama.cpp: both speak libstdc++'s ABI.
set(HEARTH_LLAMA_CC "${CMAKE_C_COMPILER}" CACHE STRING "The C compiler for llama.cpp")
set(HEARTH_LLAMA_CXX "${CMAKE_CXX_COMPILER}" CACHE STRING "The C++ compiler for llama.cpp")

include(${CMAKE_CURRENT_LIST_DIR}/llama_build.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/llama_chat.cmake)
find_package(Threads REQUIRED)

function(_hearth_llama_target TARGET VARIANT)
  hearth_llama_build(${VARIANT} entry)
  add_library(${TARGET} INTERFACE)
  target_include_directories(${TARGET} SYSTEM INTERFACE ${entry}/include)
  # The registry in ggml names the CPU backend, which needs ggml-base: the order matters.
  target_link_libraries(${TARGET} INTERFACE
    ${entry}/lib/libllama.a ${entry}/lib/libggml.a ${entry}/lib/libggml-cpu.a
    ${entry}/lib/libggml-base.a Threads::Threads m ${CMAKE_DL_LIBS})
endfunction()

if(HEARTH_CPU_VARIANTS)
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    message(FATAL_ERROR "HEARTH_CPU_VARIANTS builds for x86-64 levels; this is "
      "${CMAKE_SYSTEM_PROCESSOR}. Leave it off.")
  endif()
  set(HEARTH_RUNNER_VARIANTS v2 v3 v4)
  foreach(level IN LISTS HEARTH_RUNNER_VARIANTS)
    _hearth_llama_target(hearth_llama_${level} ${level})
  endforeach()
  # The engine room is compiled once, against the headers; every level has the same.
  add_library(hearth_llama INTERFACE)
  target_include_directories(hearth_llama SYSTEM INTERFACE
    $<TARGET_PROPERTY:hearth_llama_v2,INTERFACE_INCLUDE_DIRECTORIES>)
else()
  set(HEARTH_RUNNER_VARIANTS native)
  _hearth_llama_target(hearth_llama native)
endif()

hearth_llama_chat_build(_hearth_llama_chat)
add_library(hearth_llama_chat INTERFACE)
target_include_directories(hearth_llama_chat SYSTEM INTERFACE ${_hearth_llama_chat}/include)
target_link_libraries(hearth_llama_chat INTERFACE
  ${_hearth_llama_chat}/lib/libllama-chat.a hearth_llama)

hearth_llama_fetch(_hearth_llama_source _hearth_llama_sha256)
set(HEARTH_LLAMA_VOCABS ${_hearth_llama_source}/models)
