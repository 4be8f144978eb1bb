# Warnings are errors, sanitizers instrument our own code, and links are quick.

add_library(hearth_flags INTERFACE)
target_compile_options(hearth_flags INTERFACE
  -Wall -Wextra -Werror -Wnon-virtual-dtor -Wno-missing-field-initializers
  -fno-omit-frame-pointer -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(hearth_flags INTERFACE
    -Wshadow=local
    -Wno-restrict)         # g++ 12 reports "x" + std::string falsely (GCC PR 105651)
else()
  target_compile_options(hearth_flags INTERFACE -Wthread-safety)
endif()
target_include_directories(hearth_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(hearth_flags INTERFACE HEARTH_VERSION="${PROJECT_VERSION}")
find_package(Threads REQUIRED)
target_link_libraries(hearth_flags INTERFACE Threads::Threads)

if(HEARTH_SANITIZE STREQUAL "address")
  target_compile_options(hearth_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  target_link_options(hearth_flags INTERFACE -fsanitize=address,undefined)
  target_compile_definitions(hearth_flags INTERFACE HEARTH_SANITIZER_ADDRESS)
elseif(HEARTH_SANITIZE STREQUAL "thread")
  target_compile_options(hearth_flags INTERFACE -fsanitize=thread)
  target_link_options(hearth_flags INTERFACE -fsanitize=thread)
  target_compile_definitions(hearth_flags INTERFACE HEARTH_SANITIZER_THREAD)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Asio's fences order what its own locks order already; g++ says it cannot see fences.
    target_compile_options(hearth_flags INTERFACE -Wno-tsan)
  endif()
elseif(HEARTH_SANITIZE)
  message(FATAL_ERROR "HEARTH_SANITIZE is '${HEARTH_SANITIZE}'; use address, thread or nothing.")
endif()
if(HEARTH_FUZZ)
  target_compile_options(hearth_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(HEARTH_MOLD mold)
if(HEARTH_MOLD AND NOT HEARTH_SANITIZE AND NOT HEARTH_FUZZ)
  add_link_options(-fuse-ld=mold)
endif()
find_program(HEARTH_CCACHE ccache)
if(HEARTH_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${HEARTH_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${HEARTH_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)  # so that ccache sees through precompiled headers
  else()
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")  # for ccache: the same each time
  endif()
endif()
