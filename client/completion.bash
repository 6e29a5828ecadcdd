# shellcheck shell=bash
#
# Completion of the project's commands in bash. It is installed once, for epmap; the other names lead
# there. It needs nothing of the package bash-completion.
#
# The words are those that the programs themselves print: options and what stands behind them are in
# --help, and whoever gets a wrong word says which there are. Nothing is listed here a second time.

# _epmapd_offer WORD...: those that begin with what is typed so far. A word that ends in "=" wants a
# value directly behind it.
_epmapd_offer() {
	mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur" | sort -u)
	[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
}

# _epmapd_files [GLOB]: files of that name, and folders on the way to them.
_epmapd_files() {
	mapfile -t COMPREPLY < <(compgen -f -X "!${1:-*}" -- "$cur"; [[ ! ${1-} ]] || compgen -d -- "$cur")
	compopt -o filenames 2>/dev/null
}

# _epmapd_offer_in_list WORD...: behind the last comma.
_epmapd_offer_in_list() {
	local before="" word words=()
	[[ $cur != *,* ]] || before=${cur%,*},
	for word; do words+=("$before$word"); done
	_epmapd_offer "${words[@]}"
	compopt -o nospace 2>/dev/null
}

# _epmapd_there_are COMMAND...: the words of which a command says that there are these and no others.
_epmapd_there_are() {
	"$@" 2>&1 </dev/null | sed -nE 's/.*(there|known) are ([^;]*).*/\2/p; s/.* neither (.*) nor (.*)/\1 \2/p' |
		sed 's/,/ /g; s/ and / /g'
}

# _epmapd_options: all long options in the help.
_epmapd_options() {
	grep -oE -- '(^|[[:space:][])--[a-z0-9][a-z0-9-]*' <<<"$help" | tr -d ' \t[' | sort -u
}

# _epmapd_value OPTION: what stands behind it by the help, such as FILE or {small,full}.
_epmapd_value() {
	local value='(\{[^}]*\}|[A-Z][A-Z0-9=-]*)'
	[[ $1 == -* && " $help" =~ [^a-z0-9-]$1(,\ --[a-z-]+)?\ $value ]] && echo "${BASH_REMATCH[2]}"
}

# _epmapd_plain: in `plain`, the words before the cursor that are neither options nor their values.
_epmapd_plain() {
	local i word
	plain=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word != -* ]]; then
			plain+=("$word")
		elif [[ ${COMP_WORDS[i + 1]-} == "=" ]]; then
			i=$((i + 2))
		elif [[ $(_epmapd_value "$word") ]]; then
			i=$((i + 1))
		fi
	done
}

# _epmapd_is_value COMMAND: is the word at the cursor an option's value? Then it is completed.
_epmapd_is_value() {
	local option=${COMP_WORDS[COMP_CWORD - 1]} value
	if [[ $cur == "=" ]]; then
		cur=""
	elif [[ $option == "=" ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	value=$(_epmapd_value "$option") || return
	# shellcheck disable=SC2046 # words
	case "${1##*/} $option $value" in
	*" {"*) _epmapd_offer $(tr '{,}' '   ' <<<"$value") ;;
	*" FILE" | *" RULES") _epmapd_files ;;
	*" DIR") mapfile -t COMPREPLY < <(compgen -d -- "$cur") && compopt -o filenames 2>/dev/null ;;
	"epmapd --user "*) mapfile -t COMPREPLY < <(compgen -u -- "$cur") ;;
	"epmapd --service "*) _epmapd_offer $(_epmapd_there_are "$1" -n --services '?') ;;
	"epmapd --services "*) _epmapd_offer_in_list $(_epmapd_there_are "$1" -n --services '?') ;;
	"epmapd --range-order "*) _epmapd_offer $(_epmapd_there_are "$1" -n --range-order '?') ;;
	"epmap --iface "*) _epmapd_offer $(_epmapd_there_are "$1" map localhost '?') ;;
	"epmap --version "*) _epmapd_offer $(_epmapd_there_are "$1" dump --iface epm --version '?' localhost) ;;
	"epmap --proto "*) _epmapd_offer $(_epmapd_there_are "$1" probe --proto '?' localhost) ;;
	"epmlab --source "*) _epmapd_offer $(_epmapd_there_are "$1" shell 01 '?') ;;
	epmscope*" IFACE") _epmapd_offer $(ls /sys/class/net) ;;
	esac
}

# _epmapd_start COMMAND [VERB]: what all of them begin with. False: the word is completed already.
_epmapd_start() {
	cur=${COMP_WORDS[COMP_CWORD]}
	COMPREPLY=()
	help=$("$@" --help 2>/dev/null)
	_epmapd_plain
	! _epmapd_is_value "$1" || return
	[[ $cur != -* ]] || {
		# shellcheck disable=SC2046 # words
		_epmapd_offer $(_epmapd_options)
		return 1
	}
}

# ---- epmap --------------------------------------------------------------------------

# Names of processes, if the daemon on this machine, or that of --rundir, answers soon.
_epmapd_processes() {
	local i rundir=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i - 1]} != --rundir ]] || rundir=(--rundir "${COMP_WORDS[i]}")
	done
	timeout 1 "$1" ctl status --json "${rundir[@]}" 2>/dev/null | sed -nE 's/.*"name": *"([^"]*)".*/\1/p'
}

# epmap ctl: its commands, and what stands behind them.
_epmap_ctl() {
	local faults
	# shellcheck disable=SC2046 # words
	case "${#plain[@]} ${plain[1]-} ${plain[2]-}" in
	"1 "*) _epmapd_offer $(sed -nE '/commands:/,/^ +--/s/^    ([a-z]+).*/\1/p' <<<"$help") ;;
	"2 service "*) _epmapd_offer $(sed -nE 's/^    service ([a-z|]*) NAME.*/\1/p' <<<"$help" | tr '|' ' ') ;;
	"2 fault "*) _epmapd_offer $(sed -nE 's/^    fault ([a-z]*) .*/\1/p' <<<"$help") ;;
	"3 service "* | "3 fault "*) _epmapd_offer $(_epmapd_processes "$1") ;;
	*" fault set" | *" fault clear")
		faults=$(sed -nE '/fault set/,/fault clear/s/^ {20,}(.*)/\1/p' <<<"$help" | tr ',' ' ')
		[[ ${plain[2]} == set ]] || faults=${faults//=/}
		_epmapd_offer "$faults"
		;;
	esac
}

_epmap() {
	local cur help plain
	help=$("$1" --help 2>/dev/null)
	_epmapd_plain # the verb need not be the first word
	_epmapd_start "$1" ${plain[0]+"${plain[0]}"} || return 0
	# shellcheck disable=SC2046 # words
	case "${#plain[@]} ${plain[0]-}" in
	"0 ") _epmapd_offer $(_epmapd_there_are "$1" '?') ;;
	*" ctl") _epmap_ctl "$1" ;;
	"1 "*) mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur") ;;
	"2 map" | "2 call") _epmapd_offer $(_epmapd_there_are "$1" map localhost '?') ;;
	*" probe") _epmapd_offer $(_epmapd_there_are "$1" map localhost '?') ;;
	"3 call") _epmapd_offer $(sed -nE "s/^    ${plain[2]%%,*} ([A-Z][A-Za-z0-9]*).*/\1/p" <<<"$help") ;;
	"2 mgmt") _epmapd_offer $(_epmapd_there_are "$1" mgmt localhost '?') ;;
	esac
}

# ---- epmlab -------------------------------------------------------------------------

_epmlab() {
	local cur help plain
	_epmapd_start "${COMP_WORDS[@]:0:COMP_CWORD < 2 ? 1 : 2}" || return 0
	# shellcheck disable=SC2046 # words
	case "${#plain[@]} ${plain[0]-}" in
	"0 ") _epmapd_offer $(sed -nE 's/^    ([a-z]+)  .*/\1/p' <<<"$help") ;;
	*" matrix" | "2 check") _epmapd_files ;;
	"1 list" | "1 clean") ;;
	"1 "*) _epmapd_offer $("$1" list 2>/dev/null | awk '{print $1, $2}') ;;
	"2 shell") _epmapd_offer $(_epmapd_there_are "$1" shell "${plain[1]}" '?') ;;
	"2 hint") _epmapd_offer 1 2 3 ;;
	esac
}

# ---- those without verbs ------------------------------------------------------------

_epmapd() {
	local cur help plain
	_epmapd_start "$1" || return 0
}

_epmscope() {
	local cur help plain
	! _epmapd_start "$1" || _epmapd_files
}

_idlc() {
	local cur help plain
	! _epmapd_start "$1" || _epmapd_files '*.idl'
}

complete -F _epmap epmap
complete -F _epmlab epmlab
complete -F _epmapd epmapd epmtwin
complete -F _epmscope epmscope
complete -F _idlc idlc
