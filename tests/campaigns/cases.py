"""One case: some files, a command, and how it is drawn from a number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from .mutations import NUMBERS, WORDS, mutated
from .seeds import contents, seeds, sequence_file

_KEYS = (
    "sizes.hidden", "training.learning_rate", "training.optimizer", "training.batch", "training.truncate",
    "training.seed", "training.initialisation", "training.iterations", "training.clip_norm",
    "data.sequence", "data.values", "data.task", "data.targets", "data.mask", "parameters.W_hh",
    "initial.h", "model", "model.cell", "readout", "loss", "title", "expect", "metrics.error",
    "metrics.every", "shapes.h", "objective", "a.b.c", "",
)  # fmt: skip
_TASKS = (
    "reber", "embedded-reber", "anbn", "anbncn", "brackets", "bracket-validity", "binary-addition", "parity",
    "delayed-recall", "copy", "temporal-order", "adding", "rebar", "\x1b[1m",
)  # fmt: skip
_OPTIONS = (
    "strings",
    "longest",
    "kinds",
    "depth",
    "bits",
    "length",
    "lag",
    "letters",
    "seed",
    "\x9b",
)
_MODELS = (
    "elman",
    "srn",
    "lstm",
    "gru",
    "mgu",
    "lstm-1997",
    "lstm-peephole",
    "lstm-stacked",
    "echo-state",
    "carousel",
)
_UNTIL = (
    "loss < 0.01",
    "h[0] > 0",
    "loss <",
    "iteration > 1",
    "norm(grad(W_hh)) > 5",
    "\x1b",
    "y[9] < 1",
    "(" * 500,
)


@dataclass(frozen=True)
class Case:
    """Files by name, and the arguments of `rnntui`. changed: the name of the one that is shortened."""

    files: dict[str, bytes]
    arguments: tuple[str, ...]
    changed: str = ""

    @property
    def content(self) -> bytes:
        """Of the file that was changed."""
        return self.files.get(self.changed, b"")

    def with_content(self, content: bytes) -> Case:
        """The same with another content of the file that was changed."""
        return replace(self, files={**self.files, self.changed: content})


def case(seed: int, number: int) -> Case:
    """The case of a number; the same for the same two numbers."""
    random = Random(f"{seed}:{number}")
    if random.random() < 0.04:
        return _without_file(random)
    chosen = random.choice(seeds())
    content = mutated(random, chosen.content, contents())
    if random.random() < 0.1:  # the good file itself, so that the options are looked at
        content = chosen.content
    name = f"f{chosen.name[chosen.name.index('.') :]}"
    if chosen.run:
        files = {"f.toml": sequence_file(chosen.run), "run.npz": content}
        arguments = (
            "train",
            "f.toml",
            "--iterations",
            "1",
            "--resume",
            "run.npz",
            "--engine",
            "numpy",
        )
        return Case(files, arguments, "run.npz")
    if random.random() < 0.03:
        name = random.choice(("f", "f.txt", "f.toml", "f.csv", "f.json", "f.npz", "f.pkl", "f.gz"))
    return Case({name: content}, _command(random, name), name)


def _without_file(random: Random) -> Case:
    if random.random() < 0.1:
        return Case({}, ("tasks", "--json") if random.random() < 0.5 else ("tasks",))
    options = [part for _ in range(random.randrange(3)) for part in ("--set", _option(random))]
    more = random.choice(((), ("--json",), ("--seed", str(random.choice((1, 2**63, 2**64, -1))))))
    return Case({}, ("generate", random.choice(_TASKS), "-n", "3", *options, *more))


def _option(random: Random) -> str:
    return f"{random.choice(_OPTIONS)}{random.choice('====:')}{_value(random)}"


def _value(random: Random) -> str:
    small = [str(random.randrange(30)).encode()]
    chosen = random.choice((NUMBERS, WORDS, small, small))
    return random.choice(chosen).decode("utf-8", "surrogateescape").replace("\x00", "\\0")


def _command(random: Random, name: str) -> tuple[str, ...]:
    settings = _settings(random, name)
    match random.randrange(10):
        case 0 | 1 | 2 if name.endswith(".toml"):
            return ("check", name, *random.choice(((), (), ("--json",))))
        case 0 | 1 | 2 | 3 | 4:
            as_ = random.choice(("json", "json", "jsonl", "csv"))
            number = random.choice(("0", "0", "1", "2"))
            return ("trace", name, "--format", as_, "--iteration", number, *settings)
        case 5:
            as_ = random.choice(("text", "markdown", "latex", "html"))
            return ("explain", name, "--t", random.choice("1123"), "--format", as_, *settings)
        case _:
            until = random.choice(_UNTIL) if random.random() < 0.1 else ""
            more = ("--until", until) if until else random.choice(((), ("--json",)))
            return ("train", name, "--iterations", "2", "--engine", "numpy", *more, *settings)


def _settings(random: Random, name: str) -> tuple[str, ...]:
    found: list[str] = []
    while random.random() < 0.12:
        found += ["--set", f"{random.choice(_KEYS)}{random.choice('=====:')}{_value(random)}"]
    if not name.endswith(".toml") and random.random() < 0.4:
        found += ["--model", random.choice(_MODELS)]
        found += random.choice(([], ["--hidden", "2"], ["--target", "next"], ["--window", "2"]))
        found += random.choice(([], [], ["--symbols"]))
    return tuple(found)
