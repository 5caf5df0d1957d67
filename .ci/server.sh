# Sourced by the scripts beside it: starts the release build on a free port, and ends it with the script.
# Sets `port` and `pid`, and `work`, an empty folder that goes with the script.
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT

# start_flashkv [flags …]
start_flashkv() {
    target/release/flashkv --port 0 "$@" >"$work/banner" 2>"$work/log" &
    pid=$!
    pids+=("$pid")
    for _ in $(seq 100); do
        port=$(sed -n 's/.*redis-cli -h .* -p \([0-9]*\)$/\1/p' "$work/banner")
        [ -n "$port" ] && return
        sleep 0.05
    done
    echo "flashkv did not start:" && cat "$work/log" && exit 1
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# check NAME EXPECTED ACTUAL
check() {
    if [ "$2" = "$3" ]; then
        echo "ok    $1"
    else
        printf 'FAILED %s\n  expected: %s\n  got:      %s\n' "$1" "$2" "$3"
        exit 1
    fi
}
