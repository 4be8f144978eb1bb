# The short names of models that ship with Hearth: models/aliases.txt, compiled into the store.

set(_hearth_aliases ${CMAKE_SOURCE_DIR}/models/aliases.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_hearth_aliases})
file(READ ${_hearth_aliases} HEARTH_BUILT_IN_ALIASES)
configure_file(${CMAKE_CURRENT_LIST_DIR}/built_in_aliases.cc.in
  ${CMAKE_BINARY_DIR}/generated/built_in_aliases.cc @ONLY)
target_sources(hearth_store PRIVATE ${CMAKE_BINARY_DIR}/generated/built_in_aliases.cc)
