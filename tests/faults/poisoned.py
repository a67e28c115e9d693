"""Reads hostile policy files in a process of its own, with little memory and little time.

Prints what was read, what was not refused as it should be, and the worst milliseconds and MiB.
"""

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from time import process_time

from policyengine.policy.load import load_policy
from policyengine.policy.text import BYTES_MAX
from policyengine.values.diagnostics import drawn

POLICY = Path(__file__).parents[2] / "policies" / "codeflicker" / "v1.yaml"
SPARE_MIB = 192
"""How much more than an honest policy needs may be asked for, at most."""
CPU_SECONDS_PER_FILE = 2
MIB = 1024 * 1024

FORMULAS = (
    "9**9**9**9",
    "tokens_at_rate ** 99",
    "tokens_at_rate << 99999",
    "__import__('os').system('true')",
    "().__class__.__mro__[1].__subclasses__()",
    "(x for x in (1,)).gi_frame.f_back.f_globals",
    "'{0.__class__}'.format(tokens_at_rate)",
    "[x for x in range(9**9)]",
    "lambda: 1",
    "max(" * 90 + "1" + ")" * 90,
    "(" * 190 + "1",
    "1" * 199,
    "1e999999999",
    "0x" + "f" * 190,
    "tokens_at_rate." + "a" * 150,
    "f'{tokens_at_rate}'",
    "'a' * 999999999",
    "tokens_at_rate if multiplier else",
    "eval('1')",
    "min()",
    "tokens_at_rate * " * 11 + "1",
)


def corpus() -> Iterator[tuple[str, bytes]]:
    """Give hostile files that are known."""
    text = POLICY.read_text(encoding="utf-8")
    yield "laughs", ("a: &a [x]\n" + "b: [*a,*a]\n" * 60_000).encode()
    yield "laughing keys", _doubling("[*a{0},*a{0}]")
    yield "doubled merges", _doubling("{{<<: [*a{0}, *a{0}]}}")
    yield "an alias of itself", b"a: &a [*a]\n"
    yield "sixties", b"a: " + b"1:" * 400_000 + b"1\n"
    yield "a million digits", b"a: " + b"9" * (BYTES_MAX - 9)
    yield "brackets", b"[" * (BYTES_MAX - 1)
    yield "braces", b"{a: " * (BYTES_MAX // 4 - 1)
    yield "hyphens", b"- " * (BYTES_MAX // 2 - 1)
    yield "stairs", "\n".join(" " * n + "a:" for n in range(1400)).encode()
    yield "keys", b"".join(b"k%d: 1\n" % n for n in range(99_000))
    yield "equal keys", b"a: 1\n" * 90_000
    yield "not a number", b"credits: {smallest: .nan}\n"
    yield "a tag", b"a: !!python/object/apply:os.system ['true']\n"
    yield "a reference", b"$ref: 'file:///etc/passwd'\n"
    yield "too large", b"#" * (8 * MIB)
    yield "no unicode", bytes(range(256)) * 512
    yield "nothing but marks", b"?:-,[]{}#&*!|>'\"%@`" * 9000
    yield "an open quote", b'a: "' + b"x\n" * (BYTES_MAX // 2 - 9)
    for number, formula in enumerate(FORMULAS):
        quoted = json.dumps(formula)
        assert "tokens_at_rate * multiplier" in text
        yield f"formula {number}", text.replace("tokens_at_rate * multiplier", quoted).encode()
    names = "".join(f"  m{n}: {{multiplier: 1}}\n" for n in range(20_000))
    yield "models", text.replace("models:\n", f"models:\n{names}").encode() + b"\nx: 1\n"


def _doubling(shape: str) -> bytes:
    lines = ["a0: &a0 {k: 1}"]
    lines += [f"a{n}: &a{n} {shape.format(n - 1)}" for n in range(1, 40)]
    return "\n".join(lines).encode()


def fuzz(seed: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Give honest files with some bytes changed, repeated, cut out or put in."""
    chance = Random(seed)
    whole = POLICY.read_bytes()
    pieces = [b"&a ", b"*a", b"<<: ", b"!!int ", b"{", b"[", b": ", b"- ", b"\t", b"\0", b"\xff"]
    pieces += [
        b"1e9",
        b"0x1",
        b"9" * 400,
        b"|\n",
        b"'",
        b'"',
        b"#",
        b"%",
        b"---\n",
        b"\xe2\x80\xae",
    ]
    for number in range(count):
        data = whole
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data) + 1)
            how = chance.randrange(4)
            if how == 0:
                data = data[:at] + chance.choice(pieces) + data[at:]
            elif how == 1:
                data = data[:at] + data[at + chance.randint(1, 40) :]
            elif how == 2:
                data = data[:at] + data[at : at + 60] * chance.randint(2, 30) + data[at:]
            else:
                data = data[:at] + chance.randbytes(chance.randint(1, 9)) + data[at + 4 :]
        yield f"fuzz {number}", data


def read(data: bytes) -> bool:
    """Read a file as every command does; tells whether it is a policy."""
    loaded = load_policy(data, "p.yaml")
    for each in loaded.diagnostics[:3]:
        drawn(each, loaded.source.lines)
    return loaded.policy is not None


def peak_mib() -> int:
    """Give the most memory that this process has had; `getrusage` would count its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def main(seed: int, count: int) -> None:
    """Read everything, and say how it went."""
    assert read(POLICY.read_bytes())
    honest = peak_mib()
    with open("/proc/self/statm", encoding="ascii") as pages:  # noqa: PTH123  # a device
        space = int(pages.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (space + SPARE_MIB * MIB,) * 2)
    samples, accepted, worst, slowest = 0, [], 0.0, ""
    for name, data in (*corpus(), *fuzz(seed, count)):
        samples += 1
        spent = int(process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (spent + 1 + CPU_SECONDS_PER_FILE, -1))
        began = process_time()
        if read(data) and not name.startswith("fuzz"):
            accepted.append(name)
        took = process_time() - began
        worst, slowest = max((worst, slowest), (took, name))
    said = {"samples": samples, "accepted": accepted, "slowest": slowest}
    more = {"worst_ms": round(worst * 1000), "worst_mib": peak_mib() - honest}
    sys.stdout.write(json.dumps({**said, **more}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
