// Every visible word of a page whose contrast with what lies behind it is under what WCAG 2 asks (AA).
() => {
  const SHAPES = "path, polygon, ellipse, rect, circle";
  const QUIET = new Set(["STYLE", "SCRIPT", "TITLE", "DESC", "OPTION"]);

  const parts = (written) => {
    const found = written.match(/^rgba?\(([^)]+)\)|^color\(srgb ([^)]+)\)/);
    if (!found) return null;
    const numbers = (found[1] ?? found[2]).split(/[\s,/]+/).filter(Boolean).map(Number);
    const [red, green, blue] = numbers.slice(0, 3).map((part) => (found[1] ? part : part * 255));
    return [red, green, blue, numbers[3] ?? 1];
  };
  const light = ([red, green, blue]) => {
    const linear = (part) => (part <= 10.31 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const over = (above, below) =>
    [0, 1, 2].map((i) => above[i] * above[3] + below[i] * (1 - above[3])).concat(1);
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const parent = (element) =>
    element.parentElement ?? (element.getRootNode() instanceof ShadowRoot ? element.getRootNode().host : null);
  const holds = (element, x, y) => {
    const box = element.getBoundingClientRect();
    return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  };
  const inside = (shape, x, y) => {
    const spot = new DOMPoint(x, y).matrixTransform(shape.getScreenCTM().inverse());
    return shape.isPointInFill(spot);
  };

  // What is painted behind a point: shapes drawn before in the same picture, then the backgrounds.
  const ground = (element, x, y) => {
    const layers = [];
    const opaque = () => layers.length && layers.at(-1)[3] >= 1;
    const picture = element.closest("svg");
    const shapes = picture ? [...picture.querySelectorAll(SHAPES)] : [];
    const before = shapes.filter(
      (shape) =>
        !shape.closest("defs, clipPath") &&
        element.compareDocumentPosition(shape) & Node.DOCUMENT_POSITION_PRECEDING &&
        holds(shape, x, y) &&
        inside(shape, x, y),
    );
    for (const shape of before.reverse()) {
      const style = getComputedStyle(shape);
      const fill = parts(style.fill);
      const strength = fill ? fill[3] * Number(style.fillOpacity) * Number(style.opacity) : 0;
      if (strength > 0 && !opaque()) layers.push([...fill.slice(0, 3), strength]);
    }
    for (let place = picture ?? element; place && !opaque(); place = parent(place)) {
      const colour = parts(getComputedStyle(place).backgroundColor);
      if (colour && colour[3] > 0 && holds(place, x, y)) layers.push(colour);
    }
    const paper = parts(getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor);
    return layers.reverse().reduce((below, above) => over(above, below), paper);
  };

  const faults = [];
  const look = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) look(element.shadowRoot);
      const words = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
      const said = words.map((node) => node.textContent.trim()).join(" ").trim();
      const box = element.getBoundingClientRect();
      if (!said || QUIET.has(element.tagName.toUpperCase()) || box.width < 2 || box.height < 2) continue;
      if (!element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) continue;
      const style = getComputedStyle(element);
      const ink = parts(element instanceof SVGElement ? style.fill : style.color);
      if (!ink) continue;
      let strength = ink[3] * (element instanceof SVGElement ? Number(style.fillOpacity) : 1);
      for (let place = element; place; place = parent(place)) strength *= Number(getComputedStyle(place).opacity);
      if (strength < 0.05) continue;
      const below = ground(element, box.left + box.width / 2, box.top + box.height / 2);
      const found = ratio(over([...ink.slice(0, 3), strength], below), below);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const sign = /Material/.test(style.fontFamily);
      if (found < (large || sign ? 3 : 4.5)) faults.push(`${found.toFixed(2)}: ${said.slice(0, 40)}`);
    }
  };
  look(document);
  return [...new Set(faults)];
};
