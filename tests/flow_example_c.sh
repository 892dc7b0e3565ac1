#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# doc/example.c, built outside the tree against an installed library as
# pkg-config describes it, tells a good zone from a bad one.
. "$(dirname "$0")/flow.sh"
want pkg-config

cd "$tmp"
(cd "$builddir" && "${MAKE:-make}" -s install DESTDIR="$tmp/root") \
    >install.log 2>&1 || {
	cat install.log
	die "make install"
}
pc=$(find root -name dnssecflow.pc)
[ -n "$pc" ] || die "no dnssecflow.pc"
PKG_CONFIG_PATH=$tmp/$(dirname "$pc")
PKG_CONFIG_SYSROOT_DIR=$tmp/root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
cp "$srcdir/doc/example.c" .
# shellcheck disable=SC2046,SC2086 # flags are words
${CC:-cc} ${TEST_CFLAGS-} -Wall -Wextra -Werror -o example example.c \
    $(pkg-config --cflags --libs dnssecflow)
libdir=$(dirname "$(find "$tmp/root" -name libdnssecflow.so)")
LD_LIBRARY_PATH=$libdir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH

key_pair example.com 13
want_status 0 zsk-sign sign -K right -d right/KSK.data -f example.com.final \
    "$srcdir/testzones/example.com"
want_status 0 ./example example.com.final
says '^example\.com\.? '
sed 's/192\.0\.2\.80/192.0.2.81/' example.com.final >bad
want_status 3 ./example bad
says 'www\.example\.com'

# The tools that were installed run too.
for tool in zsk-sign ksk-sign eitime; do
	want_status 0 "$(find "$tmp/root" -name $tool -type f)" --help
done
