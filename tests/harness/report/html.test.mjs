// A strict parser reads our page: its elements are closed, and it shows each text as it was written.

import assert from "node:assert";
import test from "node:test";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { html, readable, results } from "./sample.mjs";

// What HTML has that XML has not.
const page = html
  .replace("<!doctype html>", "")
  .replace(/<meta [^>]*>/g, "")
  .replace(/&minus;/g, "-")
  .replace(/&times;/g, "x")
  .replace(/<style>.*?<\/style>/s, "");
const parser = new XMLParser({ preserveOrder: true, trimValues: false, parseTagValue: false, htmlEntities: true });
const tree = parser.parse(page);

const texts = [];
const elements = new Set();
(function visit(nodes) {
  for (const node of nodes) {
    for (const [name, inside] of Object.entries(node)) {
      if (name === "#text") {
        texts.push(inside.trim());
      } else if (name !== ":@") {
        elements.add(name);
        visit(inside);
      }
    }
  }
})(tree);

test("is well-formed", () => {
  assert.equal(XMLValidator.validate(page), true);
});

test("has no element but ours", () => {
  const ours = "a article body code dd div dl dt h1 h2 h3 head html p span strong table tbody td th thead title tr";
  assert.deepEqual([...elements].sort(), ours.split(" ").sort());
});

test("shows every text as it was written", () => {
  const shown = new Set(texts);
  for (const result of results.results) {
    const written = [result.title, result.scenario, result.repeat, result.directory, result.file];
    for (const check of result.checks) {
      written.push(check.what, check.target, check.actual, check.margin, check.detail);
    }
    for (const level of result.levels) {
      written.push(level.target, level.warning, level.actual, level.level);
    }
    for (const text of written) {
      assert.ok(text === "" || shown.has(readable(text).trim()), text);
    }
  }
  for (const { problem, remedy } of results.unjudged) {
    assert.ok(shown.has(problem) && (remedy === "" || shown.has(remedy)), problem);
  }
});
