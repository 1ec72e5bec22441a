// The picture of a time: who is there, which request waits where, and who serves it. Pure functions of a Story.

import { MAX_LANES } from "./layout.js";
import { leftAt, phaseAt } from "./story.js";

const FAREWELL_MS = 3_000; // how long an ended client or worker stays in the picture
const REPLIES = 8;
const IDLE_MS = 2_000; // who served nothing for so long gives its place to others, if there are many
const BUSY = 20; // so many requests in a second can be followed by nobody
const SECOND = 1_000;

/**
 * What is to be drawn for a time.
 *
 * clients: {client, request, phase} in the order of their numbers; lanes: {lane, queue, served} in the
 * order of their letters, but idle ones last if they are too many; shared: requests that wait for any worker,
 * in a common queue if pooled; replies: the newest, newest first; busy: whether there are too many requests to
 * follow each.
 */
export function pictureAt(story, time) {
  const rows = new Map();
  for (const lane of story.lanes.values()) {
    if (lane.began <= time && time < lane.ended + FAREWELL_MS) {
      rows.set(lane.id, { lane, queue: [], served: [], idle: true });
    }
  }
  const shared = [];
  const replies = [];
  const current = new Map();
  let recent = 0;
  for (const request of story.requests) {
    recent += request.start <= time && request.start > time - SECOND ? 1 : 0;
    const row = rows.get(request.lane?.id);
    if (row && request.begun <= time && leftAt(request) > time - IDLE_MS) {
      row.idle = false;
    }
    const phase = phaseAt(request, time);
    if (phase) {
      current.set(request.client.id, { request, phase });
    }
    if (phase === "served") {
      (row?.served ?? shared).push(request);
    } else if (phase === "sent" || phase === "waits") {
      (rows.get(laneAhead(story, request, time))?.queue ?? shared).push(request);
    } else if (request.served <= time && time - leftAt(request) < FAREWELL_MS) {
      replies.push(request);
    }
  }
  for (const row of rows.values()) {
    row.queue.sort(byTurn);
    row.served.sort((a, b) => a.client.id - b.client.id); // in their places, though others come and go
  }
  const lanes = [...rows.values()].sort((a, b) => a.lane.number - b.lane.number);
  if (lanes.length > MAX_LANES) {
    lanes.sort((a, b) => a.idle - b.idle);
  }
  const busy = recent > BUSY;
  // Replies that nobody could read are shown second by second.
  const until = busy ? Math.floor(time / SECOND) * SECOND : time;
  return {
    busy,
    clients: clientsAt(story, time).map((client) => ({
      client,
      request: current.get(client.id)?.request ?? null,
      phase: current.get(client.id)?.phase ?? null,
    })),
    lanes,
    pooled: isPool(story.stateAt(time)),
    shared: shared.sort(byTurn),
    replies: replies
      .filter(({ served }) => served <= until)
      .sort((a, b) => b.served - a.served)
      .slice(0, REPLIES),
  };
}

/** All requests that wait, in every queue of a picture. */
export function waiting(picture) {
  return picture.shared.length + picture.lanes.reduce((sum, row) => sum + row.queue.length, 0);
}

// A demonstration client that has connected again is there once.
function clientsAt(story, time) {
  const newest = new Map();
  const all = [...story.clients.values()].filter(
    ({ opened, ended }) => opened <= time && time < ended + FAREWELL_MS,
  );
  for (const client of all) {
    if (client.demo && (newest.get(client.demo)?.opened ?? -1) <= client.opened) {
      newest.set(client.demo, client);
    }
  }
  return all
    .filter((client) => !client.demo || newest.get(client.demo) === client)
    .sort((a, b) => (a.demo || Infinity) - (b.demo || Infinity) || a.id - b.id);
}

// The first to begin is the first in the queue; of those whose turn is not known yet, the first that came.
function byTurn(a, b) {
  return a.begun === b.begun ? a.start - b.start : a.begun - b.begun;
}

/**
 * The number of the lane in whose queue a request waits, or 0 for the queue that all workers share.
 * Who has not begun yet waits for the worker of its connection, or for the only one there is.
 */
function laneAhead(story, request, time) {
  if (isPool(story.stateAt(time))) {
    return 0;
  }
  if (request.lane) {
    return request.lane.id;
  }
  if (story.lanes.get(request.client.lane)?.ended > time) {
    return request.client.lane;
  }
  const alive = [...story.lanes.values()].filter((lane) => lane.began <= time && time < lane.ended);
  return alive.length === 1 ? alive[0].id : 0;
}

/** Whether the workers of a configuration take their requests from one queue. */
export function isPool(state) {
  return state?.model === "worker-pool";
}

/**
 * The nearest event after a time (direction 1) or before it (-1): {at, kind, request | client | lane | mark},
 * where the kind of a request's event is the name of its time; null if there is none.
 */
export function neighbour(story, time, direction) {
  let best = null;
  const consider = (at, kind, what) => {
    const ahead = (at - time) * direction;
    if (at < Infinity && ahead > 0 && (!best || ahead < (best.at - time) * direction)) {
      best = { at, kind, ...what };
    }
  };
  for (const request of story.requests) {
    for (const kind of ["sent", "read", "begun", "served", "replied"]) {
      consider(request[kind], kind, { request });
    }
  }
  for (const client of story.clients.values()) {
    consider(client.opened, "opened", { client });
    consider(client.ended, "closed", { client });
  }
  for (const lane of story.lanes.values()) {
    consider(lane.began || Infinity, "appeared", { lane });
    consider(lane.ended, "ended", { lane });
  }
  for (const mark of story.marks) {
    consider(mark.at, mark.kind === "c" ? "changed" : "broken", { mark });
  }
  return best;
}
