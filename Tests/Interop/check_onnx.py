#!/usr/bin/python3
"""Checks .onnx files by onnx.checker: python3 check_onnx.py FILE..."""
import sys

import onnx
from onnx import checker, shape_inference


def check(path):
    checker.check_model(path)
    model = onnx.load(path)
    # Strict shape inference finds operators whose inputs do not fit together, which the checker passes over.
    shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    # Each weight under a name of its own, so that training can start from the file.
    names = [tensor.name for tensor in model.graph.initializer]
    assert len(names) == len(set(names)), "initializers share a name"
    operators = sorted({node.op_type for node in model.graph.node})
    print(f"{path}: IR {model.ir_version}, opset {model.opset_import[0].version}, {' '.join(operators)}")


def main(paths):
    if not paths:
        sys.exit(__doc__)
    failed = 0
    for path in paths:
        try:
            check(path)
        except Exception as error:
            failed += 1
            print(f"{path}: FAILED: {error}", file=sys.stderr)
    print(f"onnx {onnx.__version__}: {len(paths) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main(sys.argv[1:])
