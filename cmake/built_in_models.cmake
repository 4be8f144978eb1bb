# The models that ship with Hearth: models/*/SHA256SUMS name their files and digests.
#
#   HEARTH_BUILT_IN_MODELS   "name=digest name=digest", compiled into the daemon
#
# The build tree shows them where an installed Hearth has them, in share/hearth/models.

file(GLOB _hearth_sums CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/models/*/SHA256SUMS)
set(HEARTH_BUILT_IN_MODELS "")
foreach(sums IN LISTS _hearth_sums)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${sums})
  get_filename_component(folder ${sums} DIRECTORY)
  file(STRINGS ${sums} lines)
  foreach(line IN LISTS lines)
    if(NOT line MATCHES "^([0-9a-f]+) [ *]([A-Za-z0-9._-]+)\\.gguf$")
      message(FATAL_ERROR "${sums}: '${line}' is not what `sha256sum *.gguf` writes")
    endif()
    string(APPEND HEARTH_BUILT_IN_MODELS " ${CMAKE_MATCH_2}=${CMAKE_MATCH_1}")
    file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/share/hearth/models)
    file(CREATE_LINK ${folder}/${CMAKE_MATCH_2}.gguf
      ${CMAKE_BINARY_DIR}/share/hearth/models/${CMAKE_MATCH_2}.gguf SYMBOLIC)
  endforeach()
endforeach()
string(STRIP "${HEARTH_BUILT_IN_MODELS}" HEARTH_BUILT_IN_MODELS)
