// The examples as Faultline wrote them: `results` is what was reported, the rest are the reports' texts.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const directory = mkdtempSync(join(tmpdir(), "faultline-reports-"));
execFileSync(process.env.REPORT_SAMPLE, [directory]);
const read = (name) => readFileSync(join(directory, name), "utf8");
export const results = JSON.parse(read("results.json"));
export const junit = read("junit.xml");
export const html = read("report.html");
export const summary = read("summary.md");
rmSync(directory, { recursive: true });

// What a report shows in place of what it may not hold.
export const readable = (text) =>
  text
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/[\ufffe\uffff]/g, "\ufffd");

export const nameOf = (check) =>
  check.where === "run" ? `${check.kind}: ${check.what}` : `${check.kind} in ${check.where}: ${check.what}`;
