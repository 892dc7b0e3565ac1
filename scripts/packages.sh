# shellcheck shell=sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by scripts/build and scripts/check: installs the Debian packages
# that are missing, and says which and why. Nothing is asked, no service is
# started, and when nothing is missing nothing is run but dpkg-query.
#
#	need PACKAGE what it is for
#	...
#	install_needed

needed=
needed_why=

# Notes a package if it is missing.
need()
{
	pkg=$1
	shift
	command -v dpkg-query >/dev/null 2>&1 || return 0
	state=$(dpkg-query -W -f '${db:Status-Status}' "$pkg" 2>/dev/null) ||
	    state=
	[ "$state" = installed ] && return 0
	needed="$needed $pkg"
	needed_why="$needed_why
$(printf '  %-22s %s' "$pkg" "$*")"
}

# Runs a command as root: plainly, or by sudo.
as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

apt_install()
{
	# shellcheck disable=SC2086 # the list is words
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
	    --no-install-recommends -o DPkg::Lock::Timeout=300 \
	    $needed </dev/null
}

apt_update()
{
	as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q \
	    -o DPkg::Lock::Timeout=300 </dev/null
}

# Daemons are installed for tests, which start their own: a policy of "do not
# start" stands for the time of the installation, unless there is one.
policy=/usr/sbin/policy-rc.d
policy_ours=

policy_set()
{
	[ -e "$policy" ] && return 0
	policy_ours=yes
	trap policy_restore EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
	as_root chmod 755 "$policy"
}

policy_restore()
{
	[ -n "$policy_ours" ] || return 0
	as_root rm -f "$policy"
	policy_ours=
	trap - EXIT HUP INT TERM
}

install_needed()
{
	[ -n "$needed" ] || return 0
	printf 'Debian packages that are missing, and what they are for:%s\n' \
	    "$needed_why" >&2
	if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
		echo "not root, and no sudo: have them installed with" \
		    "'apt-get install$needed', then run this again" >&2
		return 1
	fi
	policy_set
	if [ -z "$(find /var/lib/apt/lists -name '*_Packages*' 2>/dev/null |
	    head -n 1)" ]; then
		apt_update
	fi
	# Lists that are there may be old.
	apt_install || { apt_update && apt_install; }
	policy_restore
	needed=
	needed_why=
}
