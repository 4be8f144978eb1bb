# The golden tasks that ship with Hearth: src/eval/suite, compiled into its room.

foreach(suite tasks planted)
  set(_hearth_suite ${CMAKE_SOURCE_DIR}/src/eval/suite/${suite}.jsonl)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_hearth_suite})
  string(TOUPPER ${suite} _hearth_name)
  file(READ ${_hearth_suite} HEARTH_GOLDEN_${_hearth_name})
endforeach()
configure_file(${CMAKE_CURRENT_LIST_DIR}/golden_tasks.cc.in
  ${CMAKE_BINARY_DIR}/generated/golden_tasks.cc @ONLY)
target_sources(hearth_eval PRIVATE ${CMAKE_BINARY_DIR}/generated/golden_tasks.cc)
