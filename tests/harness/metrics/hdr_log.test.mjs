// Reads a log with HdrHistogram's own JavaScript package: every count must be where the values say.

import assert from "node:assert";
import { execFileSync } from "node:child_process";
import test from "node:test";
import * as hdr from "hdr-histogram-js";

const text = execFileSync(process.env.HDR_LOG_SAMPLE, { encoding: "utf8", maxBuffer: 1 << 26 });
const values = text
  .split("\n")
  .filter((line) => line.startsWith("#values "))
  .map((line) => line.split(" ").slice(1).map(Number).sort((a, b) => a - b));

test("each interval has the values that were recorded", () => {
  const reader = new hdr.HistogramLogReader(text);
  for (const sorted of values) {
    const histogram = reader.nextIntervalHistogram();
    assert.equal(histogram.totalCount, sorted.length);
    assert.equal(histogram.minNonZeroValue, sorted[0]);
    for (const percent of [1, 25, 50, 90, 95, 99, 99.9, 100]) {
      const exact = sorted[Math.ceil((percent / 100) * sorted.length - 1e-9) - 1];
      const read = histogram.getValueAtPercentile(percent);
      assert.ok(Math.abs(read - exact) <= exact / 1000 + 1e-9, `p${percent}: ${read} for ${exact}`);
    }
  }
  assert.equal(reader.nextIntervalHistogram(), null);
});

test("intervals have their times and tags", () => {
  const reader = new hdr.HistogramLogReader(text);
  const [first, second] = [reader.nextIntervalHistogram(), reader.nextIntervalHistogram()];
  assert.equal(first.tag, hdr.NO_TAG ?? first.tag);
  assert.equal(second.tag, "tagged");
  assert.equal(second.startTimeStampMsec, 1_700_000_001_000);
});

test("histograms of several intervals add up", () => {
  const reader = new hdr.HistogramLogReader(text);
  const sum = reader.nextIntervalHistogram();
  sum.add(reader.nextIntervalHistogram());
  sum.add(reader.nextIntervalHistogram());
  const sorted = values.flat().sort((a, b) => a - b);
  const exact = sorted[Math.ceil(0.99 * sorted.length) - 1];
  assert.equal(sum.totalCount, sorted.length);
  assert.ok(Math.abs(sum.getValueAtPercentile(99) - exact) <= exact / 1000);
});
