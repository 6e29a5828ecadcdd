#!/bin/bash
#
# tests/packages is silent when all is there, installs what is missing, and says the way out
# where it cannot.
set -euo pipefail
. "$(dirname "$0")/lib.bash"

# A system of its own: only what the script needs, and no packages.
bin=$work/bin
mkdir "$bin"
for tool in bash cat env mktemp rm sort tee; do
	ln -s "$(command -v $tool)" "$bin"
done

# Makes a command from its text.
command_is() {
	printf '#!/bin/bash\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}

# Runs tests/packages there: its status, then all that it printed.
packages() {
	local status=0 output
	output=$(PATH=$bin bash "$top/tests/packages" "$@" 2>&1) || status=$?
	printf '%s\n' "$status${output:+ $output}"
}

# has WHAT TEXT WORDS...: the words come in the text in this order.
has() {
	local what=$1 text=$2 rest=$2 word
	shift 2
	for word; do
		[[ $rest == *"$word"* ]] || fail "$what: no '$word' at its place in: $text"
		rest=${rest#*"$word"}
	done
}

command_is id 'echo 1000'
has "no Debian" "$(packages build)" "1 " "not Debian" "Missing:" gcc uthash-dev PACKAGES=present
expect "packages present by another name" "$(PACKAGES=present packages build)" 0
has "unknown group" "$(packages bild)" "2 " '"bild"'
has "no group" "$(packages)" "2 " usage

# From here on a package is there if the file $work/NAME is.
command_is dpkg-query "[ -e $work/\"\${!#}\" ] && echo -n installed"
command_is apt-get "for p; do [ \$p = offline ] || [ ! -e $work/offline ] || exit 100
	case \$p in -* | update | install) ;; *) : >$work/\$p ;; esac; done
	echo apt-get \"\$@\" | tee -a $work/calls"
has "no sudo" "$(packages demo)" "1 " "no sudo" "Missing:" gcc nftables \
	"apt-get install --no-install-recommends" nftables

command_is sudo "echo sudo >>$work/calls; exec \"\$@\""
: >"$work/offline"
has "no network" "$(packages build)" "1 " "installing" gcc "could not install" Missing: gcc
rm "$work/offline" "$work/calls"

: >"$work/gcc"
expect "what sudo is told" "$(packages build)" "0 tests/packages: installing\
 bison flex libc6-dev libconfuse-dev libevent-dev libjansson-dev libpcap-dev libseccomp-dev libssl-dev libtirpc-dev make pkg-config rpcsvc-proto uthash-dev"
has "install with sudo" "$(cat "$work/calls")" sudo "apt-get" update sudo "apt-get" "install -y" \
	--no-install-recommends libc6-dev make
expect "all is there" "$(packages build)" 0
rm "$work/calls"

command_is id 'echo 0'
has "install as root" "$(packages demo)" "0 " "installing" nftables
has "what root calls" "$(cat "$work/calls")" "apt-get" update "apt-get" install nftables
! grep -q sudo "$work/calls" || fail "root needs no sudo"

# A daemon that comes with a package is not to run because of a test.
rm "$work/calls" "$work"/rpcbind 2>/dev/null || true
command_is systemctl "echo systemctl \"\$@\" >>$work/calls"
has "install a daemon" "$(packages check)" "0 " "installing" rpcbind
has "what becomes of the daemon" "$(cat "$work/calls")" "systemctl mask --runtime rpcbind.service rpcbind.socket" \
	"apt-get" install "systemctl disable rpcbind.service rpcbind.socket" "systemctl unmask --runtime rpcbind.service"
rm "$work/calls" "$work/nmap"
has "install something else" "$(packages check)" "0 " "installing" nmap
! grep -q systemctl "$work/calls" || fail "a daemon that was there already is none of our business"
