// A run beside the cell that logs it. Everything drawn comes from the kernel (packing.py): no
// request leaves the page. Texts are set as texts, so no name can be markup.

const WIDTH = 240;
const HEIGHT = 64;
const SILENCE_MS = 20000;
const SVG = "http://www.w3.org/2000/svg";
const NEVER = "▽ NaN, ▲ +∞, ▼ −∞";

function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in node) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function draw(tag, attributes, parent) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  parent.append(node);
  return node;
}

/** Four significant digits, as `number` of sdk/card.py writes them. */
function number(value) {
  if (Number.isNaN(value)) return "NaN";
  const size = Math.abs(value);
  let text;
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    text = value
      .toExponential(3)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  } else {
    const digits = size === 0 ? 0 : Math.max(0, 3 - Math.floor(Math.log10(size)));
    text = value.toLocaleString("en-US", { maximumFractionDigits: digits });
  }
  return text.replaceAll("-", "−");
}

function floats(bytes) {
  if (bytes === undefined) return new Float32Array();
  const view = bytes instanceof DataView ? bytes : new DataView(bytes.buffer ?? bytes);
  const found = new Float32Array(Math.floor(view.byteLength / 4));
  for (let i = 0; i < found.length; i++) found[i] = view.getFloat32(4 * i, true);
  return found;
}

// Not by the distance: that of two doubles may be more than a double.
const between = ([low, high], share) => low * (1 - share) + high * share;
const across = (share) => (2 + share * (WIDTH - 4)).toFixed(1);
const down = (share) => (HEIGHT - 4 - share * (HEIGHT - 8)).toFixed(1);

/** The band and the line: runs of buckets that have a finite value. */
function paths(points) {
  let band = "";
  let line = "";
  let alone = "";
  const num = points.length / 4;
  for (let i = 0; i < num; i++) {
    if (Number.isNaN(points[4 * i + 3])) continue;
    const start = i;
    while (i + 1 < num && !Number.isNaN(points[4 * (i + 1) + 3])) i++;
    let middle = "";
    let there = "";
    let back = "";
    for (let k = start; k <= i; k++) {
      const x = across(points[4 * k]);
      middle += `${k === start ? "M" : "L"}${x} ${down(points[4 * k + 3])}`;
      there += `${k === start ? "M" : "L"}${x} ${down(points[4 * k + 2])}`;
      back = `L${x} ${down(points[4 * k + 1])}${back}`;
    }
    if (start === i) {
      alone += `${middle}h.01`;
    } else {
      line += middle;
      band += `${there}${back}z`;
    }
  }
  return { band, line, alone };
}

/** One chart; `update` draws it anew, `point` shows the values at a share of its width. */
function chart(name, onPoint) {
  const label = make("span", { textContent: name, title: name, className: "rs-muted" });
  const value = make("span");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  const even = { "vector-effect": "non-scaling-stroke" };
  for (const y of [4, HEIGHT - 4]) {
    draw("line", { x1: 0, x2: WIDTH, y1: y, y2: y, class: "rs-rule", ...even }, svg);
  }
  const band = draw("path", { class: "rs-band" }, svg);
  const line = draw("path", { class: "rs-curve", ...even }, svg);
  const alone = draw("path", { class: "rs-curve rs-alone", ...even }, svg);
  const marks = draw("g", { class: "rs-odd" }, svg);
  const cross = draw("line", { y1: 0, y2: HEIGHT, class: "rs-cross", ...even }, svg);
  cross.style.display = "none";
  const left = make("span");
  const right = make("span");
  const axis = make("div", { className: "rs-axis" }, left, right);
  const node = make("figure", {}, make("figcaption", {}, label, value), svg, axis);
  let data;
  let points = new Float32Array();

  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    onPoint(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  });
  svg.addEventListener("pointerleave", () => onPoint(null));

  function rest() {
    cross.style.display = "none";
    value.textContent = data.last;
    const range = data.range;
    const steps = [...new Set(data.steps)].map((step) => step.toLocaleString("en-US"));
    left.textContent = `step ${steps.join(" – ")}`;
    right.textContent = range && range[0] < range[1] ? range.map(number).join(" … ") : "";
  }

  return {
    node,
    update(next) {
      if (next === data) return;
      data = next;
      points = floats(data.points);
      const drawn = paths(points);
      band.setAttribute("d", drawn.band);
      line.setAttribute("d", drawn.line);
      alone.setAttribute("d", drawn.alone);
      marks.replaceChildren();
      for (const [at, kinds] of data.odd) {
        const x = 2 + points[4 * at] * (WIDTH - 4);
        // NaN and −∞ at the lower edge, +∞ at the upper one.
        if (kinds & 2) draw("path", { d: `M${x - 3} 9h6l-3 -5z` }, marks);
        if (kinds & 5) draw("path", { d: `M${x - 3} ${HEIGHT - 9}h6l-3 5z` }, marks);
      }
      if (data.odd.length > 0) draw("title", {}, marks).textContent = NEVER;
      svg.setAttribute("aria-label", `${name}, last ${data.last}, ${data.num} points`);
      rest();
    },
    point(share) {
      const num = points.length / 4;
      if (share === null || num === 0) return rest();
      let best = 0;
      for (let i = 1; i < num; i++) {
        if (Math.abs(points[4 * i] - share) < Math.abs(points[4 * best] - share)) best = i;
      }
      const x = across(points[4 * best]);
      cross.setAttribute("x1", x);
      cross.setAttribute("x2", x);
      cross.style.display = "";
      const [first, last] = data.steps;
      const at = Math.round(between([first, last], points[4 * best]));
      left.textContent = `step ${at.toLocaleString("en-US")}`;
      if (!data.range || Number.isNaN(points[4 * best + 3])) {
        value.textContent = "—";
        right.textContent = "";
        return;
      }
      const real = (part) => between(data.range, points[4 * best + part]);
      value.textContent = number(real(3));
      const isOne = points[4 * best + 1] === points[4 * best + 2];
      right.textContent = isOne ? "" : `${number(real(1))} … ${number(real(2))}`;
    },
  };
}

/** Whether the page is dark: where its text is light. */
function isDark(node) {
  const colour = getComputedStyle(node).color.match(/[\d.]+/g);
  if (!colour) return matchMedia("(prefers-color-scheme: dark)").matches;
  const [red, green, blue] = colour.map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue > 128;
}

function render({ model, el }) {
  const dot = make("span", { className: "rs-dot", ariaHidden: "true" });
  const name = make("span");
  const project = make("span", { className: "rs-muted" });
  const facts = make("span", { className: "rs-muted" });
  const link = make("a", { target: "_blank", rel: "noopener", textContent: "Open ↗" });
  const search = make("input", {
    type: "search",
    placeholder: "Find a metric",
    ariaLabel: "Find a metric",
  });
  const count = make("span", { className: "rs-muted" });
  const found = make("ul", { className: "rs-found", hidden: true });
  const find = make("div", { className: "rs-find", hidden: true }, search, count, found);
  const charts = make("div", { className: "rs-charts" });
  const notes = make("div");
  const title = make("span", { className: "rs-name" }, dot, name);
  const grow = make("span", { className: "rs-grow" });
  const root = make(
    "section",
    { className: "runstone-run" },
    make("header", {}, title, project, facts, grow, link),
    find,
    charts,
    notes,
  );
  // The card that stays when this is gone; a rule, as the card is replaced while we are here.
  const hiding = make("style");
  el.append(hiding, root);

  const drawn = new Map();
  // What came in turns of metrics that were not drawn, for when one is picked.
  const known = new Map();
  let heardAt = Date.now();

  function point(share) {
    for (const one of drawn.values()) one.point(share);
  }

  function showHead() {
    heardAt = Date.now();
    const head = model.get("head");
    if (/^[\w-]+$/.test(head.card ?? "")) hiding.textContent = `.${head.card}{display:none}`;
    name.textContent = head.name ?? "";
    name.title = head.name ?? "";
    project.textContent = head.project ?? "";
    root.dataset.state = head.state ?? "";
    facts.textContent = [head.state, ...(head.facts ?? [])].join(" · ");
    link.hidden = !/^https?:/.test(head.url ?? "");
    if (!link.hidden) link.href = head.url;
    notes.replaceChildren(...(head.notes ?? []).map((text) => make("p", { textContent: text })));
  }

  function showCharts() {
    heardAt = Date.now();
    for (const [key, one] of Object.entries(model.get("more") ?? {})) known.set(key, one);
    const data = Object.fromEntries(known);
    for (const [key, one] of Object.entries(model.get("charts"))) {
      known.delete(key);
      data[key] = one;
    }
    const wanted = [...new Set([...(model.get("head").first ?? []), ...model.get("picked")])];
    for (const [key, one] of drawn) {
      if (wanted.includes(key) && key in data) continue;
      one.node.remove();
      drawn.delete(key);
    }
    for (const key of wanted) {
      if (!(key in data)) continue;
      if (!drawn.has(key)) {
        drawn.set(key, chart(key, point));
        charts.append(drawn.get(key).node);
      }
      drawn.get(key).update(data[key]);
    }
    showList();
  }

  function showList() {
    const total = model.get("head").num_metrics ?? 0;
    find.hidden = total <= (model.get("head").first ?? []).length;
    if (find.hidden) return;
    count.textContent = `${drawn.size} of ${total.toLocaleString("en-US")} metrics`;
    const words = search.value.trim().toLowerCase();
    found.hidden = words === "";
    if (found.hidden) return;
    const picked = model.get("picked");
    const hits = model.get("metrics").filter(([key]) => key.toLowerCase().includes(words));
    found.replaceChildren(
      ...hits.slice(0, 50).map(([key, last]) => {
        const isShown = drawn.has(key) || picked.includes(key);
        const isWaiting = isShown && !drawn.has(key);
        const button = make(
          "button",
          { type: "button" },
          make("span", { textContent: key }),
          make("span", {
            className: "rs-muted",
            textContent: isWaiting ? "comes when the kernel answers" : last,
          }),
        );
        button.setAttribute("aria-pressed", String(isShown));
        button.onclick = () => pick(key);
        return make("li", {}, button);
      }),
    );
    if (hits.length === 0)
      found.append(make("li", { className: "rs-muted", textContent: "No metric is called so." }));
  }

  function pick(key) {
    if ((model.get("head").first ?? []).includes(key)) {
      drawn.get(key)?.node.scrollIntoView({ block: "nearest" });
      return;
    }
    const picked = model.get("picked");
    model.set(
      "picked",
      picked.includes(key) ? picked.filter((one) => one !== key) : [...picked, key],
    );
    model.save_changes();
    showCharts();
  }

  function fallSilent(why) {
    if (model.get("head").state !== "running") return;
    root.dataset.state = "silent";
    facts.textContent = why;
  }

  function showTheme() {
    root.dataset.theme = isDark(el) ? "dark" : "light";
  }

  const events = [
    ["change:head", showHead],
    ["change:charts", showCharts],
    ["change:more", showCharts],
    ["change:metrics", showList],
    ["change:picked", showCharts],
    // A page hears nothing of the end of a kernel that is started anew; a word takes it back.
    ["comm_live_update", () => fallSilent("its kernel has ended, and the run with it")],
  ];
  for (const [event, handler] of events) model.on(event, handler);
  search.addEventListener("input", showList);
  // Notebooks change their theme by attributes of these two; some colours follow a moment later.
  const themes = new MutationObserver(() => setTimeout(showTheme, 50));
  for (const node of [document.documentElement, document.body]) {
    themes.observe(node, { attributes: true });
  }
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", showTheme);
  const timer = setInterval(() => {
    if (Date.now() - heardAt >= SILENCE_MS) fallSilent("no word from the kernel for a while");
  }, 5000);

  showHead();
  showCharts();
  showTheme();
  requestAnimationFrame(showTheme);

  return () => {
    clearInterval(timer);
    themes.disconnect();
    scheme.removeEventListener("change", showTheme);
    for (const [event, handler] of events) model.off(event, handler);
  };
}

export default { render };
