#!/usr/bin/env bash
# Usage: listings_test.sh DOCUMENT EXAMPLE...: each line of C++ that the document
# shows is a line of one of the examples.
set -euo pipefail
document=$1
shift
listing=$(awk '/^```cpp$/{inside=1; next} /^```$/{inside=0} inside && NF' "$document")
[ -n "$listing" ] || { echo "$document shows no example"; exit 1; }
missing=$(grep -vxFf <(cat "$@") <<<"$listing" || true)
[ -z "$missing" ] || { echo "$document shows lines that no example has:"; echo "$missing"; exit 1; }
