#!/usr/bin/env bash
# Builds an outside project that uses owpool by the route $1, runs it, compares what
# it prints, and looks at what it was linked with.
set -euo pipefail
route=$1
here=$(dirname "$0")
build=$WORK/$route
rm -rf "$build"
mkdir -p "$build"

# What a consumer of owpool::owpool must not need cannot be found here.
alone=(-DCMAKE_DISABLE_FIND_PACKAGE_PkgConfig=ON -DCMAKE_DISABLE_FIND_PACKAGE_RapidJSON=ON
       -DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON)

with_cmake() { # CMAKE_ARGUMENT...
  { cmake -S "$here/$route" -B "$build" -G Ninja "$@" &&
    cmake --build "$build" --parallel 2; } >"$build/log" 2>&1 || { cat "$build/log"; exit 1; }
}

needed() { readelf --dynamic "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; }

# Reads what something is linked with: a linker's arguments, or names of libraries. The
# arguments say more than the program, from which unused libraries are gone.
only_abseil_and_fmt() {
  local own='owpool(_testing)?' system='(stdc\+\+|m|gcc_s|c|rt|atomic|pthread)' libraries foreign
  libraries=$(tr -s ' \n' '\n' | grep -E '^-l|\.(a|so)[.0-9]*$' | sed 's,.*/,,')
  foreign=$(grep -vE "^(-l|lib)(absl_\w+|fmt|$own|$system|([at]|ub)san)(\.|\$)|^ld-" \
    <<<"$libraries" || true)
  [ -z "$foreign" ] || { echo "Linked with more than Abseil and fmt:" $foreign; exit 1; }
  grep -qE '^(-l|lib)absl_status' <<<"$libraries" || { echo "Not linked with Abseil?"; exit 1; }
}

expect() { # EXPECTED COMMAND...
  local expected=$1 printed
  shift
  printed=$("$@")
  [ "$printed" = "$expected" ] ||
    { printf 'printed:\n%s\nexpected:\n%s\n' "$printed" "$expected"; exit 1; }
}

version=$(sed -n 's/^#define OWPOOL_VERSION_[A-Z]* //p' "$SOURCE/include/owpool/version.h" |
  paste -sd.)
decisions="schedule 2
remove 1
backfill 2 nodejs:20
version $version"

case $route in
  find_package)
    with_cmake "-DCMAKE_PREFIX_PATH=$PREFIX" "${alone[@]}"
    ;;
  pkg_config)
    export PKG_CONFIG_PATH=$PREFIX/$LIBDIR/pkgconfig
    # shellcheck disable=SC2046,SC2086
    $CXX -std=c++20 $CXXFLAGS $(pkg-config --cflags owpool) "$here/pool_of_three.cc" \
      -o "$build/consumer" $(pkg-config --libs owpool)
    expect "$version" pkg-config --modversion owpool
    export LD_LIBRARY_PATH=$PREFIX/$LIBDIR
    ;;
  add_subdirectory)
    CXXFLAGS+=" -O0 -g0"  # It is all compiled again; that it works is shown elsewhere.
    with_cmake "-DOWPOOL_SOURCE_DIR=$SOURCE" -DBUILD_SHARED_LIBS=ON "${alone[@]}"
    needed "$build/owpool/lib/driver/libowpool.so" | only_abseil_and_fmt
    needed "$build/consumer" | grep -qx "libowpool.so.${version%.*}" ||
      { echo "The program does not use the shared library."; exit 1; }
    if [ -n "$(find "$build" -name 'libowpool_*' -o -name '*_test')" ]; then
      echo "More was built than was asked for."
      exit 1
    fi
    ;;
  testing)
    with_cmake "-DCMAKE_PREFIX_PATH=$PREFIX" "${alone[@]}"
    decisions='cold {"name":"owpool"}
shut down, 0 left'
    ;;
  plugins)
    with_cmake "-DCMAKE_PREFIX_PATH=$PREFIX" "-DOWPOOL_SOURCE_DIR=$SOURCE"
    directory=$(mktemp -d /tmp/owpool-install-XXXXXX)
    trap 'rm -rf "$directory"' EXIT
    expect 'cold: {"greeting":"Hello, owpool!"}
warmed: {"greeting":"Hello, owpool!"}' \
      "$build/consumer" "$PREFIX/share/owpool/runtimes/nodejs20/server.js" "$directory/c"
    exit 0
    ;;
  *)
    echo "usage: $0 find_package|pkg_config|add_subdirectory|testing|plugins"
    exit 2
    ;;
esac
expect "$decisions" "$build/consumer"
if [ "$route" = pkg_config ]; then
  pkg-config --libs owpool | only_abseil_and_fmt
else
  ninja -C "$build" -t commands consumer | tail -1 | only_abseil_and_fmt
fi
