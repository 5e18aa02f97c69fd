"""What runs the networks: ONNX Runtime, or OpenVINO where a person has installed it and asks for it.

Both read the same ONNX files; docs/scale.md has what each takes. Which one reads is never found out by a stopwatch at run time: on a busy
day other letters would be read, and all that is stored would be stale.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from digitise.config import BackendName
from digitise.errors import DependencyError

FloatMap = npt.NDArray[np.float32]
Backend = Literal["onnxruntime", "openvino"]

MISSING_REMEDY = 'Install it with pip install "digitise[openvino]", or take backend = "openvino" out of [reading].'
_KINDS = {"f32": "tensor(float)"}
"""OpenVINO's names of element types in ONNX Runtime's words, as far as errors tell them."""


class Input(NamedTuple):
    """What a network takes, as its file states it."""

    name: str
    kind: str
    """Of its numbers: 'tensor(float)'."""
    shape: tuple[Any, ...]
    """A free dimension is anything but a number above 0."""


class Session(Protocol):
    """One network, ready to run."""

    inputs: Sequence[Input]
    metadata: Mapping[str, str]

    def run(self, tensor: FloatMap) -> FloatMap:
        """Its first output. Raises whatever the backend raises."""
        ...


def choose_backend(name: BackendName) -> Backend:
    """What a setting means. Raises DependencyError where it is not installed."""
    if name == "openvino":
        if importlib.util.find_spec("openvino") is None:
            raise DependencyError("OpenVINO", "is not installed", MISSING_REMEDY)
        return "openvino"
    return "onnxruntime"


def backend_version(backend: Backend) -> str:
    """Changes whenever the backend could give other numbers."""
    return ort.__version__ if backend == "onnxruntime" else f"openvino {importlib.metadata.version('openvino')}"


def open_session(path: Path, *, threads: int, backend: Backend = "onnxruntime") -> Session:
    """An ONNX file ready to run on `threads` cores (0: the backend chooses). Raises DependencyError, and what the backend raises."""
    return _OnnxSession(path, threads) if backend == "onnxruntime" else _OpenvinoSession(path, threads)


class _OnnxSession:
    def __init__(self, path: Path, threads: int) -> None:
        options = ort.SessionOptions()
        options.log_severity_level = 4
        # pictures come in so many shapes that a plan of memory for each is hardly used again. ONNX Runtime's arena without plans makes
        # the finder a fifth faster than no arena (2.2 megapixels: 0.86 s for 1.01), the recogniser an eighth, and takes less (527 MB for
        # 694)
        options.enable_mem_pattern = False
        options.intra_op_num_threads = threads
        # threads that spin while they wait take the cores from the other photos' processes
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])
        self.inputs: Sequence[Input] = [Input(i.name, i.type, tuple(i.shape)) for i in self._session.get_inputs()]
        self.metadata: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map

    def run(self, tensor: FloatMap) -> FloatMap:
        output: FloatMap = self._session.run(None, {self.inputs[0].name: tensor})[0]
        return output


class _OpenvinoSession:
    def __init__(self, path: Path, threads: int) -> None:
        openvino = _import_openvino()
        core = openvino.Core()
        model = core.read_model(str(path))
        self.inputs: Sequence[Input] = [_describe_input(i) for i in model.inputs]
        self.metadata: Mapping[str, str] = _read_metadata(model)
        settings = {
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
            # half precision, the default on processors that have it, could read other letters on one machine than on another
            "INFERENCE_PRECISION_HINT": "f32",
            # by itself each process would bind its threads to the first cores, and all workers would share these
            "ENABLE_CPU_PINNING": False,
        }
        if threads:
            settings["INFERENCE_NUM_THREADS"] = threads
        self._request = core.compile_model(model, "CPU", settings).create_infer_request()

    def run(self, tensor: FloatMap) -> FloatMap:
        # a copy: the request's own memory is used again by its next run
        output: FloatMap = self._request.infer({0: tensor}, share_inputs=True)[0]
        return output


def _import_openvino() -> Any:
    # OpenVINO reports each import to its makers' server through this package; where it cannot be imported, it does not. Nothing of what
    # happens here leaves the computer
    if "openvino" not in sys.modules:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        import openvino  # noqa: PLC0415 - most people do not have it
    except ImportError as e:
        raise DependencyError("OpenVINO", f"cannot be loaded ({e})", MISSING_REMEDY) from e
    return openvino


def _describe_input(port: Any) -> Input:
    shape = tuple(d.get_length() if d.is_static else None for d in port.partial_shape) if port.partial_shape.rank.is_static else ()
    kind = port.element_type.get_type_name()
    return Input(port.any_name, _KINDS.get(kind, kind), shape)


def _read_metadata(model: Any) -> dict[str, str]:
    """What the ONNX file says of itself; OpenVINO keeps it beside other notes."""
    if not model.has_rt_info(["framework"]):
        return {}
    return {str(key): str(value) for key, value in model.get_rt_info(["framework"]).value.items()}
