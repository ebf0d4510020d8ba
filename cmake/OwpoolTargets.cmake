# What all of our targets have in common.
function(owpool_configure_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow
    $<$<BOOL:${OWPOOL_WERROR}>:-Werror>)
  if(OWPOOL_SANITIZE)
    target_compile_options(${target} PUBLIC -fsanitize=${OWPOOL_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${OWPOOL_SANITIZE})
  endif()
endfunction()

# owpool_add_library(NAME [PLUGIN] SOURCES … [HEADERS …] [PUBLIC …] [PRIVATE …]): the
# library owpool_NAME, known to all, in this tree and installed, as owpool::NAME.
# HEADERS, below include/owpool, are the public ones. Headers inside lib/ are included
# by their path below lib/, e.g. "core/assert.h". A PLUGIN is installed as a component
# of its own, since it needs more than Abseil and fmt.
function(owpool_add_library name)
  cmake_parse_arguments(ARG "PLUGIN" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  set(target owpool_${name})
  add_library(${target} ${ARG_SOURCES})
  add_library(owpool::${name} ALIAS ${target})
  target_include_directories(${target}
    PUBLIC $<BUILD_INTERFACE:${owpool_SOURCE_DIR}/include>
    PRIVATE ${owpool_SOURCE_DIR}/lib)
  list(TRANSFORM ARG_HEADERS PREPEND ${owpool_SOURCE_DIR}/include/owpool/)
  target_sources(${target} PUBLIC
    FILE_SET HEADERS BASE_DIRS ${owpool_SOURCE_DIR}/include FILES ${ARG_HEADERS})
  target_link_libraries(${target} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  string(REGEX REPLACE "^owpool_owpool$" "owpool" file_name ${target})
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name}
    OUTPUT_NAME ${file_name}
    POSITION_INDEPENDENT_CODE ON
    VERSION ${owpool_VERSION}
    SOVERSION ${owpool_VERSION_MAJOR}.${owpool_VERSION_MINOR}
    INSTALL_RPATH "$ORIGIN")
  owpool_configure_target(${target})
  if(OWPOOL_INSTALL)
    set(export owpoolTargets)
    if(ARG_PLUGIN)
      set(export owpoolPluginTargets)
    endif()
    install(TARGETS ${target} EXPORT ${export} FILE_SET HEADERS)
  endif()
endfunction()

# owpool_add_test(NAME LABEL … SOURCES … [LIBS …]): a Catch2 program whose cases are
# ctest's, each named after itself. The source tree is OWPOOL_SOURCE_DIR to it.
function(owpool_add_test name)
  cmake_parse_arguments(ARG "" "LABEL" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE ${owpool_SOURCE_DIR}/lib ${owpool_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} Catch2::Catch2WithMain)
  target_compile_definitions(${name} PRIVATE OWPOOL_SOURCE_DIR="${owpool_SOURCE_DIR}")
  owpool_configure_target(${name})
  catch_discover_tests(${name} TEST_PREFIX "${name}: "
    PROPERTIES LABELS ${ARG_LABEL} TIMEOUT 120)
endfunction()
