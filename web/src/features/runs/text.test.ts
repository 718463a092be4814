import { describe, expect, it } from "vitest";
import { toCsv, toTsv } from "./export";
import { both, idIn, isCondition } from "./filter-text";
import { doubledKeys, pathOf, printKey, readKey } from "./run-keys";
import { formatSort, nextSort, parseSort } from "./sorting";

describe("the search field", () => {
  it.each([
    "config.lr < 1e-3",
    "config.lr<1",
    "state = running",
    'state in ["failed"]',
    "state not in [",
    '"baseline" in tags',
    'name ~ "resnet.*"',
    'summary["val/loss"] >= 0.2',
    "not (config.a is None)",
    "((duration_s > 60 or state == 'failed'))",
    "1e-3 > config.lr",
    "created > -7d",
    "-7d < created",
    "0.1 < config.lr < 0.2",
    '"res" in name',
    'min(history["val/loss"]) < 0.1',
    "exists(config.lr",
    "config.l",
    "not min(history.",
    "val/loss < 0.1",
    "baseline in tags",
    "metrics.loss<1",
    'name like "%res%"',
  ])("takes %s for a condition", (text) => expect(isCondition(text)).toBe(true));

  it.each([
    "",
    "resnet",
    "state",
    "running in circles",
    "name of the run",
    "lr=0.1",
    "configuration<3",
    "count(me) in",
    "now in tears",
    "a-config.lr",
    "tagsin",
    "5",
    "in",
    "not there",
  ])("takes %j for words", (text) => expect(isCondition(text)).toBe(false));
});

it("conditions stand together", () => {
  expect(both("a < 1 or b", 'id in ["x"]')).toBe('(a < 1 or b) and id in ["x"]');
  expect(both("", "a")).toBe("a");
  expect(idIn(['q"', "b"])).toBe('id in ["q\\"", "b"]');
});

describe("keys", () => {
  it.each([
    ["run", "name", "name"],
    ["config", "optimizer.lr", "config.optimizer.lr"],
    ["summary", "val/loss", "summary.val/loss"],
    ["summary", "a b", 'summary["a b"]'],
    ["config", 'say "hi", you', 'config["say \\"hi\\", you"]'],
  ] as const)("%s %s is written %s", (source, path, text) => {
    expect(printKey({ source, path })).toBe(text);
    expect(readKey(text)).toEqual({ source, path });
  });
});

it("reads and prints keys of the history", () => {
  const key = { source: "history", path: "val/loss", aggregate: "min" } as const;
  expect(printKey(key)).toBe("min(history.val/loss)");
  expect(readKey("min(history.val/loss)")).toEqual(key);
  expect(pathOf('count(history["a b"])')).toBe("count(a b)");
});

it("tells keys apart that are called alike", () => {
  const keys = ["name", "config.lr", "summary.lr", "summary.loss"];
  expect([...doubledKeys(keys)]).toEqual(["config.lr", "summary.lr"]);
});

describe("the order", () => {
  it("keeps keys with commas in quotes", () => {
    const text = '-summary["a, b"],created_at';
    expect(parseSort(text)).toEqual([
      { key: 'summary["a, b"]', isDescending: true },
      { key: "created_at", isDescending: false },
    ]);
    expect(formatSort(parseSort(text))).toBe(text);
    expect(parseSort(" , -")).toEqual([]);
  });

  it("goes up, down, and away with each click", () => {
    const click = (text: string, key: string, isFurther = false) =>
      formatSort(nextSort(parseSort(text), key, isFurther));
    expect(click("", "a")).toBe("a");
    expect(click("a", "a")).toBe("-a");
    expect(click("-a", "a")).toBe("");
    expect(click("-a,b", "b")).toBe("-b");
    expect(click("a", "b", true)).toBe("a,b");
    expect(click("a,b", "a", true)).toBe("-a,b");
    expect(click("-a,b", "a", true)).toBe("b");
  });
});

describe("a table as text", () => {
  it("is between tabs for a spreadsheet", () => {
    expect(
      toTsv([
        ["name", "loss"],
        ["a\tb\nc", "0.5"],
      ]),
    ).toBe("name\tloss\na b c\t0.5");
  });

  it("is quoted where it has to be, and never a formula", () => {
    expect(toCsv([['a "b", c', "-0.5", "=1+1", " x", "+inf", "@me"]])).toBe(
      '"a ""b"", c",-0.5,\'=1+1," x",\'+inf,\'@me\r\n',
    );
  });
});
