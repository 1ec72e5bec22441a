// The picture: clients on the left, workers with their queues in the middle, replies on the right.

import { Chips, chipStep, colour, fit, letterWidth, nameWidth, shortName } from "./chips.js";
import { Keyed, set, svg, unit, write } from "./dom.js";
import { benchPlaces, laneTop, layout, queuePlaces } from "./layout.js";
import { leftAt, letter } from "./story.js";

const WHOLE_SECONDS = { name: "s", ms: 1_000, decimals: 0 };
const TENTHS = { name: "s", ms: 1_000, decimals: 1 };

export class Flow {
  constructor(root, app) {
    this.root = root;
    this.app = app;
    this.back = root.appendChild(svg("g"));
    this.chips = new Chips(root.appendChild(svg("g")), app);
    this.keyed = new Keyed();
    this.homes = new Map(); // the height of each client
  }

  /** Draws a picture of a time. */
  draw(picture, time) {
    const width = this.root.clientWidth;
    if (width === 0) {
      return; // the browser has not laid out the page yet
    }
    const p = layout(picture, width, unit());
    set(this.root, { height: Math.round(p.height) });
    this.heads(picture, p);
    this.clients(picture, p, time);
    this.shared(picture, p);
    picture.lanes.slice(0, p.lanes).forEach((row, index) => this.lane(row, index, p, time));
    this.replies(picture, p);
    this.chips.move(p.u, p.left, picture.busy ? null : this.homes);
    this.keyed.sweep();
  }

  heads(picture, { u, narrow, middle, right, width, height, lanes, clients }) {
    const { words } = this.app;
    this.text("clients", "head", 0, 14 * u, words.say("flow.clients"));
    this.text("workers", "head", middle.x, 14 * u, words.say("flow.workers"));
    // At the edge, where the column is narrower than the word.
    const [kind, x] = narrow ? ["head end", width] : ["head", width - right];
    this.text("replies", kind, x, 14 * u, words.say("flow.replies"));
    const more = (key, n, left, word) => {
      if (n > 0) {
        this.text(key, "soft", left, height - 8 * u, words.say(word, { n }));
      }
    };
    more("more-clients", picture.clients.length - clients, 0, "flow.moreClients");
    more("more-lanes", picture.lanes.length - lanes, middle.x, "flow.moreLanes");
  }

  clients(picture, p, time) {
    this.homes.clear();
    picture.clients.slice(0, p.clients).forEach((row, index) => {
      const y = p.top + (index + 0.5) * p.row;
      this.homes.set(row.client.id, y);
      this.client(row, y, p, time);
    });
  }

  client({ client, phase, request }, y, p, time) {
    const { words } = this.app;
    const { u } = p;
    const parts = [
      ["rect", "badge"],
      ["text", "number"],
      ["text", "soft"],
      ["text", "state"],
    ];
    const group = this.group(`client-${client.id}`, parts);
    const gone = time >= client.ended;
    const kind = gone ? "client gone" : "client";
    set(group, { class: kind, "data-client": client.id, "data-phase": phase ?? "none" });
    const [badge, number, about, state] = group.children;
    const wide = nameWidth(client, u) + 2 * u;
    set(badge, { x: 0.5, y: y - 10 * u, width: wide, height: 20 * u, rx: 10 * u });
    set(number, { x: wide / 2, y: y + 5 * u });
    write(number, shortName(client));
    const seconds = Math.max(0, Math.floor((time - client.opened) / 1_000)) * 1_000;
    set(about, { x: wide + 8 * u, y: y + 5 * u });
    write(about, p.narrow ? "" : `${client.protocol} ${words.time(seconds, WHOLE_SECONDS)}`);
    const x = wide + (p.narrow ? 6 : 84) * u;
    set(state, { x, y: y + 5 * u });
    const doing = gone
      ? words.say("flow.gone", { why: client.why })
      : this.doing(request, phase, time, p.narrow);
    write(state, fit(doing, p.left - x + 8 * u, u));
  }

  // What a client waits for, in few words.
  doing(request, phase, time, narrow) {
    const { words } = this.app;
    if (!request) {
      return narrow ? "" : words.say("flow.idle");
    }
    const since = phase === "served" ? request.begun : request.start;
    const values = { time: words.time(time - since, TENTHS) };
    values.letter = request.lane ? letter(request.lane) : "";
    return words.say(`flow.${phase}${narrow ? ".short" : ""}`, values);
  }

  // The queue from which all workers take, or of those whose worker is not known yet.
  shared({ shared, pooled }, p) {
    if (!p.share) {
      return;
    }
    const { u, middle, laneHeight: h } = p;
    const y = p.top + 4 * u;
    const group = this.group("shared", [
      ["rect", "queue"],
      ["text", "soft"],
    ]);
    set(group, { class: "lane", "data-lane": 0, "data-queue": shared.length, "data-served": 0 });
    set(group.children[0], { x: middle.x, y, width: middle.width, height: h - 8 * u, rx: 6 * u });
    set(group.children[1], { x: middle.x + 8 * u, y: y + 15 * u });
    const text = this.app.words.say(pooled ? "flow.pool" : "flow.shared", { n: shared.length });
    write(group.children[1], text);
    // In a low lane the chips stand beside the text.
    const low = h < 52 * u;
    const x = middle.x + 8 * u + (low ? (text.length + 1) * 6.8 * u : 0);
    const centre = y + (h - 8 * u) / 2 + (low ? 0 : 6 * u);
    const area = { x, right: middle.x + middle.width - 4 * u, y: centre, step: chipStep(shared, u) };
    this.chips.place(shared, queuePlaces(shared.length, area));
  }

  lane({ lane, queue, served }, index, p, time) {
    const { words } = this.app;
    const { u, middle } = p;
    const ended = time >= lane.ended;
    const h = p.laneHeight - 8 * u;
    const y = laneTop(p, index) + 4 * u;
    const parts = [
      ["rect", "queue"],
      ["rect", "bench"],
      ["rect", "mark"],
      ["text", "on"],
      ["text", "soft"],
      ["text", "soft"],
    ];
    const group = this.group(`lane-${lane.id}`, parts);
    const [line, bench, mark, on, name, count] = group.children;
    set(group, { class: `lane ${colour(lane)}${ended ? " ended" : ""}`, "data-lane": lane.id });
    set(group, { "data-queue": queue.length, "data-served": served.length });
    const x = middle.x + p.queue;
    const width = middle.width - p.queue;
    const own = p.queue > 0; // a queue of its own
    set(line, { x: middle.x, y, width: Math.max(0, p.queue - 6 * u), height: h, rx: 6 * u });
    set(line, { visibility: own ? "visible" : "hidden" });
    set(bench, { x, y, width, height: h, rx: 6 * u });
    set(mark, { x, y, width: 26 * u, height: h, rx: 6 * u });
    set(on, { x: x + 13 * u, y: y + h / 2 + 5 * u });
    write(on, letter(lane));
    const high = h > 44 * u; // room for a text above the chips
    set(name, { x: x + 34 * u, y: y + 16 * u, visibility: high || ended ? "visible" : "hidden" });
    const many = served.length > 1 ? `${words.say("flow.atOnce", { n: served.length })} · ` : "";
    write(
      name,
      fit(ended ? words.say("flow.ended", { why: lane.why }) : many + lane.name, width - 36 * u, u),
    );
    set(count, {
      x: middle.x + 8 * u,
      y: y + 16 * u,
      visibility: own && queue.length > 0 ? "visible" : "hidden",
    });
    write(count, words.say("flow.queue", { n: queue.length }));
    const centre = y + h / 2 + (high ? 8 * u : 0);
    const front = {
      x: middle.x + (high ? 6 : 76) * u,
      right: x - 12 * u,
      y: centre,
      step: chipStep(queue, u),
    };
    this.chips.place(queue, queuePlaces(queue.length, front));
    const place = { x: x + 31 * u, right: x + width, y: centre, height: high ? h - 20 * u : h };
    const step = chipStep(served, u) + letterWidth(lane, u) - 2 * u;
    this.chips.place(served, benchPlaces(served.length, { ...place, step, line: 24 * u }));
  }

  replies({ replies }, p) {
    const { u } = p;
    const room = Math.floor((p.height - p.top) / p.row);
    const widths = replies.map(({ client, lane }) => nameWidth(client, u) + letterWidth(lane, u));
    const widest = Math.max(...widths);
    replies.slice(0, room).forEach((request, index) => {
      const y = p.top + (index + 0.5) * p.row;
      const x = Math.min(p.width - p.right, p.width - widths[index] - u); // none leaves the picture
      this.chips.place([request], [{ x, y }]);
      if (!p.narrow) {
        const took = this.app.words.time(leftAt(request) - request.start);
        this.text(`reply-${request.id}`, "took", x + widest + 10 * u, y + 5 * u, took);
      }
    });
  }

  group(key, parts) {
    const children = () => parts.map(([tag, name]) => svg(tag, { class: name }));
    return this.keyed.at(key, () => this.back.appendChild(svg("g", {}, ...children())));
  }

  text(key, kind, x, y, content) {
    const element = this.keyed.at(key, () => this.back.appendChild(svg("text")));
    set(element, { class: kind, x, y });
    write(element, content);
  }
}
