# hearth_test_program(NAME LABEL label TIMEOUT seconds): a gtest program becomes tests of CTest.
#
# Usually each test is one of its own, in a process of its own with TIMEOUT. With a sanitizer
# starting thousands of such processes takes longer than the tests: there the whole program is
# one. What is under test is optimised there, the tests themselves are not: compiling them was
# two thirds of the time.

set(HEARTH_SANITIZED_TIMEOUT 2400)

function(hearth_test_program NAME)
  cmake_parse_arguments(TEST "" "LABEL;TIMEOUT" "" ${ARGN})
  if(HEARTH_SANITIZE)
    target_compile_options(${NAME} PRIVATE -O0)
    add_test(NAME ${NAME} COMMAND ${NAME} --gtest_brief=1)
    set_tests_properties(${NAME} PROPERTIES
      LABELS ${TEST_LABEL} TIMEOUT ${HEARTH_SANITIZED_TIMEOUT})
  else()
    gtest_discover_tests(${NAME} DISCOVERY_TIMEOUT 60
      PROPERTIES LABELS ${TEST_LABEL} TIMEOUT ${TEST_TIMEOUT})
  endif()
endfunction()
