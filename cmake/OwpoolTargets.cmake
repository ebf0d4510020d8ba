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

# owpool_add_library(NAME SOURCES … [PUBLIC …] [PRIVATE …]): the library owpool_NAME,
# known to all as owpool::NAME. Headers inside lib/ are included by their path
# below lib/, e.g. "core/assert.h".
function(owpool_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(owpool_${name} ${ARG_SOURCES})
  add_library(owpool::${name} ALIAS owpool_${name})
  target_include_directories(owpool_${name}
    PUBLIC $<BUILD_INTERFACE:${owpool_SOURCE_DIR}/include>
    PRIVATE ${owpool_SOURCE_DIR}/lib)
  target_link_libraries(owpool_${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})
  owpool_configure_target(owpool_${name})
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
