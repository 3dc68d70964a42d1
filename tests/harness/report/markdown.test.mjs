// A parser of GitHub's Markdown reads our summary: each table has the cells that were written, as they were written.

import assert from "node:assert";
import test from "node:test";
import { XMLParser } from "fast-xml-parser";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { nameOf, readable, results, summary } from "./sample.mjs";

const html = micromark(summary, { allowDangerousHtml: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] });
const text = (cell) =>
  cell
    .replace(/<br>/g, "\n")
    .replace(/<\/?strong>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
const rows = [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
  [...row.matchAll(/<t[hd]>(.*?)<\/t[hd]>/gs)].map(([, cell]) => text(cell)),
);
const shown = (value) => readable(value).replace(/\t/g, " ").replace(/\r/g, "").trim();

test("has each check with its cells as they were written", () => {
  for (const result of results.results) {
    for (const check of result.checks.filter((each) => each.verdict !== "held" || result.verdict === "held")) {
      const cells = [check.verdict, nameOf(check), check.target, check.actual, check.margin, check.detail].map(shown);
      assert.ok(
        rows.some((row) => JSON.stringify(row.map((cell) => cell.trim())) === JSON.stringify(cells)),
        JSON.stringify(cells),
      );
    }
  }
});

test("has a row for each scenario", () => {
  const [head] = rows;
  for (const { scenario } of [...results.results, ...results.unjudged]) {
    const row = rows.find(([first]) => first === scenario);
    assert.equal(row?.length, head.length, scenario);
  }
});

test("has no markup but ours", () => {
  const tags = new Set([...html.matchAll(/<([a-z0-9]+)/g)].map(([, tag]) => tag));
  const ours = ["br", "code", "details", "h3", "h4", "p", "pre", "strong", "summary"];
  assert.deepEqual([...tags].sort(), [...ours, "table", "tbody", "td", "th", "thead", "tr"].sort());
  assert.ok(!html.includes("alert(1)") || html.includes("&lt;script&gt;alert(1)"));
  assert.equal(new XMLParser().parse(`<all>${html.replace(/<br>/g, "<br/>")}</all>`).all.details !== undefined, true);
});

test("has the commands as they are", () => {
  for (const { repeat } of results.results) {
    const code = [...html.matchAll(/<code class="language-sh">(.*?)<\/code>/gs)].map(([, each]) => text(each).trimEnd());
    assert.ok(code.includes(repeat), repeat);
  }
});
