// Journeys as tokens that move over the map: by the log's own time, or each from its own start.
// Joined to map.js when the app is started.
const LASTS = 60; // seconds that the whole takes at the usual pace
const POINTS = 40; // places along an arrow that are looked up instead of computed
const STILLS = 40; // where people asked for less motion, it advances in so many still pictures

function playback(frame, map, data) {
  frame.querySelector(".player").hidden = !data.playback;
  if (map.tape && map.tape.key === data.playback?.key && map.tape.svg === data.svg) return;
  if (map.tape) cancelAnimationFrame(map.tape.next);
  map.tape = data.playback ? wind(frame, map, data) : null;
}

function wind(frame, map, data) {
  const { edges, journeys, ...told } = data.playback;
  const tape = { ...told, svg: data.svg, at: 0, on: false, pace: 1, own: false };
  tape.frame = frame;
  tape.tracks = edges.map((id) => id && track(map.svg.querySelector(`[id="${id}"] > path`)));
  const layer = document.createElementNS("http://www.w3.org/2000/svg", "g");
  layer.setAttribute("class", "tokens");
  layer.setAttribute("aria-hidden", "true");
  tape.tokens = journeys.map(([start, moves]) => ({ start, moves, dot: token(layer) }));
  map.svg.querySelector("g.graph").append(layer);
  controls(frame.querySelector(".player"), tape);
  show_tokens(tape);
  return tape;
}

function token(layer) {
  const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  dot.setAttribute("r", "5");
  dot.setAttribute("display", "none");
  layer.append(dot);
  return dot;
}

function track(line) {
  if (!line) return null;
  const length = line.getTotalLength();
  return Array.from({ length: POINTS + 1 }, (_, at) => line.getPointAtLength((length * at) / POINTS));
}

function controls(player, tape) {
  const [toggle, at, pace, base] = ["toggle", "at", "pace", "base"].map((name) => player.querySelector(`.${name}`));
  const { words } = tape;
  player.setAttribute("aria-label", words.label);
  for (const [part, said] of [[at, words.time], [pace, words.pace], [base, words.base]]) part.setAttribute("aria-label", said);
  base.replaceChildren(...[words.log, words.own].map((said) => new Option(said)));
  [at.value, pace.value, base.selectedIndex] = [0, "1", 0];
  toggle.onclick = () => run(tape, !tape.on);
  at.oninput = () => seek(tape, at.value / 1000);
  pace.onchange = () => (tape.pace = Number(pace.value));
  base.onchange = () => {
    tape.own = base.selectedIndex === 1;
    seek(tape, 0);
  };
  toggle.textContent = words.play;
}

function run(tape, on) {
  tape.on = on;
  tape.before = null;
  if (on && tape.at >= 1) tape.at = 0;
  tape.frame.querySelector(".toggle").textContent = on ? tape.words.pause : tape.words.play;
  if (on) tape.next = requestAnimationFrame((now) => tick(tape, now));
}

function tick(tape, now) {
  if (!tape.on || !tape.frame.isConnected) return;
  tape.at = Math.min(1, tape.at + ((now - (tape.before ?? now)) / 1000 / LASTS) * tape.pace);
  tape.before = now;
  show_tokens(tape);
  if (tape.at >= 1) run(tape, false);
  else tape.next = requestAnimationFrame((later) => tick(tape, later));
}

function seek(tape, at) {
  tape.at = at;
  show_tokens(tape);
}

function show_tokens(tape) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches && tape.on;
  const at = still ? Math.floor(tape.at * STILLS) / STILLS : tape.at;
  const time = at * (tape.own ? tape.longest : tape.span);
  let moving = 0;
  for (const { start, moves, dot } of tape.tokens) {
    const place = where(tape, moves, tape.own ? time : time - start);
    if (place === undefined) {
      dot.setAttribute("display", "none");
      continue;
    }
    moving += 1;
    dot.setAttribute("display", place ? "inline" : "none");
    if (place) {
      dot.setAttribute("cx", place.x.toFixed(1));
      dot.setAttribute("cy", place.y.toFixed(1));
    }
  }
  tape.frame.querySelector(".at").value = Math.round(tape.at * 1000);
  tape.frame.querySelector(".clock").textContent = `${said_time(tape, time)}: ${moving} ${tape.words.moving}`;
}

// Where a journey is; undefined before it began and after it ended, null on a path that isn't drawn.
function where(tape, moves, since) {
  if (since < 0) return undefined;
  for (let move = 0, left = since; move < moves.length; move += 2) {
    const [edge, lasts] = [moves[move], moves[move + 1]];
    if (left <= lasts) {
      const line = tape.tracks[edge];
      return line ? line[Math.round((lasts ? left / lasts : 1) * POINTS)] : null;
    }
    left -= lasts;
  }
  return undefined;
}

function said_time(tape, time) {
  if (!tape.own) {
    const day = new Date((tape.first + time) * 1000);
    const how = { timeZone: tape.zone, dateStyle: "medium", ...(tape.span < 5 * 86400 ? { timeStyle: "short" } : {}) };
    return day.toLocaleString(tape.locale ?? undefined, how);
  }
  const [size, unit] = tape.longest > 2 * 86400 ? [86400, tape.words.days] : [3600, tape.words.hours];
  return `${(time / size).toFixed(1).replace(".", tape.decimal)} ${unit}`;
}
