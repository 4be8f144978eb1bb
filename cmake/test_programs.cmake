# hearth_test_program(NAME LABEL label [TIMEOUT seconds] [LONG filter]): a gtest program is a test
# of CTest; suites that take long, by a filter of gtest, are another one, NAME_long, labelled full.
#
# Starting each of its thousands of tests as a process of its own takes longer than the tests; a
# failure is told by name all the same, and `NAME --gtest_filter=…` runs one. What is under test is
# optimised, the tests themselves are not: compiling them was two thirds of the time.

set(HEARTH_PROGRAM_TIMEOUT 2400)  # with a sanitizer, on a busy machine

function(hearth_test_program NAME)
  cmake_parse_arguments(TEST "" "LABEL;TIMEOUT;LONG" "" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT ${HEARTH_PROGRAM_TIMEOUT})
  endif()
  target_compile_options(${NAME} PRIVATE -O0)
  add_test(NAME ${NAME} COMMAND ${NAME} --gtest_brief=1 --gtest_filter=-${TEST_LONG})
  set_tests_properties(${NAME} PROPERTIES LABELS ${TEST_LABEL} TIMEOUT ${TEST_TIMEOUT})
  if(TEST_LONG)
    add_test(NAME ${NAME}_long COMMAND ${NAME} --gtest_brief=1 --gtest_filter=${TEST_LONG})
    set_tests_properties(${NAME}_long PROPERTIES LABELS full TIMEOUT ${TEST_TIMEOUT})
  endif()
endfunction()
