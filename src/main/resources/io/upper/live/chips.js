// The requests in the picture: chips that move from their client to a queue, to a worker, and to the replies.

import { calm, set, svg, write } from "./dom.js";
import { clientName } from "./sentences.js";
import { letter } from "./story.js";

const EASE_MS = 90; // how fast a chip moves to its place
const COLOURS = 8;
const CHARACTER = 6.8; // the width of one, in 1/16 rem, roughly
const LETTER = 11; // of a bold one

/** The class of a worker's colour. The letter says the same. */
export function colour(lane) {
  return lane ? `s${(lane.number % COLOURS) + 1}` : "";
}

/** What a request is called where there is little room: the client's number or port. */
export function shortName(client) {
  const port = client.peer?.match(/:(\d+)$/);
  return client.demo ? String(client.demo) : port ? `:${port[1]}` : `#${client.id}`;
}

/** A text that is cut where it would leave its box. */
export function fit(text, width, u) {
  const most = Math.max(0, Math.floor(width / (CHARACTER * u)));
  return text.length <= most ? text : most < 4 ? "" : `${text.slice(0, most - 1)}…`;
}

/** The width of a client's name in a box: more for a port than for a number. */
export function nameWidth(client, u) {
  return (client.demo ? 28 : 58) * u;
}

/** The width of a worker's letter, or letters, in a box. */
export function letterWidth(lane, u) {
  return (5 + LETTER * letter(lane).length) * u;
}

/** Space for each of these chips: more, where clients have no number. */
export function chipStep(requests, u) {
  return Math.max(28 * u, ...requests.map(({ client }) => nameWidth(client, u))) + 6 * u;
}

export class Chips {
  constructor(root, app) {
    this.root = root;
    this.app = app;
    this.chips = new Map(); // by request: {element, x, y}
    this.targets = [];
    this.drawnAt = 0;
  }

  /** Wants the first of these requests at these places. */
  place(requests, places) {
    places.forEach((place, i) => this.targets.push({ request: requests[i], ...place }));
  }

  /**
   * Moves each chip towards its place; a new one starts at its client, whose height `homes` has. If that is
   * null, each is at its place at once: there are too many to follow.
   */
  move(u, left, homes) {
    const now = performance.now();
    const ease = calm() || !homes ? 1 : 1 - Math.exp(-(now - this.drawnAt) / EASE_MS);
    this.drawnAt = now;
    const kept = new Set();
    for (const { request, x, y } of this.targets) {
      kept.add(request.id);
      const chip = this.chips.get(request.id) ?? this.add(request, x, y, left, homes);
      chip.x += (x - chip.x) * ease;
      chip.y += (y - chip.y) * ease;
      this.draw(chip, request, u);
    }
    this.targets = [];
    for (const [id, { element }] of this.chips) {
      if (!kept.has(id)) {
        element.remove();
        this.chips.delete(id);
      }
    }
  }

  add(request, x, y, left, homes) {
    const parts = [svg("rect"), svg("text", { class: "letter" }), svg("text")];
    const element = this.root.appendChild(svg("g", {}, ...parts));
    element.addEventListener("click", () => this.app.select(request));
    const home = homes?.get(request.client.id);
    const begins = calm() || home === undefined ? { x, y } : { x: Math.min(x, left), y: home };
    const chip = { element, ...begins };
    this.chips.set(request.id, chip);
    return chip;
  }

  draw({ element, x, y }, request, u) {
    const { time, selected, words } = this.app;
    const begun = request.begun <= time && request.lane;
    const waits = request.read <= time ? "waits" : "sent";
    const phase = request.served <= time ? "done" : begun ? "served" : waits;
    const chosen = selected === request ? "selected" : "";
    set(element, {
      class: `chip ${phase} ${begun ? colour(request.lane) : ""} ${chosen}`,
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      "data-request": request.id,
      "data-phase": phase,
      "aria-label": clientName(words, request.client),
    });
    const [box, mark, name] = element.children;
    const ahead = begun ? letterWidth(request.lane, u) : 0;
    const wide = nameWidth(request.client, u) + ahead;
    set(box, { x: 0, y: -11 * u, width: wide, height: 22 * u, rx: 5 * u });
    set(mark, { x: ahead / 2 + 2 * u, y: 5 * u });
    write(mark, begun ? letter(request.lane) : "");
    set(name, { x: (wide + ahead) / 2, y: 5 * u });
    write(name, shortName(request.client));
  }
}
