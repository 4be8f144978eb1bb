# hearth_test_program(NAME LABEL label [TIMEOUT seconds] [LONG filter] [THREADS] [ONCE]): a gtest
# program is a test of CTest; suites that take long, by a filter of gtest, are another one,
# NAME_long, labelled full. THREADS are what ThreadSanitizer's build makes and runs: code that
# several threads enter. ONCE is what no sanitizer's build runs: it would find nothing, or cannot
# live within the bounds that the test is about.
#
# Starting each of its thousands of tests as a process of its own takes longer than the tests; a
# failure is told by name all the same, and `NAME --gtest_filter=…` runs one. What is under test is
# optimised, the tests themselves are not: compiling them was two thirds of the time.

# AddressSanitizer keeps every way that led to an allocation, and recursive templates have so many
# that looking them up took most of the time. For a report of more, run the program itself.
set(HEARTH_ASAN_OPTIONS malloc_context_size=2)
set(HEARTH_PROGRAM_TIMEOUT 2400)  # with a sanitizer, on a busy machine
# Of the long suites a build with a sanitizer runs every eighth test; release runs all of them.
set(HEARTH_LONG_SAMPLE "")
if(HEARTH_SANITIZE)
  set(HEARTH_LONG_SAMPLE GTEST_TOTAL_SHARDS=8 GTEST_SHARD_INDEX=0)
endif()

add_custom_target(threaded_tests)

function(hearth_test_program NAME)
  cmake_parse_arguments(TEST "THREADS;ONCE" "LABEL;TIMEOUT;LONG" "" ${ARGN})
  set(labels ${TEST_LABEL})
  if(TEST_ONCE)
    list(APPEND labels once)
  endif()
  if(TEST_THREADS)
    list(APPEND labels threads)
    add_dependencies(threaded_tests ${NAME})
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT ${HEARTH_PROGRAM_TIMEOUT})
  endif()
  target_compile_options(${NAME} PRIVATE -O0)
  add_test(NAME ${NAME} COMMAND ${NAME} --gtest_brief=1 --gtest_filter=-${TEST_LONG})
  set_tests_properties(${NAME} PROPERTIES LABELS "${labels}")
  set(programs ${NAME})
  if(TEST_LONG)
    add_test(NAME ${NAME}_long COMMAND ${NAME} --gtest_brief=1 --gtest_filter=${TEST_LONG})
    set_tests_properties(${NAME}_long PROPERTIES LABELS full)
    list(APPEND programs ${NAME}_long)
  endif()
  set_tests_properties(${programs} PROPERTIES
    TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT ASAN_OPTIONS=${HEARTH_ASAN_OPTIONS})
  if(TEST_LONG)
    set_property(TEST ${NAME}_long APPEND PROPERTY ENVIRONMENT ${HEARTH_LONG_SAMPLE})
  endif()
endfunction()
