# What the models behind the short names are made of: models/known.txt, compiled into the store.

set(_hearth_known ${CMAKE_SOURCE_DIR}/models/known.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_hearth_known})
file(READ ${_hearth_known} HEARTH_KNOWN_MODELS)
configure_file(${CMAKE_CURRENT_LIST_DIR}/known_models.cc.in
  ${CMAKE_BINARY_DIR}/generated/known_models_text.cc @ONLY)
target_sources(hearth_store PRIVATE ${CMAKE_BINARY_DIR}/generated/known_models_text.cc)
