#!/usr/bin/env bash
# Builds the image, starts it with docker compose beside a database, uses it, restarts it, stops it, removes it all.
# Needs a Docker engine with compose v2, and curl. Touches no other container, volume or image.
set -euo pipefail
cd "$(dirname "$0")/.."

export COMPOSE_PROJECT_NAME=kickbacks-test-$$ IMAGE=kickbacks-test PORT=0   # 0: a free port, a new one at each start
MAX_IMAGE_MB=250 READY_SECONDS=180 GRACE_SECONDS=30 MAX_START_MS=${MAX_START_MS:-3000} STARTS=${STARTS:-5}
work=$(mktemp -d)

command -v timeout >/dev/null || timeout() { shift; "$@"; }   # macOS has none; docker's own limits remain
compose() { timeout 600 docker compose --progress quiet "$@"; }
now_ms() { perl -MTime::HiRes=time -e 'printf "%d\n", 1000 * time'; }
say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
fail() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

finish() {
    local status=$?
    trap - EXIT
    if [ "$status" != 0 ]; then compose ps -a || true; compose logs --no-color --tail 100 || true; fi
    docker rm --force "$COMPOSE_PROJECT_NAME-start" >/dev/null 2>&1 || true
    compose down --volumes --timeout 5 || status=1
    docker image rm "$IMAGE" >/dev/null || status=1   # its layers stay in the build cache
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

median() { sort -n | sed -n "$(((STARTS + 1) / 2))p"; }

started_ms() {   # DOCKER RUN ARGUMENT...: prints how long another service, confined as it should be, takes to be ready
    local since id address
    docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$api" >"$work/environment"
    since=$(now_ms)
    id=$(docker run --detach --rm --name "$COMPOSE_PROJECT_NAME-start" --read-only --tmpfs /tmp --cap-drop ALL \
        --security-opt no-new-privileges --env-file "$work/environment" --volumes-from "$api" \
        --network "${COMPOSE_PROJECT_NAME}_default" --publish 127.0.0.1:0:8080 "$@" "$IMAGE")
    address=$(docker port "$id" 8080)
    until curl -fs --noproxy '*' --max-time 5 -o /dev/null "http://$address/health/ready"; do
        [ $(($(now_ms) - since)) -lt $((READY_SECONDS * 1000)) ] || fail 'another service does not get ready'
        sleep 0.01
    done
    echo $(($(now_ms) - since))
    docker kill "$id" >/dev/null
    timeout 60 docker wait "$id" >/dev/null 2>&1 || true   # it may be gone already
}

start_times() {   # DOCKER RUN ARGUMENT...: of several starts
    local number
    for ((number = 0; number < STARTS; number++)); do started_ms "$@"; done
}

start() {   # everything up and ready, the demo set in it; sets $api and $url
    local since=$SECONDS
    compose up --detach --wait --no-build --wait-timeout "$READY_SECONDS"
    api=$(compose ps --quiet api)
    url=http://$(compose port api 8080)
    say "ready after $((SECONDS - since)) s"
}

request() {   # STATUS PATH [CURL ARGUMENT...]: leaves the answer in $work/head and $work/body
    local wanted=$1 path=$2 status
    shift 2
    status=$(curl -sS --noproxy '*' --max-time 30 -D "$work/head" -o "$work/body" -w '%{http_code}' "$@" "$url$path")
    if [ "$status" != "$wanted" ]; then fail "$path answered $status, not $wanted: $(cat "$work/body")"; fi
}

has() {   # TEXT: in the last answer's body
    grep -qF -- "$1" "$work/body" || fail "no $1 in: $(cat "$work/body")"
}

post() { request "$1" /transactions -H 'Content-Type: application/json' --data-binary "$purchase"; }

read_back() {   # the purchase, in every place where it shows, and the demo set
    request 200 /transactions/test-1
    cmp "$work/body" "$work/stored" || fail "read something else than what was stored"
    request 200 '/users/test-user/kickbacks?from=2023-05-01&to=2023-05-01'
    has '"transactionId":"test-1"'
    for _ in $(seq 60); do   # the worker may be slow on a busy machine
        request 200 '/categories/TEST/rankings?month=2023-05&by=card'
        if grep -q '"rank":1' "$work/body"; then break; fi
        sleep 1
    done
    has '"rank":1,"medal":"GOLD","id":"test-card","name":"プラチナカード","count":1,"transactionTotal":5000'
    request 200 /transactions/demo-1-0001
    request 200 /health/ready
}

purchase='{"transactionId": "test-1", "userId": "test-user", "transactionDate": "2023-05-01", "cardId": "test-card",
 "cardName": "プラチナカード", "merchantName": "スーパーマーケットA", "category": "TEST", "transactionAmount": 5000,
 "kickbackAmount": 50, "kickbackType": "POINT", "kickbackRate": 0.01, "description": "食料品購入"}'

compose build
size=$(docker image inspect --format '{{.Size}}' "$IMAGE")
say "built, $((size / 1000000)) MB"
[ "$size" -lt $((MAX_IMAGE_MB * 1000000)) ] || fail "the image has more than $MAX_IMAGE_MB MB"

status=0
timeout 60 docker run --rm --read-only "$IMAGE" >"$work/refused" 2>&1 || status=$?
[ "$status" = 78 ] || fail "exit code $status, not 78, without settings: $(cat "$work/refused")"
grep -q CURSOR_KEYS "$work/refused" || fail "does not say which setting is missing: $(cat "$work/refused")"
say 'refuses to run without its settings'

start
post 201
cp "$work/body" "$work/stored"
post 200
grep -qi '^idempotency-replayed: true' "$work/head" || fail "not said to be a replay: $(cat "$work/head")"
cmp "$work/body" "$work/stored" || fail "the replay has another body"
read_back
request 200 /docs
has swagger
say 'posted, replayed, read by id, in the history and in the ranking'

confined='
import os, pathlib, sys

def status(name):
    lines = pathlib.Path("/proc/1/status").read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith(name + ":"))

def refused(path):
    try:
        pathlib.Path(path).write_text("x")
    except OSError as error:
        return os.strerror(error.errno)
    return "written"

def files():
    for folder, _, names in os.walk("/"):
        if not folder.startswith(("/proc", "/sys", "/dev")):
            yield from (os.path.join(folder, name) for name in names)

pathlib.Path("/tmp/written").write_text("x")
found = {
    "user": os.getuid(),
    "capabilities": int(status("CapEff"), 16),
    "no new privileges": status("NoNewPrivs"),
    "service": refused("/service/written"),
    "root": refused("/written"),
    "setuid": [path for path in files() if os.path.isfile(path) and os.stat(path).st_mode & 0o6000],
    "programs": {name.rstrip("0123456789.") for path in files()
                 if "bin" in path.split("/")[:-1] and os.access(path, os.X_OK) for name in [os.path.basename(path)]},
}
wanted = {
    "user": 10001, "capabilities": 0, "no new privileges": "1", "service": "Read-only file system",
    "root": "Read-only file system", "setuid": [], "programs": {"python", "kickbacks"},
}
sys.exit(None if found == wanted else str(found))
'
for name in api worker; do
    container=$(compose ps --quiet "$name")
    told=$(docker inspect --format '{{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.Privileged}} {{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}} {{.HostConfig.SecurityOpt}}' "$container")
    [ "$told" = '10001:10001 true false [ALL] [] [no-new-privileges:true]' ] || fail "$name is run as: $told"
    timeout 60 docker exec "$container" python -I -c "$confined" || fail "$name is not confined"
done
if timeout 60 docker exec --user 0 "$api" python -c 'open("/service/written", "w")' 2>"$work/refused"; then fail 'the root file system can be written to'; fi
grep -q 'Read-only file system' "$work/refused" || fail "refused for another reason: $(cat "$work/refused")"
if timeout 60 docker exec "$api" python -c 'import pip' 2>/dev/null; then fail 'has an installer'; fi
keys=$(timeout 60 docker exec "$api" python -c 'import os; s = os.stat("/var/lib/kickbacks/vault-keys.json"); print(s.st_uid, oct(s.st_mode & 0o777))') || fail 'made no keys for the vault'
[ "$keys" = '10001 0o600' ] || fail "the vault's keys are not its own: $keys"
say 'service and worker run as their own user without privileges, on a read-only file system, without shell or tools'

ready_ms=$(start_times | median)
half_ms=$(start_times --cpus 0.5 | median)
say "ready $ready_ms ms after docker run, $half_ms ms with half a CPU (medians of $STARTS)"
[ "$ready_ms" -lt "$MAX_START_MS" ] || fail "a start takes more than $MAX_START_MS ms"

timeout 60 docker restart --time "$GRACE_SECONDS" "$api" >/dev/null
start
read_back
say 'restarted, read again'

since=$SECONDS
timeout 60 docker stop --time "$GRACE_SECONDS" "$api" >/dev/null
status=$(docker inspect --format '{{.State.ExitCode}}' "$api")
case $status in 0 | 143) ;; *) fail "stopped with exit code $status after $((SECONDS - since)) s" ;; esac
say "stopped within $((SECONDS - since)) s, exit code $status"

compose down
start
read_back
say 'containers removed and made again, read again'
