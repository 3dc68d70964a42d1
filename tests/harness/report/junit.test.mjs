// Two parsers of other people read our JUnit XML: every suite, case, failure, time and property is what was written.

import assert from "node:assert";
import test from "node:test";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { parse } from "junit2json";
import { junit, nameOf, readable, results } from "./sample.mjs";

// What a suite must be, of a result and of a scenario that has none.
function suiteOf(result) {
  const phase = (where) => result.phases.find((each) => each.name === where);
  const taken = new Set();
  const cases = result.checks.map((check) => {
    let name = readable(nameOf(check));
    for (let n = 2; taken.has(name); ++n) name = `${readable(nameOf(check))} (${n})`;
    taken.add(name);
    const lines = [
      ["target", check.target],
      ["actual", check.actual],
      ["margin", check.margin],
      ["detail", check.detail],
      ["run it again", result.repeat],
    ];
    const account = lines.filter(([, text]) => text !== "").map(([what, text]) => `${what}: ${readable(text)}`);
    const problem = { message: account.join("; "), type: check.kind, body: account.join("\n") };
    return {
      name,
      classname: readable(`faultline.${result.scenario}.${check.kind}`),
      time: phase(check.where)?.length ?? 0,
      ...(check.verdict === "failed" && { failure: problem }),
      ...(check.verdict === "invalid" && { error: problem }),
    };
  });
  const properties = {
    title: result.title,
    verdict: result.verdict,
    seed: String(result.seed),
    version: result.version,
    file: result.file,
    repeat: result.repeat,
    directory: result.directory,
    ...(result.recovery !== null && { recovery_seconds: String(result.recovery) }),
    ...(result.budget_spent !== null && { budget_spent: String(result.budget_spent) }),
    ...Object.fromEntries(result.budgets.map((budget) => [`budget_spent.${budget.slo}`, String(budget.spent)])),
  };
  for (const name of Object.keys(properties)) properties[name] = readable(properties[name]);
  // JavaScript has no integers of 64 bits.
  if (result.seed > Number.MAX_SAFE_INTEGER) properties.seed = result.repeat.split(" ").at(-1);
  return {
    name: readable(result.scenario),
    tests: cases.length,
    failures: cases.filter((each) => each.failure).length,
    errors: cases.filter((each) => each.error).length,
    skipped: 0,
    time: result.phases.reduce((sum, each) => sum + each.length, 0),
    properties,
    cases,
  };
}

const judged = results.results.map(suiteOf);

// A parser's own shape -> the shape above.
function shaped(suite, text) {
  const problem = (list) => list?.[0] && { message: list[0].message, type: list[0].type, body: list[0][text] };
  return {
    name: suite.name,
    tests: Number(suite.tests),
    failures: Number(suite.failures),
    errors: Number(suite.errors),
    skipped: Number(suite.skipped),
    time: Number(suite.time),
    properties: Object.fromEntries(suite.properties.map(({ name, value }) => [name, value])),
    cases: suite.testcase.map((each) => {
      const failure = problem(each.failure);
      const error = problem(each.error);
      return {
        name: each.name,
        classname: each.classname,
        time: Number(each.time),
        ...(failure && { failure }),
        ...(error && { error }),
      };
    }),
  };
}

test("is well-formed", () => {
  assert.equal(XMLValidator.validate(junit), true);
});

test("is read by junit2json without loss", async () => {
  const read = await parse(junit);
  const suites = read.testsuite.map((suite) => ({ ...suite, properties: suite.properties }));
  assert.deepEqual(suites.slice(0, judged.length).map((suite) => shaped(suite, "inner")), judged);
  assert.equal(read.name, "faultline");
  assert.equal(read.tests, judged.reduce((sum, suite) => sum + suite.tests, results.unjudged.length));
});

test("is read by fast-xml-parser without loss", () => {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
    alwaysCreateTextNode: true,
    isArray: (name) => ["testsuite", "testcase", "failure", "error", "property"].includes(name),
  });
  const { testsuites } = parser.parse(junit);
  const suites = testsuites.testsuite.map((suite) => ({ ...suite, properties: suite.properties.property }));
  assert.deepEqual(suites.slice(0, judged.length).map((suite) => shaped(suite, "#text")), judged);

  const [missing, interrupted] = testsuites.testsuite.slice(judged.length);
  assert.equal(missing.testcase[0].error[0].message, `${results.unjudged[0].problem}; ${results.unjudged[0].remedy}`);
  assert.equal(interrupted.skipped, "1");
  assert.equal(interrupted.testcase[0].skipped.message, results.unjudged[1].problem);
  const stopped = results.results.findIndex((result) => result.stopped);
  assert.match(testsuites.testsuite[stopped]["system-out"]["#text"], /^stopped at its first failure/);
});
