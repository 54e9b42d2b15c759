"""The same bits on every processor with fused multiply-add: compiled for several, run on this one."""

from __future__ import annotations

import platform

import numpy as np
import pytest

from rnntui.compile import training_kernel
from rnntui.compile.llvm.jit import MachineCode
from rnntui.data.sequence_file import parse_sequence_file, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.engine.compiled_engine import CompiledEngine
from rnntui.session.checks import start_training

pytest.importorskip("llvmlite")

WIDE = """
model = "gru"
sizes.hidden = 21
[data]
one_hot = "ABCDEFGHIJKLMNOPQ"
sequences = ["ABCDEFGHIJKLMNOPQ", "QPO", "AA"]
targets = "next"
[training]
optimizer = "adam"
learning_rate = 0.01
batch = 2
"""
# each with less than the one before: vectors of 512 and of 256 bits
PROCESSORS = {
    "x86-64-v4": ("avx512f", "avx512dq", "avx512vl", "avx512bw", "avx512cd"),
    "x86-64-v3": ("avx2", "fma"),
}


def trained(text: str, cpu: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    file = parse_sequence_file(text) if "\n" in text else read_sequence_file(find_file(text))
    trainer, start = start_training(file)
    monkeypatch.setattr(
        training_kernel,
        "MachineCode",
        lambda code, *_: MachineCode(code, cpu, "+fma" if cpu else ""),
    )
    after, losses = CompiledEngine(trainer).train(start, 60)
    return losses.tobytes() + b"".join(np.ravel(v).tobytes() for v in after.parameters.values())


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="the processors are x86")
@pytest.mark.parametrize(
    "text", ["reber", "binary-addition", "anbncn", WIDE], ids=lambda t: t[:8].strip()
)
def test_whatever_the_processor_has(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import llvmlite.binding

    host = llvmlite.binding.get_host_cpu_features()
    here = trained(text, "", monkeypatch)
    runs_here = [cpu for cpu, needs in PROCESSORS.items() if all(map(host.get, needs))]
    assert runs_here or not host.get("avx2")
    for cpu in runs_here:
        assert trained(text, cpu, monkeypatch) == here, cpu
