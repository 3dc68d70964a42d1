// What --json writes is what docs/result.schema.json says, by a validator of other people; and that says every field.

import assert from "node:assert";
import { readFileSync } from "node:fs";
import test from "node:test";
import Ajv from "ajv/dist/2020.js";
import { results } from "./sample.mjs";

const schema = JSON.parse(readFileSync(new URL("../../../docs/result.schema.json", import.meta.url), "utf8"));
const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

// Each object of the value, with its path.
function* objects(value, path = "") {
  if (value !== null && typeof value === "object") {
    if (!Array.isArray(value)) yield [path, value];
    for (const [name, inside] of Object.entries(value)) yield* objects(inside, `${path}/${name}`);
  }
}

test("describes the example", () => {
  assert.ok(validate(results), JSON.stringify(validate.errors));
});

test("the example has every field", () => {
  for (const list of ["checks", "phases", "budgets", "levels", "start_up"]) {
    assert.ok(results.results[0][list].length > 0, list);
  }
  assert.ok(results.results[0].budgets[0].burns.length > 1 && results.unjudged.length > 0);
});

test("refuses a field more, and one less", () => {
  for (const [path] of objects(results)) {
    const at = (root) => path.split("/").slice(1).reduce((value, name) => value[name], root);
    if (path.endsWith("/calls_per_arrival")) continue; // named by the scenario
    const more = structuredClone(results);
    at(more).unheard_of = 1;
    assert.ok(!validate(more), `${path} with a field more`);
    for (const name of Object.keys(at(results))) {
      const less = structuredClone(results);
      delete at(less)[name];
      assert.ok(!validate(less), `${path} without ${name}`);
    }
  }
});

test("refuses another schema and another verdict", () => {
  assert.ok(!validate({ ...results, schema: "faultline.results/2" }));
  assert.ok(!validate({ ...results, verdict: "passed" }));
});
