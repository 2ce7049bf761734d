# SPDX-License-Identifier: Apache-2.0
# civicrules_embed_policies(VAR): the rule packs of src/policies as one generated C file, its path in VAR.

function(civicrules_embed_policies result)
  set(root ${PROJECT_SOURCE_DIR}/src/policies)
  set(list ${PROJECT_BINARY_DIR}/generated/embedded_policies.list)
  set(output ${PROJECT_BINARY_DIR}/generated/embedded_policies.c)
  set(script ${PROJECT_SOURCE_DIR}/cmake/embed.cmake)

  file(GLOB_RECURSE packs CONFIGURE_DEPENDS RELATIVE ${root} ${root}/*.civ)
  list(FILTER packs EXCLUDE REGEX "\\.examples\\.civ$")
  list(SORT packs)
  foreach(pack IN LISTS packs)
    if(NOT pack MATCHES "^[A-Za-z0-9_./-]+$")
      message(FATAL_ERROR "src/policies/${pack}: expected letters, digits and _ . - in the name of a pack")
    endif()
  endforeach()

  # The list is a dependency of its own, so that a removed pack leaves the library too.
  string(REPLACE ";" "\n" lines "${packs}")
  file(GENERATE OUTPUT ${list} CONTENT "${lines}\n")
  set(paths ${packs})
  list(TRANSFORM paths PREPEND ${root}/)

  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DROOT=${root} -DLIST=${list} -DOUTPUT=${output} -P ${script}
    DEPENDS ${script} ${list} ${paths}
    COMMENT "Embedding the rule packs"
    VERBATIM)
  set(${result} ${output} PARENT_SCOPE)
endfunction()
