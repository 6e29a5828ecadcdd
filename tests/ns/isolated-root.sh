#!/bin/bash
#
# The same as isolated.sh by real root, who may change the user, too.

if [[ $EUID -ne 0 ]]; then
	echo "SKIP: changing the user takes root"
	exit 77
fi
LAB_REAL_ROOT=yes
# shellcheck source=tests/ns/isolated.sh
. "$(dirname "$0")/isolated.sh"
