/** Trees and keys as text that reads as the same again. The server's: domain/filter_printing.py. */

import { assertNever } from "../assert-never";
import type { Filter, Key, Value } from "./types";

const PLAIN = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
  "\t": "\\t",
  "\r": "\\r",
};

/** How tightly the words bind: what stands within a tighter one needs parentheses. */
const OR = 1;
const AND = 2;
const NOT = 3;

export function printFilter(tree: Filter): string {
  return tree.is === "and" && tree.terms.length === 0 ? "" : print(tree, 0);
}

/** `name`, `config.lr`, `summary["val/loss"]`, `min(history.loss)`. */
export function printKey({ source, path, aggregate }: Key): string {
  if (source === "run") return path;
  const text = PLAIN.test(path) ? `${source}.${path}` : `${source}[${quote(path)}]`;
  return aggregate === undefined ? text : `${aggregate}(${text})`;
}

export function quote(text: string): string {
  return `"${text.replace(/[\\"\n\t\r]/g, (char) => ESCAPES[char] ?? char)}"`;
}

export function printNumber(value: number): string {
  if (Number.isNaN(value)) return "nan";
  return String(value).replace("Infinity", "inf");
}

function print(tree: Filter, within: number): string {
  switch (tree.is) {
    case "and":
      return joined("and", tree.terms, AND, within) ?? "true";
    case "or":
      return joined("or", tree.terms, OR, within) ?? "false";
    case "not":
      return leaf(tree.term, true) ?? `not ${print(tree.term, NOT)}`;
    default:
      return leaf(tree, false) ?? "";
  }
}

/** A condition, or its opposite where that has a form of its own. */
function leaf(tree: Filter, isNot: boolean): string | null {
  switch (tree.is) {
    case "compare":
      return isNot ? null : `${printKey(tree.key)} ${tree.op} ${printValue(tree.value)}`;
    case "in":
      return `${printKey(tree.key)} ${isNot ? "not " : ""}in [${tree.values.map(printValue).join(", ")}]`;
    case "exists":
      return `${printKey(tree.key)} is ${isNot ? "" : "not "}None`;
    case "matches":
      return `${printKey(tree.key)} ${isNot ? "!" : ""}~ ${quote(tree.pattern)}`;
    case "tag":
      return `${quote(tree.tag)} ${isNot ? "not " : ""}in tags`;
    case "and":
    case "or":
    case "not":
      return null;
    default:
      return assertNever(tree);
  }
}

function joined(
  word: string,
  terms: readonly Filter[],
  level: number,
  within: number,
): string | null {
  if (terms.length === 0) return null;
  // An equal level needs parentheses too, so that the tree keeps its shape.
  const text = terms.map((term) => print(term, level)).join(` ${word} `);
  return within >= level ? `(${text})` : text;
}

function printValue(value: Value): string {
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      return printNumber(value);
    case "string":
      return quote(value);
    default:
      if ("time" in value) return quote(value.time);
      return value.ago === 0 && value.unit === "s"
        ? "now"
        : `-${printNumber(value.ago)}${value.unit}`;
  }
}
