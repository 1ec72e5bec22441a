// What the server's events tell, as records that end: requests, clients, lanes (workers), marks.
// Pure data, without a page: the tests run it in Node. All times are milliseconds since the feed began.

export const KEPT_MS = 60_000;
export const MAX_REQUESTS = 12_000;
const MAX_MARKS = 200;
const MAX_ENDED = 2_000;

/** The last minute of a server, from its events; bounded in time and in number. */
export class Story {
  constructor() {
    this.reset();
  }

  /** Forgets everything: a new connection to the server sends its history again. */
  reset() {
    this.now = 0; // the newest time that the server has said
    this.shown = 1; // 1 of so many requests is shown
    this.dropped = 0; // requests that were too many to keep
    this.requests = []; // in the order of their first events
    this.clients = new Map(); // by number of connection
    this.lanes = new Map(); // by number
    this.marks = []; // configuration changes, and what was broken
    this.samples = [];
    this.states = []; // the configurations, oldest first
    this.byId = new Map();
  }

  /** A copy that later events do not push out of the minute: for a pause. */
  freeze() {
    const copy = Object.assign(new Story(), this);
    for (const list of ["requests", "marks", "samples", "states"]) {
      copy[list] = this[list].slice();
    }
    copy.clients = new Map(this.clients);
    copy.lanes = new Map(this.lanes);
    copy.byId = new Map(this.byId);
    return copy;
  }

  /** Takes a `state`: the configuration in force, and what is open. */
  takeState(state) {
    this.tick(state.now);
    this.shown = state.sampled ?? this.shown;
    this.states.push({ ...state, at: state.now });
    // What ended while this page missed events.
    const open = new Set((state.open ?? []).map(([id]) => id));
    for (const client of this.clients.values()) {
      if (!open.has(client.id) && client.ended === Infinity && client.opened < state.now) {
        client.ended = state.now;
      }
    }
    for (const [id, protocol, peer, at, demo] of state.open ?? []) {
      this.open(at, id, protocol, peer, demo);
    }
    for (const [id, name, kind] of state.lanes ?? []) {
      this.lane(0, id, name, kind);
    }
  }

  /** Takes an `e`: a batch of events. */
  takeBatch(batch) {
    this.shown = batch.shown ?? this.shown;
    for (const event of batch.e) {
      this.take(event);
    }
    this.tick(batch.now);
    this.trim();
  }

  /** Takes a `sample`: the figures of a second. */
  takeSample(sample) {
    this.tick(sample.now);
    this.samples.push(sample);
    while (this.samples[0].now < this.now - KEPT_MS) {
      this.samples.shift();
    }
  }

  /** The configuration at a time; the oldest known one before that, null if none is known. */
  stateAt(time) {
    const later = this.states.findIndex((state) => state.at > time);
    return this.states[later < 0 ? this.states.length - 1 : Math.max(0, later - 1)] ?? null;
  }

  tick(now) {
    this.now = Math.max(this.now, now ?? 0);
  }

  take([kind, at, ...rest]) {
    this.tick(at);
    switch (kind) {
      case "o":
        return this.open(at, ...rest);
      case "x":
        return this.close(at, ...rest);
      case "l":
        return this.lane(at, ...rest);
      case "z":
        return this.endLane(at, ...rest);
      case "c":
      case "!":
        this.marks.push({ at, kind, text: rest[0] });
        return undefined;
      case "q":
        return this.request(at, ...rest, "sent");
      case "a":
        return this.request(at, rest[0], rest[1], "read");
      case "b":
        return this.request(at, rest[0], rest[1], "begun", rest[2]);
      case "s":
        return this.request(at, rest[0], rest[1], "served", rest[2]);
      case "r":
        return this.request(at, ...rest, "replied");
      default:
        return undefined; // of a newer server
    }
  }

  open(at, id, protocol, peer, demo) {
    const known = this.clients.get(id) ?? { id, opened: at, ended: Infinity, why: "", lane: 0, last: null };
    if (!known.protocol) {
      Object.assign(known, { protocol, peer, demo: demo || 0 });
      this.clients.set(id, known);
    }
  }

  close(at, id, why) {
    const client = this.clients.get(id);
    if (client) {
      client.ended = at;
      client.why = why;
    }
  }

  lane(at, id, name, kind) {
    const known = this.lanes.get(id);
    if (known) {
      known.ended = Infinity; // an event loop that was idle returns
      return;
    }
    const used = new Set([...this.lanes.values()].map((lane) => lane.number));
    let number = 0; // the first free one: letters stay short where workers come and go
    while (used.has(number)) {
      number++;
    }
    this.lanes.set(id, { id, name, kind, number, began: at, ended: Infinity, why: "" });
  }

  endLane(at, id, why) {
    const lane = this.lanes.get(id);
    if (lane) {
      lane.ended = at;
      lane.why = why;
    }
  }

  request(at, conn, id, step, lane) {
    let request = this.byId.get(id);
    if (!request) {
      this.open(at, conn, "", "", 0);
      const client = this.clients.get(conn);
      request = { id, client, start: at, lane: null, over: Infinity };
      for (const time of ["sent", "read", "begun", "served", "replied"]) {
        request[time] = Infinity;
      }
      // A connection has one request in flight: an older one, whose end was not shown, is over.
      if (client.last && client.protocol !== "udp" && leftAt(client.last) === Infinity) {
        client.last.over = at;
      }
      client.last = request;
      this.byId.set(id, request);
      this.requests.push(request);
    }
    request[step] = at;
    request.start = Math.min(request.start, at);
    if (lane !== undefined) {
      if (!this.lanes.has(lane)) {
        this.lane(at, lane, `#${lane}`, "thread");
      }
      request.lane = this.lanes.get(lane);
      request.client.lane = lane;
    }
  }

  /** Drops what ended over a minute ago, and the oldest requests if there are too many. */
  trim() {
    const horizon = this.now - KEPT_MS;
    let old = 0;
    while (old < this.requests.length && leftAt(this.requests[old]) < horizon) {
      old++;
    }
    const tooMany = Math.max(0, this.requests.length - old - MAX_REQUESTS);
    this.dropped += tooMany;
    for (const request of this.requests.splice(0, old + tooMany)) {
      this.byId.delete(request.id);
    }
    dropEnded(this.clients, horizon);
    dropEnded(this.lanes, horizon);
    while (this.marks.length > MAX_MARKS || this.marks[0]?.at < horizon) {
      this.marks.shift();
    }
    while (this.states[1]?.at < horizon) {
      this.states.shift();
    }
  }
}

function dropEnded(records, horizon) {
  let tooMany = records.size - MAX_ENDED;
  for (const [id, record] of records) {
    if (record.ended < horizon || (tooMany-- > 0 && record.ended < Infinity)) {
      records.delete(id);
    }
  }
}

/** When a request left: its reply came, or its connection or its worker ended; Infinity if it is open. */
export function leftAt(request) {
  const { client, lane, served, replied } = request;
  const done = client.demo ? replied : served;
  if (done < Infinity) {
    return done;
  }
  const broken = served === Infinity && lane ? lane.ended : Infinity;
  return Math.max(request.start, Math.min(broken, client.ended, request.over));
}

/** What a request does at a time: "sent" (unread), "waits", "served", "reply", or null if it is not there. */
export function phaseAt(request, time) {
  if (time < request.start || time >= leftAt(request)) {
    return null;
  }
  if (time >= request.served) {
    return "reply";
  }
  if (time >= request.begun) {
    return "served";
  }
  return time >= request.read ? "waits" : "sent";
}

/** The letter of a lane: A, B, … Z, AA, AB, … */
export function letter(lane) {
  const write = (n) => (n < 26 ? "" : write(Math.floor(n / 26) - 1)) + String.fromCharCode(65 + (n % 26));
  return write(lane.number);
}
