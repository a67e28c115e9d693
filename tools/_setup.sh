# Gives `prepare KIND`: .venv holds what `run` or `dev` needs. Sourced in the checkout's top folder.

# What the caller has set up for another project must not leak into this one.
unset PYTHONHOME PYTHONPATH PYTHONSAFEPATH
# Tests start hundreds of processes, which would compile all that they import each time.
unset PYTHONDONTWRITEBYTECODE

# A .venv is of use when its Python starts, is new enough, is really in there, and can install.
venv_is_usable() {
    .venv/bin/python -c '
import os, sys
from importlib.util import find_spec
sys.exit(not (
    sys.version_info >= (3, 11)
    and sys.prefix != sys.base_prefix
    and os.path.samefile(sys.prefix, ".venv")
    and (find_spec("pip") or find_spec("ensurepip"))
))' 2>/dev/null
}

find_python() {
    without_venv=
    for candidate in python3.13 python3.12 python3.11 python3; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$candidate"
            return
        fi
        without_venv=$candidate
    done
    if [ -n "$without_venv" ]; then
        echo "error: \`$without_venv\` cannot make environments: \`venv\` or \`ensurepip\` is missing"
        echo "  = help: install the package that has them, on Debian and Ubuntu \`python3-venv\`"
    else
        echo "error: no Python 3.11 or newer found"
        echo "  = help: install one; python3.13, python3.12, python3.11 and python3 were tried"
    fi >&2
    return 1
}

prepare() {
    if venv_is_usable; then
        python=.venv/bin/python
    else
        python=$(find_python)
    fi
    "$python" -m tools.environment "$1"
}
