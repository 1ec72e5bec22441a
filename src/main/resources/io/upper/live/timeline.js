// The timeline: a bar for each request of the last seconds; a click, or the arrow keys and Enter, tell its sentence.

import { barBeside, timelineRows } from "./bars.js";
import { Keyed, set, svg, unit, write } from "./dom.js";
import { colour, shortName } from "./chips.js";
import { leftAt, letter } from "./story.js";

const KEYS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"];
const LETTER_ROOM = 13; // in 1/16 rem: a narrower bar has no room for its letter

export class Timeline {
  constructor(root, app) {
    this.root = root;
    this.app = app;
    this.bars = root.appendChild(svg("g"));
    this.front = root.appendChild(svg("g"));
    this.keyed = new Keyed();
    this.by = "client";
    this.seconds = 10;
    this.rows = [];
    root.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const { app, rows } = this;
    if (KEYS.includes(event.key)) {
      event.preventDefault();
      const next = barBeside(rows, app.selected, event.key);
      if (next) {
        app.select(next);
      }
    } else if (event.key === "Enter" && app.selected) {
      event.preventDefault();
      app.select(app.selected);
    }
  }

  /** Draws the seconds before a time. */
  draw(time) {
    const { story, words } = this.app;
    const u = unit();
    const width = this.root.clientWidth;
    const from = time - this.seconds * 1_000;
    const { rows, more, thinned } = timelineRows(story, from, time, this.by);
    this.rows = rows;
    const left = (rows.every(({ client }) => !client || client.demo) ? 44 : 64) * u;
    const right = width - 2 * u;
    const top = 4 * u;
    const scale = (right - left) / (time - from);
    const x = (at) => left + (Math.max(from, Math.min(time, at)) - from) * scale;
    const heights = rows.map(
      (row) => Math.max(rows.length <= 8 ? 22 : 18, Math.min(72, row.ends.length * 9)) * u,
    );
    const height = Math.max(96 * u, top + heights.reduce((sum, h) => sum + h + 3 * u, 0) + 22 * u);
    set(this.root, { height: Math.round(height), "data-time": time });
    this.axis(from, time, x, height, u);
    let y = top;
    rows.forEach((row, index) => {
      const label = row.client ? shortName(row.client) : row.lane ? letter(row.lane) : "…";
      this.text(`label-${row.key}`, "label", left - 6 * u, y + heights[index] / 2 + 4 * u, label);
      const track = heights[index] / Math.max(1, row.ends.length);
      for (const bar of row.bars) {
        const place = { y: y + bar.track * track, height: Math.max(1.5, track - 1) };
        this.bar(bar.request, { ...place, x, u, time, left });
      }
      y += heights[index] + 3 * u;
    });
    this.marks(from, time, x, height - 20 * u);
    this.keyed.sweep();
    const notes = [];
    if (thinned > 1) {
      notes.push(words.say("timeline.thinned", { n: thinned }));
    }
    if (more > 0) {
      notes.push(words.say("timeline.more", { n: more }));
    }
    write(this.app.timelineNote, notes.join(" "));
  }

  bar(request, { x, u, y, height, time, left }) {
    const group = this.keyed.at(request.id, () =>
      this.bars.appendChild(
        svg(
          "g",
          { "data-request": request.id, onclick: () => this.app.select(request) },
          svg("rect", { class: "hit" }),
          svg("rect", { class: "waits" }),
          svg("rect", { class: "bar" }),
          svg("path", { class: "after" }),
          svg("text", { class: "on" }),
        ),
      ),
    );
    const [hit, waits, bar, after, text] = group.children;
    const end = Math.min(time, leftAt(request));
    const begun = Math.min(end, request.begun);
    const served = Math.min(end, request.served);
    const selected = this.app.selected === request ? " selected" : "";
    set(group, { class: `request ${request.begun <= time ? colour(request.lane) : ""}${selected}` });
    const start = x(request.start);
    set(hit, { x: start - 1, y: y - 1, width: Math.max(4, x(end) - start + 2), height: height + 2 });
    set(waits, box(start, x(begun), y + height * 0.25, height * 0.5, 0));
    const wide = x(served) - x(begun);
    set(bar, box(x(begun), x(served), y, height, request.begun <= time ? 1.5 : 0));
    const reply = request.served <= time && x(end) > x(served) + 0.5;
    set(after, { d: reply ? `M${x(served)} ${y + height / 2}H${x(end)}` : "M0 0" });
    const worker = request.lane ? letter(request.lane) : "";
    const room = wide > LETTER_ROOM * u * worker.length && height > 10 * u && x(begun) >= left;
    set(text, { x: x(begun) + wide / 2, y: y + height / 2 + 4.5 * u, visibility: room ? "visible" : "hidden" });
    write(text, room ? worker : "");
  }

  axis(from, time, x, height, u) {
    const step = this.seconds > 20 ? 10 : this.seconds > 5 ? 2 : 1;
    for (let ago = 0; ago <= this.seconds; ago += step) {
      const at = x(time - ago * 1_000);
      const line = this.keyed.at(`grid-${ago}`, () =>
        this.root.insertBefore(svg("path", { class: "grid" }), this.root.firstChild),
      );
      set(line, { d: `M${at.toFixed(1)} 0V${height - 20 * u}` });
      const anchor = ago === 0 ? "tick last" : "tick";
      this.text(
        `tick-${ago}`,
        anchor,
        at,
        height - 6 * u,
        ago === 0 ? this.app.words.say(this.app.clock.live ? "timeline.now" : "timeline.shown") : `−${ago} s`,
      );
    }
  }

  // Configuration changes, and what was broken: a line with a flag.
  marks(from, time, x, bottom) {
    for (const mark of this.app.story.marks) {
      if (mark.at > from && mark.at <= time) {
        const key = `mark-${mark.at}-${mark.text}`;
        const group = this.keyed.at(key, () =>
          this.front.appendChild(svg("g", {}, svg("title"), svg("path"), svg("text"))),
        );
        const at = x(mark.at);
        set(group, { class: `flag ${mark.kind === "c" ? "change" : "break"}` });
        write(group.children[0], mark.text);
        set(group.children[1], { d: `M${at.toFixed(1)} 0V${bottom}` });
        set(group.children[2], { x: at + 3, y: bottom - 3 });
        write(group.children[2], mark.kind === "c" ? "⚙" : "⚡");
      }
    }
  }

  text(key, kind, x, y, content) {
    const element = this.keyed.at(key, () => this.root.appendChild(svg("text")));
    set(element, { class: kind, x: x.toFixed(1), y });
    write(element, content);
  }
}

function box(from, to, y, height, least) {
  return { x: from, y, width: Math.max(least, to - from), height };
}
