// What happened, in a sentence. Each follows from the events alone: no guess about causes that they do not show.

import { leftAt, letter, phaseAt } from "./story.js";
import { waiting } from "./picture.js";
import { addUp } from "./words.js";

const NOTICED_MS = 1; // a shorter wait is none
const NAMED = 3; // more are counted, not named
const SLACK_MS = 0.05; // the next request begins this much "before" the last one's end, at most

/** What a client is called: a demonstration client by its number, others by their address. */
export function clientName(words, client) {
  return client.demo
    ? words.say("client", { number: client.demo })
    : words.say("peer", { peer: client.peer || `#${client.id}` });
}

/** What a worker is called: its kind and its letter. */
export function laneName(words, lane) {
  const key = `kind.${lane.kind}`;
  return `${words.has(key) ? words.say(key) : lane.kind} ${letter(lane)}`;
}

/** The requests that a worker served, from begin to end, while this one waited for it. */
export function blockers(story, request) {
  if (!request.lane || request.begun === Infinity) {
    return [];
  }
  const { lane, start, begun } = request;
  return story.requests
    .filter((other) => other !== request && other.lane === lane)
    .filter((other) => other.served > start && other.served <= begun + SLACK_MS)
    .sort((a, b) => a.served - b.served);
}

/** A request's whole story, as far as it goes. */
export function tellRequest(words, story, request) {
  return sentence(requestParts(words, story, request));
}

function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function requestParts(words, story, request) {
  const who = clientName(words, request.client);
  const end = Math.min(leftAt(request), story.now);
  const begun = Math.min(request.begun, end);
  const served = Math.max(begun, Math.min(request.served, end));
  const { unit, times } = addUp([begun - request.start, served - begun, end - served]);
  const [wait, service, reply, total] = times.map((time) => words.time(time, unit));
  if (request.begun === Infinity) {
    const open = phaseAt(request, story.now) ? "told.waits" : "told.never";
    return join(words, words.say(open, { who, wait }), request);
  }
  const lane = laneName(words, request.lane);
  const parts = [waitPart(words, story, request, { who, wait, lane })];
  if (request.served < Infinity) {
    parts.push(words.say("told.served", { service }));
    parts.push(request.client.demo ? replyPart(words, request, { reply, total }) : "");
  } else {
    const open = phaseAt(request, story.now) ? "told.serving" : "told.cut";
    parts.push(words.say(open, { service }));
  }
  return join(words, parts.join(""), request);
}

function waitPart(words, story, request, names) {
  if (request.begun - request.start < NOTICED_MS) {
    return words.say("told.nowait", names);
  }
  const before = blockers(story, request);
  const unread = request.read - request.sent > (request.begun - request.start) * 0.9;
  const where = unread ? words.say("told.unread") : "";
  if (before.length === 0) {
    return words.say("told.waited", names) + where;
  }
  const clients = [...new Set(before.map((other) => clientName(words, other.client)))];
  const others =
    clients.length <= NAMED
      ? words.list(clients)
      : words.say("told.many", { n: before.length, last: clients.at(-1) });
  return words.say("told.behind", { ...names, others }) + where;
}

function replyPart(words, request, { reply, total }) {
  return words.say(request.replied < Infinity ? "told.reply" : "told.noreply", { reply, total });
}

// How a request ended that has no reply, if the events say so.
function join(words, text, { client, lane, served, replied, begun }) {
  const done = client.demo ? replied : served;
  if (done < Infinity) {
    return `${text}.`;
  }
  if (lane && begun < Infinity && lane.ended < Infinity && served === Infinity) {
    const name = laneName(words, lane);
    return `${text}${words.say("told.laneEnded", { lane: name, why: lane.why })}.`;
  }
  return client.ended < Infinity ? `${text}${words.say("told.closed", { why: client.why })}.` : `${text}.`;
}

/** A picture in a sentence or two: who waits for whom. */
export function tellPicture(words, picture, time) {
  const busy = picture.lanes.filter((row) => row.queue.length > 0);
  const serving = picture.lanes.reduce((sum, row) => sum + row.served.length, 0);
  const parts = [];
  if (picture.shared.length > 0) {
    parts.push(words.say(picture.pooled ? "now.shared" : "now.unread", { n: picture.shared.length }));
  }
  for (const { lane, queue, served } of busy.slice(0, 2)) {
    const names = { n: queue.length, lane: laneName(words, lane) };
    if (served.length === 1) {
      names.who = clientName(words, served[0].client);
      names.time = words.time(time - served[0].begun);
    }
    parts.push(words.say(served.length === 1 ? "now.queue.serves" : "now.queue", names));
  }
  if (busy.length > 2) {
    const rest = busy.slice(2).reduce((sum, row) => sum + row.queue.length, 0);
    parts.push(words.say("now.rest", { n: rest }));
  }
  if (waiting(picture) === 0) {
    parts.push(words.say(serving > 0 ? "now.nobody" : "now.idle", { n: serving }));
  }
  return parts.join(" ");
}

/** An event in a sentence, as `neighbour` found it. */
export function tellEvent(words, { kind, request, client, lane, mark }) {
  if (mark) {
    return words.say(`event.${kind}`, { text: mark.text });
  }
  const someone = request?.client ?? client;
  const worker = request?.lane ?? lane;
  const text = words.say(`event.${kind}`, {
    who: someone ? clientName(words, someone) : "",
    lane: worker ? laneName(words, worker) : "",
    why: (client ?? lane)?.why ?? "",
  });
  return sentence(text);
}

/** The requests that began and were served between two times in a sentence, and the longest wait among them. */
export function tellSpan(words, story, from, to) {
  const done = story.requests.filter(({ start, served }) => start >= from && served <= to);
  if (done.length === 0) {
    return words.say("span.none");
  }
  const wait = (request) => request.begun - request.start;
  const worst = done.reduce((a, b) => (wait(b) > wait(a) ? b : a));
  return words.say("span", {
    n: done.length,
    time: words.time(to - from),
    who: clientName(words, worst.client),
    wait: words.time(wait(worst)),
  });
}
