// Which bars the timeline has: rows, and the requests in them. Pure functions of a Story.

import { leftAt } from "./story.js";

const MAX_ROWS = 16;
const MAX_BARS = 1_200; // what a browser draws easily; of more, every second (fourth, …) request is drawn

/**
 * The rows of the timeline between two times: {key, client | lane, bars, tracks}, where bars are {request, track}
 * and overlapping ones have different tracks. `by` is "client" or "lane". `thinned` says that 1 of so many is
 * drawn, `more` how many rows are not.
 */
export function timelineRows(story, from, to, by) {
  const inside = story.requests.filter((request) => request.start <= to && leftAt(request) >= from);
  let thinned = 1;
  while (inside.length / thinned > MAX_BARS) {
    thinned *= 2;
  }
  const rows = new Map();
  for (const request of inside) {
    if (request.id % thinned !== 0 && thinned > 1) {
      continue;
    }
    const owner = by === "client" ? request.client : request.begun <= to ? request.lane : null;
    // A demonstration client keeps its row when it connects again.
    const key = !owner ? "none" : owner.demo ? `demo-${owner.demo}` : `${by}-${owner.id}`;
    if (!rows.has(key)) {
      rows.set(key, { key, [by]: owner, bars: [], ends: [] });
    }
    add(rows.get(key), request);
  }
  const sorted = [...rows.values()].sort(by === "client" ? byClient : byLane);
  return { rows: sorted.slice(0, MAX_ROWS), more: Math.max(0, sorted.length - MAX_ROWS), thinned };
}

// The first track that is free when the request begins.
function add(row, request) {
  let track = row.ends.findIndex((end) => end <= request.start);
  if (track < 0) {
    track = row.ends.length;
  }
  row.ends[track] = leftAt(request);
  row.bars.push({ request, track });
}

function byClient({ client: a }, { client: b }) {
  return (a.demo || Infinity) - (b.demo || Infinity) || a.id - b.id;
}

function byLane({ lane: a }, { lane: b }) {
  return (a?.number ?? -1) - (b?.number ?? -1);
}

/** The bar that an arrow key leads to from a request: in its row, or in the next row nearest in time; or null. */
export function barBeside(rows, request, key) {
  const index = rows.findIndex((row) => row.bars.some((bar) => bar.request === request));
  if (index < 0) {
    return rows.at(-1)?.bars.at(-1)?.request ?? null;
  }
  const bars = rows[index].bars.map((bar) => bar.request).sort((a, b) => a.start - b.start);
  const place = bars.indexOf(request);
  switch (key) {
    case "ArrowLeft":
      return bars[place - 1] ?? null;
    case "ArrowRight":
      return bars[place + 1] ?? null;
    case "Home":
      return bars[0];
    case "End":
      return bars.at(-1);
    case "ArrowUp":
    case "ArrowDown": {
      const row = rows[index + (key === "ArrowUp" ? -1 : 1)];
      const distance = (bar) => Math.abs(bar.request.start - request.start);
      return row ? row.bars.reduce((a, b) => (distance(b) < distance(a) ? b : a)).request : null;
    }
    default:
      return null;
  }
}
