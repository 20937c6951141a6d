#!/usr/bin/env bash
# Builds what lanes need, publishes it to a binary cache, and shows a receipt of what readers now get.
#
# Usage: cache-warm.sh [--profile kvm-vm-test] [--installable REF]… --cache NAME      publishes to Attic
#        cache-warm.sh … --to URL [--signing-key FILE]                                publishes with nix copy
#        cache-warm.sh … --no-push                                                    only builds
#
# What to publish:
#   --profile NAME         kvm-vm-test: libguestfs, guestfs-tools, qemu and qemu_kvm
#   --installable REF      one more (repeatable): nixpkgs#hello, .#checks.x86_64-linux.vm^out, /nix/store/…
#   --nixpkgs-ref REF      where a profile is from; default github:NixOS/nixpkgs/nixos-unstable
#   --file FILE            profiles and installables are attributes of this Nix file instead
#   --build-closure        publish what they are built with as well, not only what they need to run
# Where to:
#   --cache NAME           the Attic cache (or $ATTIC_CACHE)
#   --to URL               file://, http(s)://, s3://, ssh:// or ssh-ng://, with build logs, by nix copy
#   --signing-key FILE     the key that nix copy signs with
#   --no-push              touch neither server nor token
#   --ignore-upstream-cache-filter   push also what Attic's upstream filter would leave out
# The receipt:
#   --read-side URL        where readers substitute from; default $ATTIC_SERVER/CACHE, or the URL of --to, but for
#                          s3://, where it must be given
#   --upstream URL         a cache that all readers use besides (repeatable)
#   --upstream-key-name N  the key names of Attic's upstream filter (repeatable); default cache.nixos.org-1
#   --summary FILE         write what came of it as JSON (or $WARMTH_PUBLICATION_SUMMARY); - is stdout
# Where it builds:
#   --builds-dir DIR       Nix's build directory (absolute), which must be safe; default /nix/var/nix/builds
#   --require-scratch-volume   it must be a volume of its own, other than that of /tmp
#   --cgroup DIR           the control group of the builds, where that is not this script's own
#
# Environment: ATTIC_SERVER (https://attic.example.org), ATTIC_SERVER_NAME (the client's alias for it, default
# "warmth"), ATTIC_CACHE, and ATTIC_TOKEN, which no other process gets to see.
#
# Exit codes: 0 published, and the read side serves all of it; 1 something failed; 2 the read side could not be
# asked; 64 wrong usage, or a context that must not publish; 69 a program is missing; 73 the summary could not be
# written; 128+N ended by signal N.
set -euo pipefail

# The environment that a process was started with can be read in /proc as long as it lives. So the token goes into
# a pipe, and the script starts itself again without it. Nothing here is traced: a trace shows values.
trace=()
case $- in *x*) trace=(-x) ;; esac
{ set +x; } 2> /dev/null
if [ -n "${ATTIC_TOKEN+set}" ]; then
  [ -f "$0" ] || { echo "cache-warm: run this as a file, as in: bash cache-warm.sh --help" >&2; exit 64; }
  exec {CACHE_WARM_TOKEN_FROM}< <(printf '%s' "$ATTIC_TOKEN")
  unset ATTIC_TOKEN
  export CACHE_WARM_TOKEN_FROM
  exec "$BASH" "${trace[@]}" "$0" "$@"
fi
token=
if [ -n "${CACHE_WARM_TOKEN_FROM:-}" ]; then
  IFS= read -r -d '' token <&"$CACHE_WARM_TOKEN_FROM" || true
  exec {CACHE_WARM_TOKEN_FROM}<&-
  unset CACHE_WARM_TOKEN_FROM
fi

readonly program="cache-warm.sh 1"
nix=(nix --extra-experimental-features "nix-command flakes" --option accept-flake-config false)

# ---------------------------------------------------------------- what was asked for

installables=() upstreams=() upstream_keys=()
profile="" nixpkgs_ref=github:NixOS/nixpkgs/nixos-unstable file="" build_closure=false
cache=${ATTIC_CACHE:-} server=${ATTIC_SERVER:-} alias=${ATTIC_SERVER_NAME:-warmth}
to="" signing_key="" read_side="" filter_options=()
summary=${WARMTH_PUBLICATION_SUMMARY:-} builds_dir="" require_volume=false cgroup_dir=""
backend=attic # or nix-copy, or none

say() { printf 'cache-warm: %s\n' "$*" >&2; }

refuse() {
  say "$@"
  exit 64
}

# The comment at the top.
show_help() {
  local line first=true
  while IFS= read -r line; do
    if $first; then first=false; continue; fi
    [[ $line = '#'* ]] || break
    line=${line#\#}
    printf '%s\n' "${line# }"
  done < "$0"
}

parse_arguments() {
  local name value no_push=false
  while [ "$#" -gt 0 ]; do
    name=$1
    shift
    case "$name" in
      -h | --help) show_help; exit 0 ;;
      --build-closure) build_closure=true; continue ;;
      --no-push) no_push=true; continue ;;
      --require-scratch-volume) require_volume=true; continue ;;
      --ignore-upstream-cache-filter) filter_options=(--ignore-upstream-cache-filter); continue ;;
      --*=*) value=${name#*=} name=${name%%=*} ;;
      --*)
        [ "$#" -gt 0 ] || refuse "$name wants a value; see --help"
        value=$1
        shift
        ;;
      *) refuse "unknown argument '$name'; installables are given by --installable. See --help" ;;
    esac
    [ -n "$value" ] || refuse "$name wants a value, and has an empty one"
    case "$name" in
      --profile) profile=$value ;;
      --installable) installables+=("$value") ;;
      --nixpkgs-ref) nixpkgs_ref=$value ;;
      --file) file=$value ;;
      --cache) cache=$value ;;
      --to) to=$value ;;
      --signing-key) signing_key=$value ;;
      --read-side) read_side=${value%/} ;;
      --upstream) upstreams+=("${value%/}") ;;
      --upstream-key-name) upstream_keys+=("$value") ;;
      --summary) summary=$value ;;
      --builds-dir) builds_dir=$value ;;
      --cgroup) cgroup_dir=$value ;;
      *) refuse "unknown option '$name'; see --help" ;;
    esac
  done
  if $no_push; then backend=none; elif [ -n "$to" ]; then backend="nix-copy"; fi
}

# A URL goes into configuration files, reports and logs: one that could end a line or holds a password may not.
check_url() {
  local option=$1 url=$2 schemes=$3 plain='^[][A-Za-z0-9._~:/?#@!$&()*+,;=%-]+$' authority
  [[ $url =~ ^($schemes):// ]] || refuse "$option wants a URL that begins with one of ${schemes//|/, }, and ://"
  authority=${url#*://} authority=${authority%%/*}
  case "$url:$authority" in
    ssh*:*:*@* | [!s]*@* | s3*@*)
      if [[ $authority = *@* ]]; then
        refuse "$option holds a user name or a password; a URL is shown and stored, so it must have none"
      fi
      ;;
  esac
  [[ $url =~ $plain ]] || refuse "$option holds characters that no URL has"
}

check_arguments() {
  local word
  case "$profile" in
    "") ;;
    kvm-vm-test)
      local members=(libguestfs guestfs-tools qemu qemu_kvm)
      [ -n "$file" ] || members=("${members[@]/#/$nixpkgs_ref#}")
      installables=("${members[@]}" "${installables[@]}")
      ;;
    *) refuse "there is no profile '$profile'; there is kvm-vm-test" ;;
  esac
  [ "${#installables[@]}" -gt 0 ] || refuse "nothing to publish: give --profile or --installable; see --help"
  for word in "${installables[@]}" "$nixpkgs_ref"; do
    [[ $word != -* && $word =~ ^[[:print:]]+$ ]] || refuse "'$word' is no installable"
  done
  [[ $nixpkgs_ref != *'#'* ]] || refuse "--nixpkgs-ref is a flake without an attribute, and '$nixpkgs_ref' has one"
  [ -z "$file" ] || [ -r "$file" ] || refuse "--file $file cannot be read"
  [ "${#upstream_keys[@]}" -gt 0 ] || upstream_keys=(cache.nixos.org-1)
  for word in "${upstreams[@]}"; do check_url --upstream "$word" 'https?|file'; done
  [ -z "$read_side" ] || check_url --read-side "$read_side" 'https?|file'
  [ -z "$builds_dir" ] || [[ $builds_dir = /* ]] \
    || refuse "--builds-dir must be an absolute path, as Nix's own setting is, and '$builds_dir' is none"
  [ -z "$cgroup_dir" ] || [ -d "$cgroup_dir" ] || refuse "--cgroup $cgroup_dir is no directory"
  "check_$1"
}

check_none() { :; }

check_attic() {
  [ -n "$server" ] || refuse "ATTIC_SERVER is not set: the URL of the Attic server, such as https://attic.example.org." \
    "To build without publishing, give --no-push"
  server=${server%/}
  check_url ATTIC_SERVER "$server" 'https?'
  [[ $server != *[?#]* ]] || refuse "ATTIC_SERVER is the server's own URL, without ? and #"
  # As Attic's own client and server have it.
  [[ $cache =~ ^[A-Za-z0-9][A-Za-z0-9_+-]{0,49}$ ]] \
    || refuse "--cache (or ATTIC_CACHE) must name the cache, and '$cache' is no name of one"
  [[ $alias =~ ^[A-Za-z0-9][A-Za-z0-9_+-]{0,49}$ ]] \
    || refuse "ATTIC_SERVER_NAME is the client's alias for the server, and '$alias' is none"
  while [[ $token = *[[:space:]] ]]; do token=${token%?}; done
  [ -n "$token" ] || refuse "ATTIC_TOKEN is not set, and a push needs it. To build without publishing, give --no-push"
  [[ $token =~ ^[[:graph:]]+$ ]] || refuse "ATTIC_TOKEN holds spaces or line breaks, so it is no token"
  [ -n "$read_side" ] || read_side=$server/$cache
  [ -z "$signing_key" ] || refuse "--signing-key is for --to; Attic's server signs by itself"
}

check_nix-copy() {
  check_url --to "$to" 'file|https?|s3|ssh|ssh-ng'
  [ -z "$signing_key" ] || [ -r "$signing_key" ] || refuse "--signing-key $signing_key cannot be read"
  [[ $signing_key =~ ^[A-Za-z0-9/._+-]*$ ]] || refuse "--signing-key must have a plain path, since it becomes a part of a URL"
  [ -n "$read_side" ] || case "$to" in
    file:* | http*) read_side=${to%%\?*} read_side=${read_side%/} ;;
    s3:*)
      refuse "--read-side is needed with --to s3://: the URL that readers substitute from. The bucket itself would" \
        "answer to this publisher's own credentials, which says nothing of readers"
      ;;
    ssh*) ;; # Asked through Nix, as whoever publishes.
  esac
}

# ---------------------------------------------------------------- who may publish

# Whether the event of a workflow came from another repository, or does not say. $1 is the file with the event, $2
# the attribute path in it of who sent the code, $3 that of who receives it.
is_from_fork() {
  local same
  same=$(CACHE_WARM_EVENT=$1 attend "${nix[@]}" eval --raw --impure --expr "
    let event = builtins.fromJSON (builtins.readFile (builtins.getEnv \"CACHE_WARM_EVENT\"));
    in if builtins.isString event.$2 && event.$2 == event.$3 then \"same\" else \"other\"" 2> /dev/null) || true
  [ "$same" != same ]
}

# Says why this context must not publish, where it must not. What cannot be told is not trusted.
untrusted_context() {
  local kin event source payload name
  # Forgejo and Gitea speak GitHub's variables, and some of their runners their own as well.
  for kin in GITHUB FORGEJO GITEA; do
    name=${kin}_EVENT_NAME event=${!name:-}
    name=${kin}_EVENT_PATH payload=${!name:-${GITHUB_EVENT_PATH:-}}
    case "$event" in
      pull_request_target)
        if is_from_fork "$payload" pull_request.head.repo.full_name pull_request.base.repo.full_name; then
          echo "a pull request from a fork ($event)"
        fi
        ;;
      workflow_run)
        if is_from_fork "$payload" workflow_run.head_repository.full_name repository.full_name; then
          echo "a workflow that follows one of a fork ($event)"
        fi
        ;;
      pull_request*) echo "a pull request ($event)" ;;
    esac
    name=${kin}_REF
    [[ ${!name:-} = refs/pull/* ]] && echo "a pull request (${!name})"
  done
  source=${CI_PIPELINE_SOURCE:-}
  case "$source" in
    merge_request_event | external_pull_request_event) echo "a merge request ($source)" ;;
    *) [ -z "${CI_MERGE_REQUEST_IID:-}${CI_EXTERNAL_PULL_REQUEST_IID:-}" ] || echo "a merge request" ;;
  esac
  # Woodpecker, which Forgejo often has.
  case "${CI_PIPELINE_EVENT:-}" in pull_request*) echo "a pull request ($CI_PIPELINE_EVENT)" ;; esac
}

refuse_untrusted_context() {
  local reasons
  reasons=$(untrusted_context) || true
  [ -z "$reasons" ] || refuse "this is ${reasons%%$'\n'*}, whose code nobody has reviewed: it must not publish." \
    "Publish from a protected branch or a schedule; here, --no-push builds, and \`warmth prove\` proves"
}

# ---------------------------------------------------------------- processes, and what is left of them

scratch="" private="" leash="" guardian=""

# Ends a process group, with ten seconds for Nix to end its builders.
end_group() {
  local patience
  kill -TERM -- "-$1" 2> /dev/null || return 0
  for ((patience = 100; patience > 0; patience--)); do
    sleep 0.1
    kill -0 -- "-$1" 2> /dev/null || return 0
  done
  kill -KILL -- "-$1" 2> /dev/null || true
}

# Ends what was begun and removes what was written, however this script ends: it reads a pipe whose other end only
# the script holds. A line +N says that process group N was begun, -N that it has ended.
guard() {
  local line group
  local -A groups=()
  token=
  trap '' INT TERM HUP
  while IFS= read -r line; do
    case "$line" in
      +*) groups[${line#+}]=1 ;;
      -*) unset "groups[${line#-}]" ;;
    esac
  done
  # The token first: the rest may take a while.
  [ -z "$private" ] || rm -rf -- "$private"
  for group in "${!groups[@]}"; do end_group "$group"; done
  rm -rf -- "$scratch" ${private:+"$private"} # What ended last may have written something once more.
}

make_scratch() {
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/cache-warm.XXXXXXXX")
  # In memory, where there is such a place: then the token is on no disk at all.
  if [ "$backend" = attic ]; then
    private=$scratch/private
    if [ "$(stat -f -c %T /dev/shm 2> /dev/null)" = tmpfs ] && [ -w /dev/shm ]; then
      private=$(mktemp -d /dev/shm/cache-warm.XXXXXXXX)
    fi
  fi
  mkdir "$scratch/answers" "$scratch/roots" "$scratch/logs"
  mkfifo -m 600 "$scratch/leash"
  exec {leash}<> "$scratch/leash"
  set -m
  guard < "$scratch/leash" > /dev/null 2>&1 {leash}>&- &
  guardian=$!
  set +m
}

# A command that the guardian knows of, without the guardian's pipe.
leashed() {
  if [ -n "$leash" ]; then
    printf '+%s\n' "$BASHPID" >&"$leash"
    exec {leash}>&-
  fi
  if declare -F "$1" > /dev/null; then "$@"; else exec "$@"; fi
}

# Runs a command in a process group of its own, and waits for it in a way that a signal can cut short. Whatever may
# take long runs so: a child that holds the guardian's pipe would keep it from doing its work.
attend() {
  local status=0 current
  set -m
  leashed "$@" < /dev/null &
  current=$!
  set +m
  wait "$current" || status=$?
  [ -z "$leash" ] || printf -- '-%s\n' "$current" >&"$leash"
  return "$status"
}

# ---------------------------------------------------------------- what is kept of it

building="" build_began=0 # The target that is being built, and since when.
started="" nix_version="" system="" interruption="" phase=preparing
fault_codes=() fault_paths=() fault_fatal=() fault_messages=()
target_outcome=() target_derivation=() target_selection=() target_outputs=() target_time=()
target_failure=() target_message=()
declare -A valid_before=() role=() outcome=() published=() served=() served_by=() size=() signatures=()
declare -A unpublished=() unserved=() unknown=()
needed=() has_failed=false is_unknown=false watcher="" watcher_died=false

# fault CODE FATAL PATH MESSAGE…: what is fatal makes the run fail, or leaves it without an answer.
fault() {
  local code=$1 fatal=$2 path=$3 message="${*:4}"
  fault_codes+=("$code") fault_fatal+=("$fatal") fault_paths+=("$path") fault_messages+=("$message")
  if $fatal; then
    case "$code" in read-side-unreachable) is_unknown=true ;; *) has_failed=true ;; esac
  fi
  say "$code: $message"
}

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# Milliseconds since the epoch, in REPLY.
clock() { REPLY=$((${EPOCHREALTIME/[.,]/} / 1000)); }

# The form of a run's name: when it began, and six characters of Nix's base 32.
make_name() {
  local alphabet=0123456789abcdfghijklmnpqrsvwxyz suffix="" stamp=${started//[-:]/}
  while [ "${#suffix}" -lt 6 ]; do suffix+=${alphabet:$((SRANDOM % 32)):1}; done
  REPLY=$stamp-$suffix
}

# The last lines of a log, without escape sequences, as one message, in REPLY.
tail_of() {
  local line text="" escape=$'\e'
  while IFS= read -r line; do
    while [[ $line =~ ^([^$escape]*)$escape\[[0-9\;]*[A-Za-z](.*)$ ]]; do
      line=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
    done
    text+=${text:+$'\n'}$line
  done < <(tail -n "${2:-20}" -- "$1" 2> /dev/null | tail -c 4000)
  REPLY=$text
}

# ---------------------------------------------------------------- the control group

cgroup_version="" cgroup_memory="" cgroup_pids=""
memory_peak_before="" oom_kills_before="" memory_peak="" memory_limit="" oom_kills="" pids_peak="" pids_limit=""

# The number in a file, in REPLY; empty where there is none, or no limit.
number_in() {
  REPLY=""
  if [ -n "$1" ] && [ -r "$1" ]; then read -r REPLY < "$1" || true; fi
  # Version 1 writes "no limit" as the largest number of whole pages.
  if ! [[ $REPLY =~ ^[0-9]{1,19}$ ]] || [[ $REPLY = 9223372036854771712 ]]; then REPLY=""; fi
}

# Where a control group is mounted below $1, by its path $2: in a container the path may be that of the host, and
# the mount the group itself.
group_below() {
  local place
  for place in "$1$2" "$1"; do
    if [ -r "$place/$3" ]; then REPLY=${place%/}; return 0; fi
  done
  REPLY=""
  return 1
}

# Whether builds run in a daemon, whose control group is not this script's.
builds_in_daemon() {
  case "${NIX_REMOTE:-auto}" in
    daemon | unix://*) true ;;
    auto) [ -S /nix/var/nix/daemon-socket/socket ] && ! [ -w /nix/var/nix/db ] ;;
    *) false ;;
  esac
}

find_cgroup() {
  local number controllers path
  if [ -n "$cgroup_dir" ]; then
    cgroup_memory=$cgroup_dir cgroup_pids=$cgroup_dir
    if [ -e "$cgroup_dir/memory.oom_control" ]; then cgroup_version=1; else cgroup_version=2; fi
    return
  fi
  if builds_in_daemon; then
    say "builds run in Nix's daemon: its control group shows whether memory ran out, and this" \
      "script's does not; name it by --cgroup"
    return
  fi
  while IFS=: read -r number controllers path; do
    case "$number:,$controllers," in
      0:,,)
        if group_below /sys/fs/cgroup "$path" memory.events; then
          cgroup_version=2 cgroup_memory=$REPLY cgroup_pids=$REPLY
        fi
        ;;
      *,memory,*)
        if group_below /sys/fs/cgroup/memory "$path" memory.oom_control; then
          cgroup_version=1 cgroup_memory=$REPLY
        fi
        ;;
      *,pids,*) if group_below /sys/fs/cgroup/pids "$path" pids.current; then cgroup_pids=$REPLY; fi ;;
    esac
  done < /proc/self/cgroup
}

# The highest use of memory so far in bytes, in REPLY.
measure_memory() {
  case "$cgroup_version" in
    2) number_in "$cgroup_memory/memory.peak" ;;
    1) number_in "$cgroup_memory/memory.max_usage_in_bytes" ;;
    *) REPLY="" ;;
  esac
}

# The figures at the end.
read_cgroup() {
  measure_memory
  memory_peak=$REPLY
  case "$cgroup_version" in
    2) number_in "$cgroup_memory/memory.max" ;;
    1) number_in "$cgroup_memory/memory.limit_in_bytes" ;;
    *) REPLY="" ;;
  esac
  memory_limit=$REPLY
  count_oom_kills
  if [ -n "$REPLY" ] && [ -n "$oom_kills_before" ]; then oom_kills=$((REPLY - oom_kills_before)); fi
  number_in "${cgroup_pids:+$cgroup_pids/pids.peak}"
  pids_peak=$REPLY
  number_in "${cgroup_pids:+$cgroup_pids/pids.max}"
  pids_limit=$REPLY
}

print_cgroup() {
  if [ -z "$cgroup_version" ]; then
    echo "no control group to read: nothing is known of memory"
    return 0
  fi
  printf 'control group %s (version %s): ' "$cgroup_memory" "$cgroup_version"
  printf 'memory peak %s B, before %s B, limit %s; ' "${memory_peak:-?}" "${memory_peak_before:-?}" "${memory_limit:-none}"
  printf 'processes killed for want of memory %s; ' "${oom_kills:-?}"
  printf 'most processes %s, limit %s\n' "${pids_peak:-?}" "${pids_limit:-none}"
}

# How many processes of the group the kernel has killed for want of memory, in REPLY; empty where it does not say.
count_oom_kills() {
  local events name value
  REPLY=""
  case "$cgroup_version" in
    2) events=$cgroup_memory/memory.events ;;
    1) events=$cgroup_memory/memory.oom_control ;;
    *) return 0 ;;
  esac
  [ -r "$events" ] || return 0
  while read -r name value; do
    if [ "$name" = oom_kill ] && [[ $value =~ ^[0-9]+$ ]]; then REPLY=$value; fi
  done < "$events"
}

# ---------------------------------------------------------------- the scratch

mount_point="" mount_source=""

# The mount that a directory is on: its place, and what is mounted there.
mount_of() {
  local device root point
  mount_point="" mount_source=""
  while read -r _ _ device root point _; do
    printf -v point %b "${point//\\/\\0}" # A blank is written \040.
    if [[ ($1 = "$point" || $1 = "${point%/}"/*) && ${#point} -ge ${#mount_point} ]]; then
      mount_point=$point mount_source="$device $root"
    fi
  done < /proc/self/mountinfo
}

unsafe() {
  fault scratch-unsafe true "" "$@"
  return 1
}

# The build directory must be one that nobody else can reach into: Nix 2.30 and newer refuses others as well.
check_scratch() {
  local dir=${builds_dir:-/nix/var/nix/builds} place mode kind is_asked=false own
  if [ -n "$builds_dir" ] || $require_volume; then is_asked=true; fi
  dir=${dir%/}
  if ! [ -e "$dir" ] && ! [ -L "$dir" ]; then
    if ! $is_asked; then return 0; fi
    # With five digits, chmod takes away also the set-group-ID bit that a folder has from the one above it.
    (umask 022 && mkdir -p -- "$dir" && chmod 00755 -- "$dir") 2> /dev/null || {
      unsafe "the build directory $dir does not exist and cannot be made here; as root:" \
        "mkdir -p $dir && chmod 00755 $dir"
      return
    }
  fi
  if [ -L "$dir" ]; then
    unsafe "the build directory $dir is a symbolic link, which can be turned elsewhere during a build"
    return
  fi
  [ -d "$dir" ] || { unsafe "the build directory $dir is no directory"; return; }
  mode=$(stat -c %a -- "$dir")
  if (((8#$mode & 8#0002) != 0)); then
    unsafe "the build directory $dir is world-writable (mode $mode): anybody could change a build. chmod 00755 $dir"
    return
  fi
  [ "$mode" = 755 ] || { unsafe "the build directory $dir has mode $mode instead of 755. chmod 00755 $dir"; return; }
  place=$(dirname -- "$dir")
  while [ "$place" != / ]; do
    read -r mode kind < <(stat -c '%a %F' -- "$place")
    if [ "$kind" != directory ] || (((8#$mode & 8#0002) != 0)); then
      unsafe "the build directory $dir is below $place, a $kind of mode $mode," \
        "where others can put another in its place"
      return
    fi
    place=$(dirname -- "$place")
  done
  $require_volume || return 0
  dir=$(realpath -- "$dir")
  mount_of "$dir"
  own=$mount_source
  if [ "$mount_point" != "$dir" ]; then
    unsafe "the build directory $dir is on the volume of $mount_point, and a volume of its own was asked for"
    return
  fi
  for place in /tmp "${TMPDIR:-/tmp}"; do
    place=$(realpath -- "$place")
    mount_of "$place"
    if [ "$own" = "$mount_source" ]; then
      unsafe "the build directory $dir and $place are the same volume, and separate ones were asked for"
      return
    fi
  done
}

# ---------------------------------------------------------------- the client

attic=""

# Gives a subshell the client's home. The user's settings for Nix would follow it, so they are named.
enter_private_home() {
  local settings=${XDG_CONFIG_HOME:-${HOME:-}/.config}
  export NIX_USER_CONF_FILES=${NIX_USER_CONF_FILES:-$settings/nix/nix.conf}
  export HOME=$private XDG_CONFIG_HOME=$private XDG_CACHE_HOME=$private
}

toml_string() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

# The client reads its token from a file of its own. `attic login` would take it as an argument, for all to see.
write_credentials() {
  local mask
  { set +x; } 2> /dev/null
  mask=$(umask)
  umask 077
  mkdir -p "$private/attic"
  # printf is the shell's own: no process has the token among its arguments.
  printf '%s\n' "$token" > "$private/token"
  {
    printf 'default-server = %s\n[servers.%s]\n' "$(toml_string "$alias")" "$(toml_string "$alias")"
    # The client joins its paths to it as URLs are joined: without the slash, a server below a path would lose that.
    printf 'endpoint = %s\n' "$(toml_string "$server/")"
    printf 'token-file = %s\n' "$(toml_string "$private/token")"
  } > "$private/attic/config.toml"
  umask "$mask"
  token=
  resume_trace
}

# Tracing again, where it was asked for.
resume_trace() { [ "${#trace[@]}" -eq 0 ] || set -x; }

find_attic() {
  attic=$(type -P attic) && return
  say "there is no attic in PATH: building $nixpkgs_ref#attic-client"
  attend "${nix[@]}" build --out-link "$scratch/roots/attic" -- "$nixpkgs_ref#attic-client" >&2 || true
  for attic in "$scratch"/roots/attic*/bin/attic; do
    [ ! -x "$attic" ] || return 0
  done
  fault client-missing true "" \
    "there is no attic here, and $nixpkgs_ref#attic-client could not be built; install attic-client"
  exit 69
}

watch_store() {
  enter_private_home
  exec "$attic" watch-store "${filter_options[@]}" "$alias:$cache"
}

# Pushes paths as they become valid, so that what is built on the way streams out. It is a help, and no more: it
# keeps its queue in memory, so the receipt stands on the pushes that follow.
start_watching() {
  local patience
  set -m
  leashed watch_store < /dev/null > "$scratch/watch.log" 2>&1 &
  watcher=$!
  set +m
  # What is built before it watches would be missed.
  for ((patience = 100; patience > 0; patience--)); do
    if grep -q 'Pushing new store paths' "$scratch/watch.log" || ! kill -0 "$watcher" 2> /dev/null; then break; fi
    sleep 0.1
  done
  look_at_watcher
}

look_at_watcher() {
  if [ -z "$watcher" ] || $watcher_died || kill -0 "$watcher" 2> /dev/null; then return 0; fi
  local status=0
  wait "$watcher" || status=$?
  watcher_died=true
  tail_of "$scratch/watch.log" 5
  fault watch-store-died false "" "attic watch-store ended by itself (exit code $status), so what is built on the way" \
    "does not stream out; what is asked for is pushed all the same. It said: ${REPLY:-nothing}"
}

# How much the watcher has done so far: its processor time and its log, in REPLY.
watcher_activity() {
  local stat=""
  read -r stat 2> /dev/null < "/proc/$watcher/stat" || true
  stat=${stat##*) }
  # shellcheck disable=SC2086  # Numbers.
  set -- $stat
  REPLY="${12:-} ${13:-} ${14:-} ${15:-} $(stat -c %s "$scratch/watch.log")"
}

# Gives the watcher time to push what it has in its queue, and ends it.
stop_watching() {
  local before idle=0 patience
  look_at_watcher
  if [ -z "$watcher" ] || $watcher_died; then return 0; fi
  if [ "$1" = drain ]; then
    for ((patience = 240; patience > 0 && idle < 4; patience--)); do
      watcher_activity
      before=$REPLY
      sleep 0.5
      watcher_activity
      if [ "$REPLY" = "$before" ]; then idle=$((idle + 1)); else idle=0; fi
    done
  fi
  end_group "$watcher"
  printf -- '-%s\n' "$watcher" >&"$leash"
  watcher=
}

# ---------------------------------------------------------------- publishing

with_log() { "$@" 2>&1 | tee -a "$scratch/push.log" >&2; }

attic_push() {
  enter_private_home
  with_log xargs -a "$1" "$attic" push "${filter_options[@]}" "$alias:$cache"
}

# Nix remembers for a month what a cache has, and would neither send nor look at what has gone from it since. So a
# subshell that speaks with the destination gets a memory that is as new as this run.
forget_caches() { export XDG_CACHE_HOME=$scratch/cache NIX_CACHE_HOME=$scratch/cache; }

nix_copy() {
  local url=$to
  forget_caches
  case "$to" in
    ssh*)
      if [ -n "$signing_key" ]; then
        with_log xargs -a "$1" "${nix[@]}" store sign --key-file "$signing_key" --recursive || return
      fi
      ;;
    *\?*) url+=${signing_key:+&secret-key=$signing_key} ;;
    *) url+=${signing_key:+?secret-key=$signing_key} ;;
  esac
  with_log xargs -a "$1" "${nix[@]}" copy --log-format raw --to "$url"
}

# Publishes the paths of the file $2, which are $1, with all that they refer to.
push() {
  local status=0
  : > "$scratch/push.log"
  case "$backend" in
    attic) attend attic_push "$2" || status=$? ;;
    nix-copy) attend nix_copy "$2" || status=$? ;;
  esac
  cat "$scratch/push.log" >> "$scratch/pushes.log"
  [ "$status" -eq 0 ] || push_failed "$@"
}

push_failed() {
  local what=$1 advice="" path
  attend closure_of "$2" > "$scratch/answers/unpublished" || true
  while IFS= read -r path; do unpublished[$path]=1; done < "$scratch/answers/unpublished"
  if grep -q 'does not have permission' "$scratch/push.log"; then
    advice="The server knows the token and refuses to let it write: it is a read-only token, or one for another
cache. A publisher's token needs pull and push for '$cache' (atticadm make-token --pull $cache --push $cache)."
  elif grep -qE 'Unauthorized|NoSuchCache' "$scratch/push.log"; then
    advice="The server does not know the token, or has no cache '$cache' for it: is it for this server, and not
expired?"
  fi
  tail_of "$scratch/push.log" 5
  fault push-failed true "" "the push of $what failed.${advice:+ ${advice//$'\n'/ }}" "The last lines: $REPLY"
}

# The paths that were built on the way here, for which a log can be published.
copy_logs() {
  local path derivation
  for path in "${needed[@]}"; do
    [ "${outcome[$path]}" != built ] || printf '%s\n' "$path"
  done > "$scratch/answers/built"
  [ -s "$scratch/answers/built" ] || return 0
  attend derivers_of "$scratch/answers/built" > "$scratch/answers/derivers"
  : > "$scratch/push.log"
  while IFS= read -r derivation; do
    [ -e "$derivation" ] || continue
    # By itself: where one has no log, the others have theirs.
    attend copy_log "$derivation" \
      || fault log-not-published false "$derivation" "the build log of $derivation could not be published;" \
        "readers cannot see it by nix log"
  done < "$scratch/answers/derivers"
}

copy_log() {
  forget_caches
  with_log "${nix[@]}" store copy-log --to "$to" "$1"
}

# ---------------------------------------------------------------- evaluating and building

# As warmth prove chooses outputs, whatever the version of Nix: an attribute that names one means that one, else
# those to install, else all.
# shellcheck disable=SC2016  # The language is Nix's.
readonly describe='d:
  if !(builtins.isAttrs d && d.type or null == "derivation")
  then throw "it evaluates to a ${builtins.typeOf d} and not to a derivation"
  else
  let
    plain = builtins.unsafeDiscardStringContext;
    outputs = d.outputs or [ "out" ];
    selected = if d.outputSpecified or false then [ d.outputName ] else d.meta.outputsToInstall or outputs;
    line = name: "${name} ${plain d.${name}.outPath}\n";
  in plain d.drvPath + "\n" + toString selected + "\n" + builtins.concatStringsSep "" (map line outputs)'

# Finds the derivation and the outputs of target $1.
evaluate() {
  local number=$1 installable=${installables[$1]} base selection="" name path wanted status=0
  local log=$scratch/logs/evaluation-$1 answer=$scratch/answers/evaluation-$1
  local -A paths=()
  base=$installable
  if [[ $installable =~ ^(.*)\^(\*|[A-Za-z0-9_,-]+)$ ]]; then base=${BASH_REMATCH[1]} selection=${BASH_REMATCH[2]}; fi
  if [[ $base = /nix/store/*.drv ]]; then
    attend describe_derivation "$base" > "$answer" 2> "$log" || status=$?
  elif [[ $base = /nix/store/* ]]; then
    printf '\nout\nout %s\n' "$base" > "$answer"
  elif [ -n "$file" ]; then
    attend "${nix[@]}" eval --raw --file "$file" --apply "$describe" -- "$base" > "$answer" 2> "$log" || status=$?
  else
    attend "${nix[@]}" eval --raw --no-write-lock-file --apply "$describe" -- "$base" > "$answer" 2> "$log" || status=$?
  fi
  if [ "$status" -ne 0 ]; then
    cat "$log" >&2 {leash}>&-
    # Nix explains before or after this line, depending on its version.
    grep 'error:' "$log" > "$scratch/logs/error" || cp "$log" "$scratch/logs/error"
    tail_of "$scratch/logs/error" 1
    target_failed "$number" evaluation-failed "$installable does not evaluate: $REPLY"
    return 0
  fi
  {
    IFS= read -r target_derivation["$number"]
    IFS= read -r wanted
    while read -r name path; do paths[$name]=$path; done
  } < "$answer"
  case "$selection" in "") ;; "*") wanted="${!paths[*]}" ;; *) wanted=${selection//,/ } ;; esac
  for name in $wanted; do
    path=${paths[$name]:-}
    if [[ $path != /nix/store/* ]]; then
      target_failed "$number" evaluation-failed "$installable has no output '$name' with a path that is known" \
        "before it is built; its outputs are ${!paths[*]}"
      return 0
    fi
    target_outputs[number]+="$name $path"$'\n'
  done
  target_selection[number]=${wanted// /,}
}

# A derivation that is in the store: its outputs are named as their paths end.
describe_derivation() {
  local drv=$1 name path suffix lines="" names=""
  name=${drv#/nix/store/????????????????????????????????-} name=${name%.drv}
  while IFS= read -r path; do
    suffix=${path#/nix/store/????????????????????????????????-"$name"}
    suffix=${suffix#-}
    lines+="${suffix:-out} $path"$'\n' names+="${names:+ }${suffix:-out}"
  done < <(nix-store --query --outputs "$drv")
  [ -n "$lines" ] || return 1
  printf '%s\n%s\n%s' "$drv" "$names" "$lines"
}

# target_failed NUMBER KIND MESSAGE…
target_failed() {
  target_outcome[$1]=failed target_failure[$1]=$2 target_message[$1]="${*:3}"
  case "$2" in
    evaluation-failed | out-of-memory) fault "$2" true "${target_derivation[$1]:-}" "${@:3}" ;;
    *) fault build-failed true "${target_derivation[$1]:-}" "${@:3}" ;;
  esac
}

realise() { nix-store --realise --add-root "$1" --indirect "$2" 2>&1 > "$scratch/answers/realised" | tee "$3" >&2; }

# Builds target $1, and tells what came of it.
build() {
  local number=$1 what before status=0 log=$scratch/logs/build-$1 name path derivation=${target_derivation[$1]}
  count_oom_kills
  before=$REPLY
  clock
  build_began=$REPLY
  if [ -n "$derivation" ]; then what=$derivation!${target_selection[number]}; else what=${installables[number]}; fi
  say "building ${installables[number]}"
  attend realise "$scratch/roots/$number" "$what" "$log" || status=$?
  clock
  target_time[number]=$((REPLY - build_began))
  if [ "$status" -ne 0 ]; then
    explain_failure "$number" "$status" "$before" "$log"
    return 1
  fi
  target_outcome[number]=already-valid
  while read -r name path; do
    [ -z "${valid_before[$path]:-}" ] || continue
    look_at "$path"
    if [ "$REPLY" = built ]; then target_outcome[number]=built; break; fi
    target_outcome[number]=substituted
  done <<< "${target_outputs[number]%$'\n'}"
}

explain_failure() {
  local number=$1 status=$2 before=$3 log=$4 kind=build-failed evidence
  count_oom_kills
  if [ -z "$REPLY" ] || [ -z "$before" ]; then
    evidence="There is no cgroup evidence, so whether memory ran out is not known."
  elif [ "$REPLY" -gt "$before" ]; then
    kind="out-of-memory"
    evidence="Out of memory: oom_kill in the control group $cgroup_memory went from $before to $REPLY during this build."
  else
    evidence="This is not out of memory by the evidence of the control group: oom_kill stayed at $before."
  fi
  if [ "$kind" = build-failed ]; then
    if grep -q 'No space left on device' "$log"; then
      kind="out-of-disk"
    elif ((status >= 100 && status < 128 && (status & 1) != 0)); then # Nix's own code for a time limit.
      kind=timed-out
    fi
  fi
  tail_of "$log" 20
  target_failed "$number" "$kind" "the build of ${installables[number]} failed (exit code $status)." \
    "$evidence The last lines of its log:"$'\n'"$REPLY"
}

# What came of a path that was not valid before, in REPLY: one line of path-info tells it in all versions of Nix.
look_at() {
  attend "${nix[@]}" path-info --size --sigs "$1" > "$scratch/answers/info" 2> /dev/null || true
  read_infos < "$scratch/answers/info"
  REPLY=${outcome[$1]:-built}
}

# Remembers what path-info says: PATH SIZE [ultimate] [ca:…] [SIGNATURE]…
read_infos() {
  local path bytes rest
  while read -r path bytes rest; do
    size[$path]=$bytes signatures[$path]=$rest
    if [ -n "${valid_before[$path]:-}" ]; then
      outcome[$path]=already-valid
    elif [[ " $rest " = *" ultimate "* || $rest != *:* ]]; then
      outcome[$path]=built # What a remote builder made is neither signed nor content-addressed.
    else
      outcome[$path]=substituted
    fi
  done
}

remember_valid_paths() {
  local path
  attend "${nix[@]}" path-info --all > "$scratch/answers/before" 2> "$scratch/logs/before" \
    || { tail_of "$scratch/logs/before" 5; fault store-unreadable true "" "the store cannot be read: $REPLY"; exit 1; }
  while read -r path _; do valid_before[$path]=1; done < "$scratch/answers/before"
}

# ---------------------------------------------------------------- the receipt

# What the targets need: what their outputs refer to, and with --build-closure what they were built with.
find_needed() {
  local number name path outputs=$scratch/answers/outputs
  : > "$outputs"
  : > "$scratch/answers/build-needed"
  for number in "${!installables[@]}"; do
    case "${target_outcome[number]}" in built | substituted | already-valid) ;; *) continue ;; esac
    while read -r name path; do
      printf '%s\n' "$path" >> "$outputs"
      role[$path]=output
    done <<< "${target_outputs[number]%$'\n'}"
    if $build_closure; then add_built_with "$number"; fi
  done
  if ! [ -s "$outputs" ]; then return 0; fi
  attend closure_of "$outputs" > "$scratch/answers/runtime"
  while IFS= read -r path; do
    : "${role[$path]:=runtime}"
    needed+=("$path")
  done < "$scratch/answers/runtime"
  if [ -s "$scratch/answers/build-needed" ]; then
    attend closure_of "$scratch/answers/build-needed" > "$scratch/answers/build-time"
    while IFS= read -r path; do
      [ -n "${role[$path]:-}" ] || { role[$path]=build; needed+=("$path"); }
    done < "$scratch/answers/build-time"
  fi
  printf '%s\n' "${needed[@]}" > "$scratch/answers/needed"
  attend path_infos "$scratch/answers/needed" > "$scratch/answers/infos"
  read_infos < "$scratch/answers/infos"
}

closure_of() { xargs -a "$1" nix-store --query --requisites | sort -u; }
derivers_of() { xargs -a "$1" nix-store --query --deriver | sort -u; }
path_infos() { xargs -a "$1" "${nix[@]}" path-info --size --sigs; }

# Adds what target $1 was built with. A target that is a path of the store has its derivation by its deriver, where
# the store knows that and still has it.
add_built_with() {
  local number=$1 path derivation=${target_derivation[$1]}
  if [ -z "$derivation" ]; then
    read -r _ path <<< "${target_outputs[number]}"
    attend nix-store --query --deriver "$path" > "$scratch/answers/deriver" || true
    read -r derivation < "$scratch/answers/deriver" || true
  fi
  if [[ $derivation = /nix/store/*.drv && -e $derivation ]]; then
    attend built_with "$derivation" >> "$scratch/answers/build-needed"
  else
    fault build-closure-unknown true "${path:-}" "what ${installables[number]} was built with is not known here," \
      "so it is not published: the store lacks its derivation. Give that, or an attribute, instead of the path"
  fi
}

# The outputs of a derivation's closure that are valid.
built_with() {
  nix-store --query --requisites "$1" | grep '\.drv$' | xargs nix-store --query --outputs | sort -u \
    > "$scratch/answers/possible"
  "${nix[@]}" path-info --all | sort -u | comm -12 - "$scratch/answers/possible"
}

# Asks the cache at $1 for a narinfo of each path of the file $2, without any credential, and writes to the file $3
# a line "yes PATH", "no PATH WHY" or "unknown PATH WHY" for each. One process asks for all of them.
ask_cache() {
  local url=$1 questions=$2 answers=$3 path hash status asked why attempt
  : > "$answers"
  case "$url" in
    "")
      attend ask_store "$questions" > "$answers" 2> "$scratch/logs/store" || {
        tail_of "$scratch/logs/store" 1
        while IFS= read -r path; do
          printf 'unknown %s %s\n' "$path" "${REPLY:-Nix cannot read its answer}"
        done < "$questions" > "$answers"
      }
      return 0
      ;;
    file://*)
      while IFS= read -r path; do
        hash=${path#/nix/store/} hash=${hash%%-*}
        judge_narinfo "$path" "${url#file://}/$hash.narinfo" "there is no narinfo"
      done < "$questions" >> "$answers"
      return 0
      ;;
  esac
  local -A pending=() trouble=()
  while IFS= read -r path; do
    hash=${path#/nix/store/} pending[${hash%%-*}]=$path
  done < "$questions"
  for attempt in 1 2 3; do
    rm -rf "$scratch/narinfos"
    mkdir "$scratch/narinfos"
    for hash in "${!pending[@]}"; do
      printf 'url = "%s/%s.narinfo"\noutput = "%s/narinfos/%s"\n' "$url" "$hash" "$scratch" "$hash"
    done > "$scratch/answers/curl"
    attend ask_curl "$scratch/answers/curl" > "$scratch/answers/statuses" 2> /dev/null || true
    while read -r status asked why; do
      hash=${asked##*/} hash=${hash%.narinfo} path=${pending[$hash]:-}
      [ -n "$path" ] || continue
      # Why there is no answer, or not the whole of it.
      if [ -n "$why" ]; then trouble[$hash]=$why; continue; fi
      case "$status" in
        200) judge_narinfo "$path" "$scratch/narinfos/$hash" "an empty answer" ;;
        401 | 403) printf 'no %s it answers %s to readers without a token\n' "$path" "$status" ;;
        # What the server cannot or will not answer now (too slow, too early, too often), and its own errors.
        408 | 425 | 429 | [!4]??) trouble[$hash]="it answers $status"; continue ;;
        *) printf 'no %s it answers %s\n' "$path" "$status" ;;
      esac >> "$answers"
      unset "pending[$hash]"
    done < "$scratch/answers/statuses"
    if [ "${#pending[@]}" -eq 0 ]; then return 0; fi
    [ "$attempt" = 3 ] || attend sleep "$attempt"
  done
  for hash in "${!pending[@]}"; do
    printf 'unknown %s %s\n' "${pending[$hash]}" "${trouble[$hash]:-no answer}"
  done >> "$answers"
}

# -q first: no settings of the user's, and so no netrc and no other credentials. An object store gives a narinfo out
# packed as it was put there; what this curl cannot unpack it complains of, and nothing is known of that path.
ask_curl() {
  curl -q --silent --show-error --compressed --location --proto '=http,https' --proto-redir '=http,https' \
    --parallel --parallel-max 32 --connect-timeout 10 --max-time 60 --write-out '%{http_code} %{url} %{errormsg}\n' --config "$1"
}

readonly unsigned="it has no signature there, so readers refuse it"

# Whether a file is the narinfo of a path: a server may answer 200 with anything. Readers take what is signed or has
# its content's address for a name.
judge_narinfo() {
  local line is_narinfo=false is_acceptable=false
  if ! [ -r "$2" ]; then
    printf 'no %s %s\n' "$1" "$3"
    return
  fi
  while IFS= read -r line; do
    case "${line%$'\r'}" in
      "StorePath: $1") is_narinfo=true ;;
      "Sig: "?* | "CA: "?*) is_acceptable=true ;;
    esac
  done < "$2"
  if ! $is_narinfo; then
    printf 'no %s what it answers is not the narinfo of this path\n' "$1"
  elif $is_acceptable; then
    printf 'yes %s\n' "$1"
  else
    printf 'no %s %s\n' "$1" "$unsigned"
  fi
}

# A store without a URL for readers is asked through Nix, which answers in a form of each version's own: a list or an
# attribute set, with null or less for what it lacks. Each document has a file of its own.
ask_store() {
  local answer path paths first
  local -A answers=()
  forget_caches
  mapfile -t paths < "$1"
  rm -rf "$scratch/store"
  mkdir "$scratch/store"
  for ((first = 0; first < ${#paths[@]}; first += 500)); do
    "${nix[@]}" path-info --json --store "$to" "${paths[@]:first:500}" > "$scratch/store/$first" || return
  done
  # shellcheck disable=SC2016  # The language is Nix's.
  CACHE_WARM_ANSWERS=$scratch/store "${nix[@]}" eval --raw --impure --expr '
    let
      folder = builtins.getEnv "CACHE_WARM_ANSWERS";
      read = name: builtins.fromJSON (builtins.readFile "${folder}/${name}");
      listed = answer:
        if builtins.isList answer then answer
        else map (path: { inherit path; info = answer.${path}; }) (builtins.attrNames answer);
      judge = { path, info ? null, ... }@entry:
        let
          known = if entry ? info then info else entry;
          isKnown = known != null && known ? narHash;
          ca = known.ca or null;
          isAcceptable = known.signatures or [ ] != [ ] || (ca != null && ca != "");
        in if !isKnown then "" else "${if isAcceptable then "yes" else "unsigned"} ${path}\n";
      documents = map read (builtins.attrNames (builtins.readDir folder));
    in builtins.concatStringsSep "" (map judge (builtins.concatMap listed documents))' \
    > "$scratch/answers/store" || return
  while read -r answer path; do answers[$path]=$answer; done < "$scratch/answers/store"
  for path in "${paths[@]}"; do
    case "${answers[$path]:-}" in
      yes) printf 'yes %s\n' "$path" ;;
      unsigned) printf 'no %s %s\n' "$path" "$unsigned" ;;
      *) printf 'no %s the store does not have it\n' "$path" ;;
    esac
  done
}

# Asks the read side, and what it lacks the upstreams. A path that nobody serves, and somebody has not answered for,
# is unknown.
ask_readers_caches() {
  local answer path why upstream place=${read_side:-${to%%\?*}}
  ask_cache "$read_side" "$scratch/answers/needed" "$scratch/answers/read-side"
  for path in "${needed[@]}"; do unknown[$path]="$place: no answer"; done
  while read -r answer path why; do
    unset "unknown[$path]"
    case "$answer" in
      yes) served[$path]=true served_by[$path]=$place ;;
      no) served[$path]=false unserved[$path]=$why ;;
      unknown) unknown[$path]="$place: $why" ;;
    esac
  done < "$scratch/answers/read-side"
  local -A doubts=()
  for upstream in "${upstreams[@]}"; do
    if [ "${#unserved[@]}" -eq 0 ]; then break; fi
    printf '%s\n' "${!unserved[@]}" > "$scratch/answers/unserved"
    ask_cache "$upstream" "$scratch/answers/unserved" "$scratch/answers/upstream"
    while read -r answer path why; do
      case "$answer" in
        yes)
          served[$path]=true served_by[$path]=$upstream
          unset "unserved[$path]" "doubts[$path]"
          ;;
        unknown) doubts[$path]="$upstream: $why" ;;
      esac
    done < "$scratch/answers/upstream"
  done
  for path in "${!doubts[@]}"; do
    unknown[$path]=${doubts[$path]}
    unset "served[$path]" "unserved[$path]"
  done
  if [ "${#unknown[@]}" -gt 0 ]; then
    for path in "${!unknown[@]}"; do why=${unknown[$path]}; break; done
    fault read-side-unreachable true "" \
      "what readers use could not be asked for ${#unknown[@]} of ${#needed[@]} paths, such as $path ($why)." \
      "Whether readers get them is not known"
  fi
}

# Whether a path has a signature of an upstream cache, by name alone: so Attic's filter decides it. In REPLY, the name.
is_signed_upstream() {
  for REPLY in "${upstream_keys[@]}"; do
    [[ " ${signatures[$1]:-}" != *" $REPLY:"* ]] || return 0
  done
  return 1
}

report_unserved() {
  local path=$1 why=$2 advice
  case "${published[$path]}" in
    filtered)
      is_signed_upstream "$path"
      fault upstream-filtered true "$path" \
        "$path was left out by Attic's upstream filter, because of its signature by $REPLY, and $read_side" \
        "does not serve it: who reads from there alone must build it. Where all readers use the upstream" \
        "cache as well, say so by --upstream https://cache.nixos.org; else give --ignore-upstream-cache-filter"
      ;;
    failed) ;; # The failed push is the fault.
    *)
      advice="Is this the URL that readers substitute from (--read-side)? Are the two sides wired to the same cache?"
      if [ "$why" = "$unsigned" ]; then
        advice="nix copy signs with --signing-key; what is there unsigned must be removed first, or signed there"
      fi
      fault not-served true "$path" \
        "$path was published, and ${read_side:-${to%%\?*}} does not serve it: $why. $advice"
      ;;
  esac
}

# Says of each path whether it was published, by what the clients said they sent and what is served now.
judge_publication() {
  local path name line
  local -A sent=()
  touch "$scratch/pushes.log" "$scratch/watch.log"
  while IFS= read -r line; do
    case "$line" in
      # attic: ✅ HASH-NAME (speed)
      *'✅ '*) name=${line##*✅ } sent[/nix/store/${name%% (*}]=1 ;;
      # nix: copying path 'PATH' to 'URL'...
      *"copying path '/nix/store/"*"' to "*) name=${line#*copying path \'} sent[${name%%\'*}]=1 ;;
    esac
  done < <(cat "$scratch/pushes.log" "$scratch/watch.log")
  for path in "${needed[@]}"; do
    if [ -n "${unpublished[$path]:-}" ] && [ "${served[$path]:-}" != true ]; then
      published[$path]=failed
    elif [ -n "${sent[$path]:-}" ]; then
      published[$path]=pushed
    elif [ "$backend" = attic ] && [ "${served_by[$path]:-}" != "$read_side" ] && [ "${#filter_options[@]}" -eq 0 ] \
      && is_signed_upstream "$path"; then
      published[$path]=filtered
    else
      published[$path]=already-there
    fi
  done
}

# ---------------------------------------------------------------- the summary

# A JSON string, in REPLY. What is not UTF-8 becomes the replacement character.
json_string() {
  local text=$1 out="" byte
  local LC_ALL=C
  text=${text//\\/\\\\} text=${text//\"/\\\"} text=${text//$'\n'/\\n} text=${text//$'\t'/\\t}
  local plain=$'^[\x20-\x7e]*' many
  # The table of well-formed sequences in the Unicode standard (3-7).
  many=$'^([\xc2-\xdf]|\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f]'
  many+=$'|\xf0[\x90-\xbf][\x80-\xbf]|[\xf1-\xf3][\x80-\xbf][\x80-\xbf]|\xf4[\x80-\x8f][\x80-\xbf])[\x80-\xbf]'
  while [ -n "$text" ]; do
    [[ $text =~ $plain ]]
    out+=${BASH_REMATCH[0]} text=${text:${#BASH_REMATCH[0]}}
    if [ -z "$text" ]; then break; fi
    if [[ $text =~ $many ]]; then
      out+=${BASH_REMATCH[0]} text=${text:${#BASH_REMATCH[0]}}
    else
      byte=${text:0:1} text=${text:1}
      case "$byte" in
        [$'\x01'-$'\x1f'] | $'\x7f') printf -v byte '\\u%04x' "'$byte" ;;
        *) byte=$'\xef\xbf\xbd' ;;
      esac
      out+=$byte
    fi
  done
  REPLY="\"$out\""
}

# A string, or null where it is empty.
json_text() { if [ -n "$1" ]; then json_string "$1"; else REPLY=null; fi; }

# An object of texts: NAME VALUE…
json_texts() {
  local out=""
  while [ "$#" -gt 0 ]; do
    json_text "$2"
    out+="${out:+, }\"$1\": $REPLY"
    shift 2
  done
  REPLY="{$out}"
}

# What CI says of the source that this run is about.
json_occasion() {
  if [ -n "${GITLAB_CI:-}${CI_PIPELINE_ID:-}" ] && [ -z "${GITHUB_ACTIONS:-}" ]; then
    json_texts repository "${CI_PROJECT_PATH:-}" ref "${CI_COMMIT_REF_NAME:-}" branch "${CI_COMMIT_REF_NAME:-}" \
      revision "${CI_COMMIT_SHA:-}" pipeline "${CI_PIPELINE_ID:-}" page "${CI_JOB_URL:-${CI_PIPELINE_URL:-}}"
  elif [ -n "${GITHUB_ACTIONS:-}${GITHUB_REPOSITORY:-}" ]; then
    local page=""
    if [ -n "${GITHUB_SERVER_URL:-}" ] && [ -n "${GITHUB_REPOSITORY:-}" ] && [ -n "${GITHUB_RUN_ID:-}" ]; then
      page=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID
    fi
    json_texts repository "${GITHUB_REPOSITORY:-}" ref "${GITHUB_REF:-}" branch "${GITHUB_REF_NAME:-}" \
      revision "${GITHUB_SHA:-}" pipeline "${GITHUB_RUN_ID:-}" page "$page"
  else
    REPLY=null
  fi
}

json_publisher() {
  local stat start boot="" pod="" host
  host=$(uname -n)
  read -r stat < "/proc/$$/stat"
  # The program's name may hold blanks; the fields after it do not.
  stat=${stat##*) }
  # shellcheck disable=SC2086
  set -- $stat
  start=${20}
  read -r boot < /proc/sys/kernel/random/boot_id || true
  if [ -n "${KUBERNETES_SERVICE_HOST:-}" ]; then pod=${POD_NAME:-${HOSTNAME:-$host}}; fi
  json_texts host "$host" pod "${POD_NAME:-$pod}" boot "$boot" nix "$nix_version" system "$system"
  REPLY="${REPLY%\}}, \"process\": $$, \"processStart\": $start}"
}

json_destination() {
  case "$backend" in
    attic) json_texts kind attic cache "$cache" server "$server" readSide "$read_side" ;;
    nix-copy)
      local place=${to%%\?*} # The rest is parameters, and perhaps a key's file.
      if [[ $place = ssh*@* ]]; then place=${place%%://*}://${place#*@}; fi
      json_texts kind nix-copy cache "" server "$place" readSide "${read_side:-$place}"
      ;;
    none) REPLY=null ;;
  esac
}

json_targets() {
  local number out="" name path outputs
  for number in "${!installables[@]}"; do
    outputs=""
    while read -r name path; do
      [ -n "$path" ] || continue
      json_texts name "$name" path "$path"
      outputs+="${outputs:+, }$REPLY"
    done <<< "${target_outputs[number]}"
    json_texts installable "${installables[number]}" outcome "${target_outcome[number]}" \
      derivation "${target_derivation[number]}"
    out+="${out:+,$'\n'    }${REPLY%\}}, \"outputs\": [$outputs], \"milliseconds\": ${target_time[number]}, \"failure\": "
    if [ -n "${target_failure[number]}" ]; then
      json_texts kind "${target_failure[number]}" message "${target_message[number]}"
      out+=$REPLY
    else
      out+=null
    fi
    out+="}"
  done
  REPLY=$out
}

json_paths() {
  local path out=""
  for path in "${needed[@]}"; do
    [ -n "${outcome[$path]:-}" ] || continue
    # Store paths and these words need no escapes.
    out+="${out:+,$'\n'    }{\"path\": \"$path\", \"role\": \"${role[$path]}\", \"outcome\": \"${outcome[$path]}\","
    out+=" \"published\": \"${published[$path]:-not-pushed}\", \"served\": ${served[$path]:-null},"
    json_text "${served_by[$path]:-}"
    out+=" \"servedBy\": $REPLY, \"narSize\": ${size[$path]:-null}}"
  done
  REPLY=$out
}

json_faults() {
  local number out=""
  for number in "${!fault_codes[@]}"; do
    json_texts code "${fault_codes[number]}" path "${fault_paths[number]}" message "${fault_messages[number]}"
    out+="${out:+,$'\n'    }${REPLY%\}}, \"fatal\": ${fault_fatal[number]}}"
  done
  REPLY=$out
}

json_cgroup() {
  if [ -z "$cgroup_version" ]; then REPLY=null; return 0; fi
  REPLY="{\"version\": $cgroup_version, \"memoryPeak\": ${memory_peak:-null},"
  REPLY+=" \"memoryPeakBefore\": ${memory_peak_before:-null}, \"memoryLimit\": ${memory_limit:-null},"
  REPLY+=" \"oomKills\": ${oom_kills:-null}, \"pidsPeak\": ${pids_peak:-null}, \"pidsLimit\": ${pids_limit:-null}}"
}

# The whole document, in REPLY.
json_summary() {
  local state=$1 status=$2 out
  make_name
  json_texts id "$REPLY" started "$started" finished "$(now)" state "$state" program "$program"
  out=$'{"schema": "warmth/publication/v1",\n  "publication": '"${REPLY%\}}, \"exitCode\": $status}"
  json_publisher
  out+=$',\n  "publisher": '$REPLY
  json_occasion
  out+=$',\n  "occasion": '$REPLY
  json_destination
  out+=$',\n  "destination": '$REPLY
  json_targets
  out+=$',\n  "targets": [\n    '$REPLY']'
  json_paths
  out+=$',\n  "paths": [\n    '$REPLY']'
  json_faults
  out+=$',\n  "faults": [\n    '$REPLY']'
  json_cgroup
  REPLY=$out$',\n  "cgroup": '$REPLY$'}\n'
}

# Whole, or not at all: a reader never finds a half of it.
write_summary() {
  json_summary "$@"
  case "$summary" in
    "") ;;
    -) printf '%s' "$REPLY" ;;
    *)
      { printf '%s' "$REPLY" > "$summary.$$" && mv -f -- "$summary.$$" "$summary"; } 2> /dev/null || {
        rm -f -- "$summary.$$"
        say "the summary cannot be written to $summary; the publication itself ended with exit code $2"
        return 1
      }
      ;;
  esac
}

# For people, on stdout.
print_receipt() {
  local number path served_paths=0
  local -A count=()
  for number in "${!installables[@]}"; do
    printf '%-13s %s (%s ms)\n' "${target_outcome[number]}" "${installables[number]}" "${target_time[number]}"
  done
  for path in "${needed[@]}"; do
    count[${published[$path]:-not-pushed}]=$((${count[${published[$path]:-not-pushed}]:-0} + 1))
    if [ "${served[$path]:-}" = true ]; then served_paths=$((served_paths + 1)); fi
  done
  printf '%s paths needed' "${#needed[@]}"
  for path in pushed already-there filtered failed not-pushed; do
    [ -z "${count[$path]:-}" ] || printf ', %s %s' "${count[$path]}" "$path"
  done
  if [ "$backend" = none ]; then printf '\n'; else printf '; readers get %s\n' "$served_paths"; fi
  for number in "${!fault_codes[@]}"; do
    printf '%s: %s\n' "${fault_codes[number]}" "${fault_paths[number]:-${fault_messages[number]%%$'\n'*}}"
  done
  print_cgroup
  printf '%s\n' "$1"
}

# ---------------------------------------------------------------- how it ends

interrupted() {
  interruption=$1
  exit "$2"
}

finish() {
  local status=$? state
  trap '' INT TERM HUP
  set +eu # Whatever is missing, the rest is told.
  { set +x; } 2> /dev/null
  # A program that was not expected to fail has said why; its exit code means nothing here.
  if [ -z "$interruption" ]; then case "$status" in 0 | 1 | 2 | 64 | 69) ;; *) status=1 ;; esac; fi
  if [ "$phase" = publishing ]; then
    if [ -n "$interruption" ]; then
      state=interrupted
      if [ -n "$building" ] && [ "${target_outcome[building]}" = skipped ]; then
        target_outcome[building]=failed target_failure[building]=interrupted
        target_message[building]="ended by SIG$interruption"
        clock
        target_time[building]=$((REPLY - build_began))
      fi
      fault interrupted true "" "ended by SIG$interruption; what was not finished is not published"
    elif [ "$status" -ne 0 ]; then
      state=failed
    elif [ "$backend" = none ]; then
      state=built
    else
      state=published
    fi
    read_cgroup
    write_summary "$state" "$status" || { [ "$status" -ne 0 ] || status=73; }
    if [ "$summary" = - ]; then print_receipt "$state" >&2; else print_receipt "$state"; fi
  fi
  # The guardian ends what still runs and removes the scratch; if somebody has killed it, the token goes all the same.
  if [ -n "$leash" ]; then exec {leash}>&-; fi
  if [ -n "$guardian" ]; then wait "$guardian"; fi 2> /dev/null
  if [ -n "$private" ]; then rm -rf -- "$private"; fi
  if [ -n "$scratch" ]; then rm -rf -- "$scratch"; fi
  exit "$status"
}

# ---------------------------------------------------------------- the publication

check_programs() {
  local name
  for name in nix nix-store curl grep xargs comm stat mktemp mkfifo tee tail sort date; do
    type -P "$name" > /dev/null || { say "$name is missing; the image nixos/nix has all that this needs"; exit 69; }
  done
}

# From here on there is something to tell of, however it ends.
begin() {
  local number
  started=$(now)
  for number in "${!installables[@]}"; do
    target_outcome[number]=skipped target_derivation[number]="" target_outputs[number]="" target_time[number]=0
    target_failure[number]="" target_message[number]="" target_selection[number]=""
  done
  phase=publishing
}

# Notes where it runs, and how that was before.
look_around() {
  attend nix --version > "$scratch/answers/version"
  read -r nix_version < "$scratch/answers/version"
  nix_version=${nix_version##* }
  attend "${nix[@]}" eval --raw --impure --expr builtins.currentSystem > "$scratch/answers/system" 2> /dev/null || true
  read -r system < "$scratch/answers/system" || true # No line break ends it.
  find_cgroup
  measure_memory
  memory_peak_before=$REPLY
  count_oom_kills
  oom_kills_before=$REPLY
}

# Builds and publishes the targets one by one: where one fails, the others go on.
publish_targets() {
  local number name path
  for number in "${!installables[@]}"; do evaluate "$number"; done
  for number in "${!installables[@]}"; do
    [ "${target_outcome[number]}" = skipped ] || continue
    building=$number
    if build "$number" && [ "$backend" != none ]; then
      while read -r name path; do
        printf '%s\n' "$path"
      done <<< "${target_outputs[number]%$'\n'}" > "$scratch/answers/outputs"
      push "${installables[number]}" "$scratch/answers/outputs"
    fi
    building=
    look_at_watcher
  done
  find_needed
  [ "$backend" != none ] || return 0
  if $build_closure && [ "${#needed[@]}" -gt 0 ]; then
    push "what the targets are built with" "$scratch/answers/needed"
  fi
  if [ "$backend" = nix-copy ]; then copy_logs; fi
  if grep -qx built <(printf '%s\n' "${target_outcome[@]}"); then stop_watching drain; else stop_watching now; fi
  if [ "${#needed[@]}" -gt 0 ]; then
    ask_readers_caches
    judge_publication
    for path in "${!unserved[@]}"; do report_unserved "$path" "${unserved[$path]}"; done
  fi
}

parse_arguments "$@"
check_arguments "$backend"
check_programs
[ "$backend" = none ] || refuse_untrusted_context
begin
trap finish EXIT
trap 'interrupted INT 130' INT
trap 'interrupted TERM 143' TERM
trap 'interrupted HUP 129' HUP
make_scratch
[ "$backend" = attic ] || token=
resume_trace
look_around
if check_scratch; then
  remember_valid_paths
  if [ "$backend" = attic ]; then
    find_attic
    write_credentials
    start_watching
  fi
  publish_targets
fi
if $has_failed; then exit 1; fi
if $is_unknown; then exit 2; fi
