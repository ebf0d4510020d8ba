#!/usr/bin/env bash
# Installs this build. Nothing in what was installed may know where that was: it is
# moved before anybody uses it.
set -euo pipefail
rm -rf "$WORK/made" "$PREFIX"
cmake --install "$BUILD" --prefix "$WORK/made" >/dev/null
mv "$WORK/made" "$PREFIX"

public=$(cd "$SOURCE/include" && find . -name '*.h' | sort)
if [ ! -e "$PREFIX/bin/owpoold" ]; then  # Without the plug-ins, their headers are of no use.
  public=$(grep -vE '/(action_protocol|probe|process)\.h$' <<<"$public")
fi
diff <(echo "$public") <(cd "$PREFIX/include" && find . -name '*.h' | sort) || {
  echo "The installed headers (>) are not the public ones (<): see HEADERS in lib/*/CMakeLists.txt"
  exit 1
}
if grep -rlF "$BUILD" "$PREFIX/$LIBDIR"/cmake "$PREFIX/$LIBDIR"/pkgconfig; then
  echo "These files name the build directory."
  exit 1
fi
