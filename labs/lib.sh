# shellcheck shell=bash disable=SC2034
#
# The rootless laboratory: a few hosts and a firewall in namespaces of their own.
#
#     inside 10.1.1.2 ---- 10.1.1.1 border 10.2.2.1 ---- 10.2.2.2 server
#     fd00:1:1::2          fd00:1:1::1   fd00:2:2::1      fd00:2:2::2
#
# A script sources this file and calls lab_enter, which runs the script a second
# time inside one unshare(1): user, network, mount and PID namespaces, with a tmpfs
# over /run. There it calls lab_up, and the hosts are ready. Each host is a network
# namespace with a private name under /run/netns. Nothing outside is touched, and
# everything ends with the script, even when that is killed with SIGKILL. The only
# place to write to is $LAB_STATE, which lies on that tmpfs.
#
# What is absent on purpose: names other than addresses, and access to the world.

# Administrators' tools are often not on an ordinary user's path.
PATH=$PATH:/usr/sbin:/sbin

LAB_STATE=/run/lab

# Hosts, in any order, and those among them that forward packets.
LAB_HOSTS=(inside border server)
LAB_ROUTERS=(border)

# Links, one a row: both ends with host, device, IPv4 and IPv6 address.
LAB_LINKS=(
	"inside eth0 10.1.1.2/24 fd00:1:1::2/64  border inside 10.1.1.1/24 fd00:1:1::1/64"
	"server eth0 10.2.2.2/24 fd00:2:2::2/64  border server 10.2.2.1/24 fd00:2:2::1/64"
)

# Routes, one a row: host, destination, gateway.
LAB_ROUTES=(
	"inside default 10.1.1.1"
	"inside default fd00:1:1::1"
	"server default 10.2.2.1"
	"server default fd00:2:2::1"
)

# Kernel settings of every host; those that a kernel does not know are passed over.
# Client ports stay clear of 49152-65535, so that a rule on that range never hits an
# answer to a client. ICMP errors are not rate-limited, so that each SYN gets its own.
LAB_SYSCTLS=(
	net/ipv4/ip_local_port_range="32768 49151"
	net/ipv4/icmp_ratelimit=0
	net/ipv6/icmp/ratelimit=0
	net/ipv6/conf/all/accept_dad=0
	net/ipv6/conf/default/accept_dad=0
)
LAB_ROUTER_SYSCTLS=(
	net/ipv4/ip_forward=1
	net/ipv6/conf/all/forwarding=1
)

lab_die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# ---- entering the namespaces ------------------------------------------------------

# lab_refusal SYSCTL_DIR: set LAB_REASON to what refuses namespaces here, in one line,
# and LAB_WAYS_OUT to what the user can do about it.
lab_refusal() {
	local dir=$1 sudo="run it as root: sudo ${LAB_COMMAND:-$0}"
	local clone=kernel/unprivileged_userns_clone max=user/max_user_namespaces
	local apparmor=kernel/apparmor_restrict_unprivileged_userns
	if [[ $EUID -eq 0 ]]; then
		LAB_REASON="namespaces are refused even to root: ${LAB_ERROR:-no reason given}"
		LAB_WAYS_OUT="this looks like a container without CAP_SYS_ADMIN; give it that, or run outside"
	elif [[ $(cat "$dir/$clone" 2>&1) == 0 ]]; then
		LAB_REASON="user namespaces are refused: kernel.unprivileged_userns_clone is 0"
		LAB_WAYS_OUT="sudo sysctl kernel.unprivileged_userns_clone=1, or $sudo"
	elif [[ $(cat "$dir/$max" 2>&1) == 0 ]]; then
		LAB_REASON="user namespaces are refused: user.max_user_namespaces is 0"
		LAB_WAYS_OUT="sudo sysctl user.max_user_namespaces=10000, or $sudo"
	elif [[ $(cat "$dir/$apparmor" 2>&1) == 1 ]]; then
		LAB_REASON="user namespaces are refused: kernel.apparmor_restrict_unprivileged_userns is 1"
		LAB_WAYS_OUT="sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or $sudo"
	else
		LAB_REASON="namespaces are refused: ${LAB_ERROR:-no reason given}"
		LAB_WAYS_OUT="$sudo (in a container, it may lack CAP_SYS_ADMIN)"
	fi
}

# lab_possible: can the laboratory be built here? Sets LAB_UNSHARE to the command that
# does it, or else LAB_REASON and LAB_WAYS_OUT. With LAB_REAL_ROOT, root stays who he is.
lab_possible() {
	local tool user
	for tool in unshare setpriv nsenter ip nft; do
		command -v "$tool" >/dev/null && continue
		LAB_REASON="$tool is not installed"
		LAB_WAYS_OUT="install util-linux, iproute2 and nftables"
		return 1
	done
	for user in "--user --map-root-user" ""; do
		[[ -z $user && $EUID -ne 0 ]] && break
		[[ $user && ${LAB_REAL_ROOT-} ]] && continue
		# shellcheck disable=SC2206 # words, on purpose
		LAB_UNSHARE=(unshare $user --net --mount --pid --fork --kill-child --mount-proc)
		LAB_ERROR=$("${LAB_UNSHARE[@]}" mount -t tmpfs lab /run 2>&1) && return 0
		LAB_ERROR=${LAB_ERROR##*$'\n'}
	done
	lab_refusal /proc/sys
	return 1
}

# lab_enter [ARG...]: outside, run this script with these arguments inside and exit with
# its status. Inside, return. Dies with the reason where namespaces are refused; call
# lab_possible first to treat that otherwise.
lab_enter() {
	[[ ${LAB_INSIDE-} == yes && $$ -eq 1 ]] && return 0
	[[ ${LAB_UNSHARE-} ]] || lab_possible ||
		lab_die "$LAB_REASON"$'\n'"    How to go on: $LAB_WAYS_OUT"
	local self status pid
	self=$(realpath "$0")

	# unshare blocks SIGTERM and SIGINT, so this shell stays behind to act on them. If it
	# is killed itself, the kernel kills unshare, and that kills all that is inside. Who is
	# killed before the kernel was told to do so leaves a child with another parent.
	# shellcheck disable=SC2016 # for the inner shell
	LAB_INSIDE=yes setpriv --pdeathsig KILL sh -c '[ "$PPID" -eq "$1" ] && shift && exec "$@"' sh $$ \
		env --default-signal=INT,QUIT "${LAB_UNSHARE[@]}" bash "$self" "$@" <&0 &
	pid=$!
	# shellcheck disable=SC2064 # this pid, on purpose
	{
		trap "kill -KILL $pid; wait $pid; exit 130" INT
		trap "kill -KILL $pid; wait $pid; exit 143" TERM HUP
	}
	wait "$pid"
	status=$?
	exit "$status"
}

# ---- building the hosts -----------------------------------------------------------

# lab_sysctl HOST PATH=VALUE...: set kernel settings of a host, if the kernel has them. One
# process sets them all: hosts are many, and starting processes is what takes the time.
lab_sysctl() {
	# shellcheck disable=SC2016 # for the inner shell
	lab_in "$1" sh -c 'for each; do
		path=/proc/sys/${each%%=*}
		[ ! -e "$path" ] || echo "${each#*=}" >"$path" || exit
	done' sh "${@:2}"
}

# lab_link NUMBER ROW...: a row of LAB_LINKS as input for ip -batch. No two devices have the
# same index: Linux takes its time, up to a second, over a link whose ends have.
lab_link() {
	echo "link add name $3 index $((10 + 2 * $1)) netns $2" \
		"type veth peer name $7 index $((11 + 2 * $1)) netns $6"
}

# lab_end DEVICE IPV4 IPV6: one end of a link, likewise.
lab_end() {
	echo "address add $2 dev $1"
	echo "address add $3 dev $1"
	echo "link set $1 up"
}

# lab_host HOST: what is to be set up in a host, likewise.
lab_host() {
	local row a b dev1 v4 v6 dev2 w4 w6
	echo "link set lo up"
	for row in "${LAB_LINKS[@]}"; do
		read -r a dev1 v4 v6 b dev2 w4 w6 <<<"$row"
		[[ $a != "$1" ]] || lab_end "$dev1" "$v4" "$v6"
		[[ $b != "$1" ]] || lab_end "$dev2" "$w4" "$w6"
	done
	for row in "${LAB_ROUTES[@]}"; do
		read -r a v4 w4 <<<"$row"
		[[ $a != "$1" ]] || echo "route add $v4 via $w4"
	done
}

# lab_usable HOST: is each of its devices ready, with its IPv6 addresses? Linux gives a
# device a link-local address when it is ready. An address that is still tentative does not
# answer, so that the first packet would be lost, and be sent again a second later.
lab_usable() {
	local line global=0 ready=0
	while read -r line; do
		[[ $line != *" tentative"* ]] || return 1
		case $line in
		*" scope global"*) global=$((global + 1)) ;;
		*" scope link"*) ready=$((ready + 1)) ;;
		esac
	done < <(ip -n "$1" -6 -oneline address show)
	[[ $global -eq $ready ]]
}

# lab_up: make hosts, links, addresses and routes. Inside, once.
lab_up() {
	local host row settings number=0
	[[ ${LAB_INSIDE-} == yes && $$ -eq 1 ]] || lab_die "lab_up: not inside the namespaces"
	if ! mount -t tmpfs lab /run || ! mkdir "$LAB_STATE"; then
		lab_die "cannot mount a tmpfs over /run"
	fi

	printf 'netns add %s\n' "${LAB_HOSTS[@]}" | ip -batch - || lab_die "cannot make the hosts"
	# Before the links, so that their addresses are usable from the first moment.
	for host in "${LAB_HOSTS[@]}"; do
		settings=("${LAB_SYSCTLS[@]}")
		[[ " ${LAB_ROUTERS[*]} " != *" $host "* ]] || settings+=("${LAB_ROUTER_SYSCTLS[@]}")
		lab_sysctl "$host" "${settings[@]}" || lab_die "$host: cannot set the kernel up"
	done

	for row in "${LAB_LINKS[@]}"; do
		# shellcheck disable=SC2086 # the words of the row
		lab_link $((number++)) $row
	done | ip -batch - || lab_die "cannot make the links"
	for host in "${LAB_HOSTS[@]}"; do
		lab_host "$host" | ip -n "$host" -batch - || lab_die "$host: cannot set up its network"
	done
	for host in "${LAB_HOSTS[@]}"; do
		lab_wait 5 lab_usable "$host" || lab_die "$host: its network does not get ready"
	done
}

# lab_in HOST COMMAND [ARG...]: run a command in a host. In the background, $! is the
# command itself.
lab_in() {
	nsenter --net=/run/netns/"$1" -- "${@:2}"
}

# ---- rules ------------------------------------------------------------------------

# lab_rules HOST FILE: replace the host's rule set by that of the file, in one step. On
# an error the former rule set stays.
lab_rules() {
	printf 'flush ruleset\ninclude "%s"\n' "$(realpath "$2")" | lab_in "$1" nft -f -
}

# lab_counter HOST NAME: the packets that a named counter has seen.
lab_counter() {
	lab_in "$1" nft list counters |
		awk -v name="$2" '$1 == "counter" { found = $2 == name }
			found && $1 == "packets" { print $2; exit }'
}

# ---- daemons ----------------------------------------------------------------------

# lab_wait SECONDS COMMAND [ARG...]: wait until the command succeeds; 1 at the deadline.
lab_wait() {
	local deadline=$((${EPOCHREALTIME/./} + $1 * 1000000))
	until "${@:2}"; do
		[[ ${EPOCHREALTIME/./} -lt $deadline ]] || return 1
		sleep 0.05
	done
}

# lab_start HOST NAME COMMAND [ARG...]: start a daemon in a host. Its pid is LAB_PID, its
# output goes to the file $LAB_STATE/NAME.log.
lab_start() {
	: >"$LAB_STATE/$2.log" # so that one can look at it at once
	nsenter --net=/run/netns/"$1" -- "${@:3}" >"$LAB_STATE/$2.log" 2>&1 </dev/null &
	LAB_PID=$!
}

lab_log_has() {
	grep -q -- "$2" "$LAB_STATE/$1.log"
}

# lab_gone PID: has the process ended, even if nobody has taken notice yet?
lab_gone() {
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null)
	[[ -z $stat || $stat == *") Z "* ]]
}

lab_log_or_gone() {
	lab_log_has "$2" "$3" || lab_gone "$1"
}

# lab_ready PID NAME PATTERN SECONDS: wait until the daemon's log has the pattern; 1 if it
# ended before, or at the deadline.
lab_ready() {
	lab_wait "$4" lab_log_or_gone "$1" "$2" "$3" && lab_log_has "$2" "$3"
}

# lab_stop PID [SECONDS]: end a daemon, by force if it has not ended in that time (5).
# Returns 1 if force was needed.
lab_stop() {
	kill "$1" 2>/dev/null || return 0
	lab_wait "${2:-5}" lab_gone "$1" && return 0
	kill -KILL "$1"
	return 1
}

# lab_report: what there is to know after a failure, on standard error.
lab_report() {
	local host log
	for host in "${LAB_HOSTS[@]}"; do
		printf -- '---- rules of %s\n' "$host"
		lab_in "$host" nft list ruleset
	done >&2
	for log in "$LAB_STATE"/*.log; do
		[[ -e $log ]] || continue
		printf -- '---- %s\n' "${log##*/}"
		cat "$log"
	done >&2
}
