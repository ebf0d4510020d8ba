# Every dependency is a target. Who embeds owpool may have made them already.
find_package(Threads REQUIRED)
if(NOT TARGET absl::status)
  find_package(absl REQUIRED)
endif()
if(NOT TARGET fmt::fmt)
  find_package(fmt REQUIRED)
endif()

if(OWPOOL_BUILD_DAEMON)
  find_package(PkgConfig REQUIRED)
  # Debian's cpp-httplib has no CMake package, and its macros change the layout of
  # its classes: it is only ever used by way of its pkg-config target.
  pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
  pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
  pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
  # RapidJSON's package gives directories only.
  find_package(RapidJSON REQUIRED)
  add_library(owpool_rapidjson INTERFACE)
  target_include_directories(owpool_rapidjson SYSTEM INTERFACE ${RAPIDJSON_INCLUDE_DIRS})
endif()

if(OWPOOL_BUILD_TESTS)
  find_package(Catch2 2 REQUIRED)
  include(Catch)
endif()
