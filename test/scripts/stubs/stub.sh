# Stand-ins for npm, Python with pip and venv, and the C++ compiler: they leave the files that the real ones would, empty,
# and behave as STUB says, such as {"pip download":"offline"}. The first argument names the program played. A shell, since a
# set-up calls a dozen of them and Node takes ten times as long to start.
PATH=/usr/bin:/bin
program=$1
shift
line=$*

NPM_OFFLINE='npm error code ENOTFOUND
npm error network request to https://registry.invalid/ failed'
PIP_OFFLINE="WARNING: Retrying after connection broken by 'NewConnectionError(': Failed to establish a new connection')'
ERROR: Could not find a version that satisfies the requirement"

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# behaves CALL HOW: whether STUB has this.
behaves() {
  case $STUB in *"\"$1\":\"$2\""*) return 0 ;; esac
  return 1
}

# write PATH TEXT
write() {
  mkdir -p "$(dirname "$1")" && printf '%s' "$2" >"$1" && chmod 755 "$1"
}

# act CALL [SAID]: notes the call and does what STUB wants of it; SAID is printed where the network is down.
act() {
  printf '%s\n' "$1" >>"$STUB_LOG"
  if behaves "$1" deaf; then trap '' INT TERM; fi
  if behaves "$1" deaf || behaves "$1" hang; then exec sleep 60; fi
  if behaves "$1" offline; then fail "$2"; fi
  if behaves "$1" fail; then fail "$1: something is wrong"; fi
}

# option NAME: the value of NAME=VALUE among the arguments.
option() {
  value=${line#*"$1="}
  printf '%s' "${value%% *}"
}

npm() {
  write node_modules/half.txt ''
  act 'npm ci' "$NPM_OFFLINE"
  packages=node_modules/@tensorflow
  write $packages/tfjs-node/index.js "
require('node:fs').accessSync(__dirname + '/../tfjs-node-gpu/lib/napi-v8/tfjs_binding.node');
module.exports = { getBackend: () => 'tensorflow', add: (a, b) => ({ dataSync: () => [a + b] }) };"
  write $packages/tfjs-node-gpu/binding/tfjs_binding.cc ''
  write node_modules/typescript/bin/tsc "require('node:fs').mkdirSync('lib/dist', { recursive: true });
require('node:fs').writeFileSync('lib/dist/index.js', '');
require('node:fs').appendFileSync(process.env.STUB_LOG, 'tsc\\n');"
  cp package-lock.json node_modules/.package-lock.json
}

python() {
  version=3.12.1
  case $STUB in *'"python":"'*) version=${STUB#*'"python":"'} version=${version%%'"'*} ;; esac
  case $line in
  *'"%d.%d.%d"'*) echo "$version" ;;
  *'"%d.%d"'*) echo "${version%.*}" ;;
  *'import venv'*) if behaves venv missing; then exit 1; fi ;;
  '-m venv'*)
    act venv
    mkdir -p .venv/bin
    cp "$(dirname "$STUB_LOG")/bin/python3" .venv/bin/python
    ;;
  *'pip --quiet download'*)
    write "$(option --dest)/half.whl" ''
    act 'pip download' "$PIP_OFFLINE"
    printf '  %s %s\n' "${line##* }" "$(option --platform)" >>"$STUB_LOG"
    ;;
  *--target=*)
    act 'pip install cuda' "$PIP_OFFLINE"
    write "$(option --target)/nvidia/cublas/lib/libcublas.so.12" ''
    ;;
  *'pip install'*) act 'pip install' "$PIP_OFFLINE" ;;
  '-m jupyterlab --version' | *'import jupyterlab_jupytext'*)
    if behaves jupyterlab broken || { behaves jupyterlab 'broken until venv' && ! grep -qs venv "$STUB_LOG"; }; then
      fail "ModuleNotFoundError: No module named 'tornado'"
    fi
    ;;
  *'pip config list'* | *'pip uninstall'*) ;; # It has no settings, and nothing that is not wanted.
  *extract_tensorflow.py*)
    write "$3/tensorflow/libtensorflow_cc.so.2" half
    act extract
    write "$3/tensorflow/libtensorflow_cc.so.2" whole
    write "$3/tensorflow/libtensorflow_framework.so.2" whole
    write "$3/cuda-requirements.txt" 'nvidia-cublas-cu12<13.0,>=12.5.3.2
'
    ;;
  *) fail "the stand-in for Python does not know: $line" ;;
  esac
}

compiler() {
  case $line in *--version*) return ;; esac
  output=${line#*-o }
  output=${output%% *}
  write "$output" half
  act compile
  [ -e .native/tensorflow/libtensorflow_cc.so.2 ] || fail 'cannot find libtensorflow_cc.so.2'
  write "$output" whole
}

case $program in
npm) npm ;;
python3) python "$@" ;;
*) compiler ;;
esac
