# Compiles the pinned llama.cpp once per machine, outside every build tree, as static libraries: an
# entry of the cache (llama_entry.cmake) that its source's digest, its flags, the compiler and what
# "this CPU" means to that compiler decide.
#
#   hearth_llama_build(VARIANT OUT)   VARIANT: native, v2, v3 or v4
# leaves in OUT the entry: include/ and lib/.

include(${CMAKE_CURRENT_LIST_DIR}/llama_entry.cmake)

# What has to be free before a build starts: it takes 60 MB at its height, and disks fill up.
if(NOT DEFINED HEARTH_LLAMA_BUILD_MB)
  set(HEARTH_LLAMA_BUILD_MB 400)
endif()

set(_hearth_llama_flags
  -DCMAKE_BUILD_TYPE=Release
  -DBUILD_SHARED_LIBS=OFF
  -DLLAMA_BUILD_IS_DEV=OFF
  -DLLAMA_BUILD_NUMBER=0
  -DLLAMA_BUILD_COMMIT=${HEARTH_LLAMA_VERSION}
  -DLLAMA_BUILD_COMMON=OFF
  -DLLAMA_BUILD_TOOLS=OFF
  -DLLAMA_BUILD_TESTS=OFF
  -DLLAMA_BUILD_EXAMPLES=OFF
  -DLLAMA_BUILD_SERVER=OFF
  -DLLAMA_BUILD_APP=OFF
  -DLLAMA_OPENSSL=OFF
  -DGGML_OPENMP=OFF  # runners bring their own thread pool, which sleeps instead of spinning
  -DGGML_CCACHE=ON)

# The instruction sets of the levels; docs/formats/runner-variants.md tells the daemon the same.
set(_hearth_llama_isa_v2 -DGGML_SSE42=ON -DGGML_AVX=OFF -DGGML_AVX2=OFF -DGGML_BMI2=OFF
  -DGGML_FMA=OFF -DGGML_F16C=OFF)
set(_hearth_llama_isa_v3 -DGGML_SSE42=ON -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_BMI2=ON
  -DGGML_FMA=ON -DGGML_F16C=ON)
set(_hearth_llama_isa_v4 ${_hearth_llama_isa_v3} -DGGML_AVX512=ON -DGGML_AVX512_VNNI=ON
  -DGGML_AVX512_BF16=ON)

function(_hearth_llama_cpu_flags VARIANT OUT)
  if(VARIANT STREQUAL "native")
    set(flags -DGGML_NATIVE=ON)
  elseif(DEFINED _hearth_llama_isa_${VARIANT})
    set(flags -DGGML_NATIVE=OFF -DCMAKE_C_FLAGS=-march=x86-64-${VARIANT}
      -DCMAKE_CXX_FLAGS=-march=x86-64-${VARIANT} ${_hearth_llama_isa_${VARIANT}})
  else()
    message(FATAL_ERROR "There is no runner variant '${VARIANT}'; use native, v2, v3 or v4.")
  endif()
  set(${OUT} "${flags}" PARENT_SCOPE)
endfunction()

# What the compiler makes of "the CPU at hand": the macros of the instruction sets it would use.
# A cache folder that travels to another CPU therefore gets another entry.
function(_hearth_llama_cpu_identity VARIANT OUT)
  set(identity ${VARIANT})
  if(VARIANT STREQUAL "native")
    set(march -march=native)
    if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
      set(march -mcpu=native)
    endif()
    execute_process(COMMAND ${HEARTH_LLAMA_CC} ${march} -dM -E -x c /dev/null
      OUTPUT_VARIABLE macros ERROR_QUIET)
    string(SHA256 identity "${macros}")
  endif()
  set(${OUT} ${identity} PARENT_SCOPE)
endfunction()

# How much room is left where the cache is, in MB.
function(_hearth_free_mb DIR OUT)
  execute_process(COMMAND df -Pk "${DIR}" OUTPUT_VARIABLE said ERROR_QUIET)
  set(free 0)
  if(said MATCHES "\n[^\n]+ +[0-9]+ +[0-9]+ +([0-9]+) +[0-9]+%")
    math(EXPR free "${CMAKE_MATCH_1} / 1024")
  endif()
  set(${OUT} ${free} PARENT_SCOPE)
endfunction()

# Ends the configuration after a build that did not finish, without leaving a half entry.
function(_hearth_llama_give_up WORK WHAT)
  get_filename_component(home "${WORK}" DIRECTORY)
  _hearth_free_mb("${home}" free)
  file(REMOVE_RECURSE "${WORK}")
  set(why "The output above says why.")
  if(free LESS 50)
    set(why "The disk is full: ${free} MB were left in ${home}. Make room, or set HEARTH_CACHE.")
  endif()
  message(FATAL_ERROR "Building llama.cpp ${HEARTH_LLAMA_VERSION} failed while ${WHAT}. ${why}\n"
    "Nothing half-built was kept.")
endfunction()

# Configures the project in SOURCE and builds TARGETS of it; what follows goes to its cmake.
function(_hearth_llama_compile SOURCE WORK TARGETS)
  _hearth_free_mb("${WORK}" free)
  if(free LESS HEARTH_LLAMA_BUILD_MB)
    file(REMOVE_RECURSE "${WORK}")
    message(FATAL_ERROR "Not enough room to build llama.cpp: ${free} MB are free at ${WORK}, "
      "${HEARTH_LLAMA_BUILD_MB} MB are needed. Make room, or set HEARTH_CACHE to another folder.")
  endif()
  # Flags from the environment would change what is built without changing its name.
  execute_process(COMMAND ${CMAKE_COMMAND} -E env --unset=CFLAGS --unset=CXXFLAGS --unset=LDFLAGS
      ${CMAKE_COMMAND} -S ${SOURCE} -B ${WORK}/build -G Ninja -DCMAKE_C_COMPILER=${HEARTH_LLAMA_CC}
      -DCMAKE_CXX_COMPILER=${HEARTH_LLAMA_CXX} --log-level=WARNING ${ARGN}
    RESULT_VARIABLE code OUTPUT_QUIET)
  if(NOT code EQUAL 0)
    _hearth_llama_give_up("${WORK}" "configuring it")
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK}/build --target ${TARGETS}
    RESULT_VARIABLE code)
  if(NOT code EQUAL 0)
    _hearth_llama_give_up("${WORK}" "compiling it")
  endif()
endfunction()

# What an entry holds: headers, archives and the licence they come with.
function(_hearth_llama_collect SOURCE WORK HEADERS ARCHIVES)
  file(MAKE_DIRECTORY ${WORK}/entry/include ${WORK}/entry/lib)
  foreach(step "include;${HEADERS}" "lib;${ARCHIVES}")
    list(POP_FRONT step into)
    execute_process(COMMAND ${CMAKE_COMMAND} -E copy ${step} ${WORK}/entry/${into}
      RESULT_VARIABLE code)
    if(NOT code EQUAL 0)
      _hearth_llama_give_up("${WORK}" "collecting its libraries")
    endif()
  endforeach()
  file(COPY_FILE ${SOURCE}/LICENSE ${WORK}/entry/LICENSE)
endfunction()

# Makes the entry in WORK; what follows are the flags of llama.cpp's cmake.
function(_hearth_llama_compile_engine WORK SOURCE)
  _hearth_llama_compile("${SOURCE}" "${WORK}" "llama;ggml" ${ARGN})
  file(GLOB headers ${SOURCE}/include/*.h ${SOURCE}/ggml/include/*.h)
  set(archives ${WORK}/build/src/libllama.a)
  foreach(name ggml ggml-base ggml-cpu)
    list(APPEND archives ${WORK}/build/ggml/src/lib${name}.a)
  endforeach()
  _hearth_llama_collect("${SOURCE}" "${WORK}" "${headers}" "${archives}")
endfunction()

function(hearth_llama_build VARIANT OUT)
  hearth_llama_fetch(source source_sha256)
  _hearth_llama_cpu_flags(${VARIANT} cpu_flags)
  _hearth_llama_cpu_identity(${VARIANT} cpu)
  execute_process(COMMAND ${HEARTH_LLAMA_CXX} --version OUTPUT_VARIABLE compiler)
  set(flags ${_hearth_llama_flags} ${cpu_flags})
  hearth_llama_entry(${VARIANT}
    "${source_sha256};${flags};${compiler};${cpu};${CMAKE_SYSTEM_PROCESSOR}"
    "llama.cpp ${HEARTH_LLAMA_VERSION} (${VARIANT}), once for this machine; about three minutes on \
two cores"
    _hearth_llama_compile_engine entry "${source}" ${flags})
  set(${OUT} "${entry}" PARENT_SCOPE)
endfunction()
