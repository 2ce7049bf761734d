# SPDX-License-Identifier: Apache-2.0
# Libraries, headers, pkg-config file and CMake package. Both descriptions are relocatable: they find the prefix from where
# they lie, unless an installation directory was given as an absolute path.
include(CMakePackageConfigHelpers)

install(TARGETS civicrules_static civicrules_shared
  EXPORT civicrulesTargets
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/civicrules
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h")

if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
  set(pc_prefix ${CMAKE_INSTALL_PREFIX})
  set(pc_libdir ${CMAKE_INSTALL_FULL_LIBDIR})
  set(pc_includedir ${CMAKE_INSTALL_FULL_INCLUDEDIR})
else()
  file(RELATIVE_PATH up /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig /p)
  string(REGEX REPLACE "/$" "" up "${up}")
  set(pc_prefix "\${pcfiledir}/${up}")
  set(pc_libdir "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
  set(pc_includedir "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
configure_file(${PROJECT_SOURCE_DIR}/civicrules.pc.in ${PROJECT_BINARY_DIR}/civicrules.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/civicrules.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/civicrules)
configure_package_config_file(
  ${PROJECT_SOURCE_DIR}/cmake/civicrulesConfig.cmake.in ${PROJECT_BINARY_DIR}/civicrulesConfig.cmake
  INSTALL_DESTINATION ${package_dir})
# Before 1.0 a minor release may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/civicrulesConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/civicrulesConfig.cmake
  ${PROJECT_BINARY_DIR}/civicrulesConfigVersion.cmake
  DESTINATION ${package_dir})
install(EXPORT civicrulesTargets NAMESPACE civicrules:: DESTINATION ${package_dir})
