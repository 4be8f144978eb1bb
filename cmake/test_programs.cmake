# hearth_test_program(NAME LABEL label [TIMEOUT seconds] [LONG filter]): a gtest program is a test
# of CTest; suites that take long, by a filter of gtest, are another one, NAME_long, labelled full.
#
# Starting each of its thousands of tests as a process of its own takes longer than the tests; a
# failure is told by name all the same, and `NAME --gtest_filter=…` runs one. What is under test is
# optimised, the tests themselves are not: compiling them was two thirds of the time.

# AddressSanitizer keeps every way that led to an allocation, and recursive templates have so many
# that looking them up took most of the time. For a report of more, run the program itself.
set(HEARTH_ASAN_OPTIONS malloc_context_size=2)
set(HEARTH_PROGRAM_TIMEOUT 2400)  # with a sanitizer, on a busy machine

function(hearth_test_program NAME)
  cmake_parse_arguments(TEST "" "LABEL;TIMEOUT;LONG" "" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT ${HEARTH_PROGRAM_TIMEOUT})
  endif()
  target_compile_options(${NAME} PRIVATE -O0)
  add_test(NAME ${NAME} COMMAND ${NAME} --gtest_brief=1 --gtest_filter=-${TEST_LONG})
  set_tests_properties(${NAME} PROPERTIES LABELS ${TEST_LABEL})
  set(programs ${NAME})
  if(TEST_LONG)
    add_test(NAME ${NAME}_long COMMAND ${NAME} --gtest_brief=1 --gtest_filter=${TEST_LONG})
    set_tests_properties(${NAME}_long PROPERTIES LABELS full)
    list(APPEND programs ${NAME}_long)
  endif()
  set_tests_properties(${programs} PROPERTIES
    TIMEOUT ${TEST_TIMEOUT} ENVIRONMENT ASAN_OPTIONS=${HEARTH_ASAN_OPTIONS})
endfunction()
