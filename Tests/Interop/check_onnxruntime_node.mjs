#!/usr/bin/env node
// Runs .onnx files in onnxruntime-node and holds their results to those written beside them: node check_onnxruntime_node.mjs FILE.onnx...
import { readFileSync } from "node:fs";
import * as ort from "onnxruntime-node";

const arrays = {
  float32: Float32Array, float64: Float64Array, int32: Int32Array, int64: BigInt64Array, uint32: Uint32Array, uint64: BigUint64Array,
  int8: Int8Array, uint8: Uint8Array, int16: Int16Array, uint16: Uint16Array, bool: Uint8Array,
};

function tensor({ type, dims, data }) {
  if (type === "string") return new ort.Tensor("string", data, dims);
  if (!(type in arrays)) throw new Error(`type ${type} is none of ${Object.keys(arrays).join(", ")}, string`);
  const convert = type.endsWith("64") && type !== "float64" ? BigInt : Number; // Number("NaN") is NaN
  return new ort.Tensor(type, arrays[type].from(data, convert), dims);
}

// The largest difference, relative to values above 1; infinite where it is not a matter of degree.
function difference(actual, expected) {
  if (actual.type !== expected.type || actual.dims.join() !== expected.dims.join())
    throw new Error(`is ${actual.type} [${actual.dims}], expected ${expected.type} [${expected.dims}]`);
  let largest = 0;
  expected.data.forEach((value, i) => {
    const other = actual.data[i];
    if (Object.is(value, other) || value === other) return; // NaN too
    const distance = typeof value === "number" ? Math.abs(value - other) / Math.max(1, Math.abs(value)) : Infinity;
    largest = Math.max(largest, Number.isNaN(distance) ? Infinity : distance);
  });
  return largest;
}

async function check(path) {
  const { tolerance, runs } = JSON.parse(readFileSync(path.replace(/\.onnx$/, ".json"), "utf8"));
  if (!runs?.length) throw new Error("no runs are written beside the file");
  const session = await ort.InferenceSession.create(path);
  let largest = 0;
  for (const run of runs) {
    const feeds = Object.fromEntries(Object.entries(run.inputs).map(([name, value]) => [name, tensor(value)]));
    const results = await session.run(feeds);
    for (const [name, expected] of Object.entries(run.outputs)) {
      if (!(name in results)) throw new Error(`has no output '${name}', but ${Object.keys(results).join(", ")}`);
      largest = Math.max(largest, difference(results[name], tensor(expected)));
    }
  }
  if (largest > tolerance) throw new Error(`differs by ${largest}, beyond ${tolerance}`);
  return `${runs.length} runs, largest difference ${largest.toExponential(1)}`;
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error("node check_onnxruntime_node.mjs FILE.onnx...");
  process.exit(1);
}
let failed = 0;
for (const path of paths) {
  try {
    console.log(`${path}: ${await check(path)}`);
  } catch (error) {
    failed++;
    console.error(`${path}: FAILED: ${error.message}`);
  }
}
console.log(`onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}: ${paths.length - failed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
