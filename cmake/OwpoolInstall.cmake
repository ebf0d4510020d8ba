# Installs what find_package(owpool) and pkg-config find. The libraries and their
# headers are installed where they are made, by owpool_add_library().
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/owpool)
install(EXPORT owpoolTargets NAMESPACE owpool:: DESTINATION ${package_dir})
if(OWPOOL_BUILD_DAEMON)
  install(EXPORT owpoolPluginTargets NAMESPACE owpool:: DESTINATION ${package_dir})
endif()

configure_package_config_file(cmake/owpoolConfig.cmake.in owpoolConfig.cmake
  INSTALL_DESTINATION ${package_dir}
  NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(owpoolConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
  ${PROJECT_BINARY_DIR}/owpoolConfig.cmake ${PROJECT_BINARY_DIR}/owpoolConfigVersion.cmake
  DESTINATION ${package_dir})

# What lib/core and lib/driver use. All of Abseil that our headers use has to be on
# the link line of who includes them; what only our own code uses has to be there iff
# we are a static library.
set(pc_requires absl_any_invocable absl_flat_hash_map absl_hash absl_inlined_vector
  absl_status absl_statusor)
set(pc_requires_private absl_btree absl_core_headers fmt)
if(NOT BUILD_SHARED_LIBS)
  list(APPEND pc_requires ${pc_requires_private})
  set(pc_requires_private "")
endif()
list(JOIN pc_requires ", " pc_requires)
list(JOIN pc_requires_private ", " pc_requires_private)
# The file finds its own tree, wherever that is put, unless directories are absolute.
file(RELATIVE_PATH pc_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
cmake_path(APPEND pc_libdir "\${prefix}" ${CMAKE_INSTALL_LIBDIR})
cmake_path(APPEND pc_includedir "\${prefix}" ${CMAKE_INSTALL_INCLUDEDIR})
configure_file(cmake/owpool.pc.in owpool.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/owpool.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
