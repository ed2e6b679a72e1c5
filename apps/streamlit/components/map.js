// The process map: an SVG from the server with zoom, drag, fit, and a choice by click or key.
const STEP = 1.25;
const DEEPEST = 12;
const [SHORTEST, TALLEST] = [240, 1040];
const NARROW = 640;
const READABLE = 0.7; // pixels a unit of the drawing, which its words need

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const frame = parentElement.querySelector(".map");
  const stage = frame.querySelector(".stage");
  const map = (frame.map ??= { drawn: null, view: null });
  map.choose = (id) => setStateValue("selected", id);
  map.filter = (asked) => setTriggerValue("filter", asked);
  if (map.drawn !== data.svg) draw(frame, stage, map, data);
  playback(frame, map, data);
  mark(stage, data.chosen?.id);
  tell(frame.querySelector(".card"), stage, map, data.chosen);
}

function draw(frame, stage, map, data) {
  stage.innerHTML = data.svg;
  map.drawn = data.svg;
  map.svg = stage.querySelector("svg");
  map.whole = map.svg.getAttribute("viewBox").split(/[\s,]+/).map(Number);
  map.words = data.words;
  map.svg.removeAttribute("style");
  map.svg.setAttribute("width", "100%");
  map.svg.setAttribute("height", "100%");
  map.svg.setAttribute("preserveAspectRatio", "xMidYMid meet");
  stage.setAttribute("aria-label", `${map.svg.getAttribute("aria-label") ?? ""} ${data.words.label}`);
  map.svg.removeAttribute("aria-label");
  size(stage, map);
  for (const part of stage.querySelectorAll("g.node, g.edge")) reachable(part, data.names, map);
  if (!frame.wired) wire(frame, stage, map);
  frame.wired = true;
  begin(stage, map);
}

// The frame is as tall as the map needs at this width, so that its words can be read.
function size(stage, map) {
  if (stage.closest(":fullscreen")) {
    stage.style.height = "";
    return;
  }
  const natural = map.whole[3] * scale(stage, map);
  stage.style.height = `${Math.round(Math.min(TALLEST, Math.max(SHORTEST, natural)))}px`;
}

// A telephone shows a part that can be read and moved sideways, not the whole too small to read.
function scale(stage, map) {
  const [, , width, height] = map.whole;
  const whole = Math.min(stage.clientWidth / width, 1.35);
  return stage.clientWidth < NARROW ? Math.max(whole, Math.min(READABLE, TALLEST / height)) : whole;
}

// A telephone that is turned begins anew, unless somebody has moved the map.
function resize(stage, map) {
  size(stage, map);
  if (String(map.view) === map.begun) begin(stage, map);
}

function begin(stage, map) {
  const [x, y, width, height] = map.whole;
  const shown = stage.clientWidth / scale(stage, map);
  fit(stage, map);
  map.begun = String(map.view);
  map.cut = stage.clientWidth < NARROW && shown < width;
  hint(stage.closest(".map"), map, null);
  if (!map.cut) return;
  const first = map.svg.querySelector("g.node")?.getBoundingClientRect();
  const middle = first ? point(map, { clientX: first.x + first.width / 2, clientY: first.y }).x : x;
  map.view = [Math.min(Math.max(middle - shown / 2, x), x + width - shown), y, shown, height];
  map.begun = String(map.view);
  show(stage, map);
}

function reachable(part, names, map) {
  if (!(part.id in names)) return;
  part.setAttribute("tabindex", "0");
  part.setAttribute("role", "button");
  part.setAttribute("aria-label", part.querySelector("title")?.textContent ?? part.id);
  if (part.classList.contains("edge")) widen(part);
}

// A thin arrow is hard to hit: an unseen wide line lies over it.
function widen(edge) {
  const line = edge.querySelector("path");
  if (!line) return;
  const wide = line.cloneNode(false);
  for (const name of ["stroke-dasharray", "id", "class"]) wide.removeAttribute(name);
  wide.setAttribute("stroke-width", "14");
  wide.setAttribute("stroke", "transparent");
  wide.setAttribute("fill", "none");
  wide.style.pointerEvents = "stroke";
  edge.append(wide);
}

function mark(stage, selected) {
  for (const part of stage.querySelectorAll("[role=button]")) {
    const chosen = part.id === selected;
    part.classList.toggle("chosen", chosen);
    part.setAttribute("aria-pressed", String(chosen));
  }
  stage.classList.toggle("choosing", Boolean(selected));
}

// What is chosen shows its figures in a card, as text and never as markup.
function tell(card, stage, map, chosen) {
  card.hidden = !chosen;
  if (!chosen) return;
  card.querySelector("h3").textContent = chosen.title;
  const said = stage.querySelector(`[id="${chosen.id}"] > title`)?.textContent.split("\n").slice(1) ?? [];
  const figures = chosen.figures.length ? chosen.figures : said.map((line) => [line, ""]);
  const lines = figures.map(([words, figure]) => {
    const line = document.createElement("div");
    line.append(document.createElement("dt"), document.createElement("dd"));
    line.firstChild.textContent = words;
    line.lastChild.textContent = figure;
    return line;
  });
  card.querySelector("dl").replaceChildren(...lines);
  const offers = chosen.offers.map((offer) => {
    const button = document.createElement("button");
    [button.type, button.textContent] = ["button", offer.words];
    button.onclick = () => map.filter(offer.filter);
    return button;
  });
  card.querySelector(".offers").replaceChildren(...offers);
  const close = card.querySelector(".close");
  close.setAttribute("aria-label", map.words.close);
  close.onclick = () => map.choose(null);
}

function show(stage, map) {
  map.svg.setAttribute("viewBox", map.view.join(" "));
  // while its whole height is seen a finger that moves up or down moves the page
  const [high, wide] = [map.view[3] >= map.whole[3] * 0.999, map.view[2] >= map.whole[2] * 0.999];
  stage.classList.toggle("zoomed", !high && !wide);
}

function fit(stage, map) {
  map.view = [...map.whole];
  show(stage, map);
}

function zoom(stage, map, factor, at) {
  const [x, y, width, height] = map.view;
  const scale = Math.min(1.5, Math.max(1 / DEEPEST, (width / map.whole[2]) / factor)) * map.whole[2] / width;
  const point = at ?? { x: x + width / 2, y: y + height / 2 };
  map.view = [point.x - (point.x - x) * scale, point.y - (point.y - y) * scale, width * scale, height * scale];
  show(stage, map);
}

function move(stage, map, dx, dy) {
  map.view[0] += dx;
  map.view[1] += dy;
  show(stage, map);
}

function point(map, event) {
  return new DOMPoint(event.clientX, event.clientY).matrixTransform(map.svg.getScreenCTM().inverse());
}

function wire(frame, stage, map) {
  frame.querySelector(".in").onclick = () => zoom(stage, map, STEP);
  frame.querySelector(".out").onclick = () => zoom(stage, map, 1 / STEP);
  frame.querySelector(".fit").onclick = () => fit(stage, map);
  for (const [kind, words] of [["in", "zoomIn"], ["out", "zoomOut"], ["fit", "fit"]]) {
    name(frame.querySelector(`.${kind}`), map.words[words]);
  }
  full(frame, stage, map);
  stage.addEventListener("wheel", (event) => wheel(frame, stage, map, event), { passive: false });
  stage.addEventListener("keydown", (event) => key(stage, map, event));
  drag(stage, map);
  new ResizeObserver(() => map.svg && resize(stage, map)).observe(frame);
}

function name(button, words) {
  button.title = words;
  button.setAttribute("aria-label", words);
}

function full(frame, stage, map) {
  const button = frame.querySelector(".full");
  const filled = () => frame.matches(":fullscreen");
  button.hidden = !document.fullscreenEnabled;
  button.onclick = () => (filled() ? document.exitFullscreen() : frame.requestFullscreen());
  const changed = () => {
    name(button, filled() ? map.words.leave : map.words.full);
    size(stage, map);
    fit(stage, map);
  };
  frame.addEventListener("fullscreenchange", changed);
  name(button, map.words.full);
}

// A page that scrolls must not be caught by the map: the wheel zooms with Ctrl (or a pinch) only.
function wheel(frame, stage, map, event) {
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    zoom(stage, map, Math.exp(-event.deltaY / 300), point(map, event));
    return;
  }
  hint(frame, map, map.words.wheel);
  clearTimeout(map.hiding);
  map.hiding = setTimeout(() => hint(frame, map, null), 1800);
}

// What one can do stands above the map, but for a moment in which something else has to be said.
function hint(frame, map, said) {
  const line = frame.querySelector(".hint");
  line.textContent = said ?? (map.cut ? map.words.drag : map.words.hint);
  line.classList.toggle("said", Boolean(said));
}

function key(stage, map, event) {
  const part = event.target.closest("[role=button]");
  const away = map.view[2] / 12;
  const does = {
    Enter: () => part && map.choose(part.id),
    " ": () => part && map.choose(part.id),
    Escape: () => map.choose(null),
    "+": () => zoom(stage, map, STEP),
    "-": () => zoom(stage, map, 1 / STEP),
    0: () => fit(stage, map),
    ArrowLeft: () => move(stage, map, -away, 0),
    ArrowRight: () => move(stage, map, away, 0),
    ArrowUp: () => move(stage, map, 0, -away),
    ArrowDown: () => move(stage, map, 0, away),
  }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
}

// One pointer drags, two pinch; a press that doesn't move chooses what lies under it.
function drag(stage, map) {
  const held = new Map();
  let moved = 0;
  let apart = 0;
  let pressed = null;
  stage.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    if (!held.size) [moved, pressed] = [0, event.target];
    held.set(event.pointerId, event);
    apart = distance(held);
  });
  stage.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return;
    moved += Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY);
    if (moved > 4 && !stage.hasPointerCapture(event.pointerId)) stage.setPointerCapture(event.pointerId);
    const [from, to] = [point(map, before), point(map, event)];
    held.set(event.pointerId, event);
    if (held.size === 1 && moved > 4) move(stage, map, from.x - to.x, from.y - to.y);
    const now = distance(held);
    if (held.size === 2 && apart) zoom(stage, map, now / apart, to);
    apart = now;
  });
  const release = (event) => {
    if (!held.delete(event.pointerId) || event.type === "pointercancel" || moved > 4) return;
    map.choose(pressed?.closest("[role=button]")?.id ?? null);
  };
  stage.addEventListener("pointerup", release);
  stage.addEventListener("pointercancel", release);
}

function distance(held) {
  if (held.size !== 2) return 0;
  const [one, other] = [...held.values()];
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}
